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
	size_t at;   /* the record of the tape that was taken last, */
	size_t told; /* and that a person was told of */
	bool has_record;
	struct record record; /* that is shown */
	int record_fd;	      /* -1: nothing is recorded */
	const char *record_path, *replay_path;
	char why[256]; /* the last one was not taken */
};

/* What the next record shall be, so that whoever takes it needs to know of nothing else. */
struct source_wish {
	struct live_wish live;
	int step; /* of a tape: so many further on, within its ends */
};

/* A status, said when it is not 0. */
int source_open(struct source *source, const struct options *options) MUST_CHECK;
void source_close(struct source *source);

struct source_wish source_wish(const struct source *source, const struct options *options,
			       int step);

/* Take it, by one thread at a time; the shown one is not touched. STATUS_DONE, or a status with
 * its words in `why`; -1: the tape has ended. Only with STATUS_DONE there is a record. */
int source_take(struct source *source, const struct source_wish *wish,
		struct record *record) MUST_CHECK;
/* It becomes the one that is shown. */
void source_show(struct source *source, const struct record *record);

/* The shown one for the screen, which a tape tells its place, too. 0 or -ENOMEM. */
int source_tell(struct source *source, struct ui *ui) MUST_CHECK;

/* Both in one, for who waits for it. A status that was said. */
int source_next(struct source *source, const struct options *options,
		int step) MUST_CHECK;

#endif
