/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where records come from, this machine or a file; and the one that is shown. */
#ifndef SOURCE_H
#define SOURCE_H

#include "live.h"
#include "options.h"
#include "tape.h"

struct source {
	struct live *live; /* or */
	struct tape *tape;
	size_t at; /* the record of the tape that is shown */
	bool has_record;
	struct record record;
	int record_fd; /* -1: nothing is recorded */
};

/* A status, said when it is not 0. */
int source_open(struct source *source, const struct options *options) MUST_CHECK;
void source_close(struct source *source);

/* The next record, or of a tape the one so many further on, within its ends. STATUS_DONE, or a
 * status that was said into `ui`; -1: the tape has ended. */
int source_next(struct source *source, const struct options *options,
		int step) MUST_CHECK;

#endif
