/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Doing what a dialog asked for, by the calls that tierctl makes, a piece at a time. */
#ifndef ACT_H
#define ACT_H

#include "live.h"
#include "ui.h"

/* What is being done: zero it before. */
struct doing {
	struct tier_migration *migration;
};

/* Each sets message and progress of `ui`. A policy is done at once, a migration is begun. */
void act_begin(struct doing *doing, const struct live *live, struct ui *ui);
/* Some batches of it, for a few milliseconds. */
void act_step(struct doing *doing, struct ui *ui);
/* Stop it; what was moved stays where it is. */
void act_stop(struct doing *doing, struct ui *ui);

#endif
