/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Doing what a dialog asked for, by the calls that tierctl makes, a piece at a time. */
#ifndef ACT_H
#define ACT_H

#include "live.h"
#include "ui.h"

/* What is being done: zero it before. */
struct doing {
	struct action action;
	int *pids;
	size_t n, at; /* of pids; 0 of 0: nothing is being done */
	struct tier_migration *migration;
	/* So far. */
	uint64_t moved, left; /* bytes */
	unsigned int changed; /* threads or mappings */
	uint64_t longest_ns;  /* that one of them stood */
	size_t failed;
	char why[256]; /* the first of them did; "" */
};

bool act_is_busy(const struct doing *doing);
/* Each sets message and progress of `ui`. What its action says, to all that it says. */
void act_begin(struct doing *doing, struct ui *ui);
/* One policy, or some batches of a migration for a few milliseconds. */
void act_step(struct doing *doing, const struct live *live, struct ui *ui);
/* Stop it; what was moved stays where it is. */
void act_stop(struct doing *doing, struct ui *ui);

#endif
