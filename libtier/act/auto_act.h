/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of automatic placement: what starting, stopping and looking share. */
#ifndef AUTO_ACT_H
#define AUTO_ACT_H

#include "auto_state.h"

enum auto_owner {
	AUTO_OWNER_NONE = 0, /* there are no kdamonds */
	AUTO_OWNER_WHOLE,    /* ours, as they were to become */
	AUTO_OWNER_PART,     /* ours, as far as we came, or one has ended */
	AUTO_OWNER_OTHERS,   /* somebody else's, or changed by him */
};

/* What is there, held against what was written. `why` has words for PART and OTHERS. */
int auto_find_owner(struct root *root, const struct auto_state *state,
		    enum auto_owner *owner, struct strbuf *why) MUST_CHECK;

/* The file's first line. -ENOENT: it is not there. */
int auto_read(struct root *root, const char *path, struct strbuf *line) MUST_CHECK;

/* Number of the kdamond and scheme that a file is of; false: of none. */
bool auto_file_numbers(const char *file, const char *name, unsigned int *kdamond,
		       unsigned int *scheme);

/* Whether any of it is DAMON's. */
bool auto_has_damon(const struct auto_state *state);

/* Whether the file is one whose number makes and removes folders. */
bool auto_is_count(const char *file);

/* Whether it starts and ends a kdamond. */
bool auto_is_state(const char *file);

/* Put back all of it and remove the state; what cannot be is counted in report->stuck
 * and said behind the words that are there. First error. */
int auto_put_back(struct root *root, const struct auto_state *state,
		  struct tier_report *report) MUST_CHECK;

/* What DAMON here can do. */
struct auto_offer {
	bool has_goals; /* by a node's use (6.16) */
};

/* The files that asking writes, all of them put back with nr_kdamonds. */
int auto_probe_lines(struct auto_state *state) MUST_CHECK;

/* Ask, with an empty kdamond that is not started. -EOPNOTSUPP: it cannot migrate. */
int auto_probe(struct root *root, const struct auto_state *state,
	       struct auto_offer *offer, struct tier_report *report) MUST_CHECK;

/* Set the report's words, but for those that are there; returns `error`. */
int auto_fail(struct tier_report *report, int error, const char *format, ...)
	PRINTF_LIKE(3, 4);
void auto_stays(struct tier_report *report, const char *format, ...) PRINTF_LIKE(2, 3);

/* Words for a file of DAMON's that refused to be written. */
int auto_fail_write(struct tier_report *report, int error, const char *file,
		    const char *value);

#endif
