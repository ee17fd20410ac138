/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of `tierctl policy`: showing what is in force, changing it, telling what was
 * changed. */
#ifndef POLICY_PARTS_H
#define POLICY_PARTS_H

#include <stdbool.h>

#include "tier.h"

struct ctl;

struct policy_show {
	struct ctl *ctl;
	const char *process; /* as typed */
	int pid;
	bool threads; /* each thread's */
};

/* Read and print. Returns the exit status. */
int policy_show(const struct policy_show *show);

struct policy_change {
	struct ctl *ctl;
	const char *process; /* as typed */
	const char *option;  /* "--bind"; */
	const char *selector;
	const char *mapping; /* NULL: all threads' policy */
	const char *policy;  /* as tier_policy_parse() reads it */
	int pid;
	bool move;
	bool dry_run;
	bool filtered;
};

/* Change, and tell. Returns the exit status. */
int policy_change(const struct policy_change *change);

/* Say an error of tier_steer(), whose report has the words. Returns the exit status. */
int policy_fail(struct ctl *ctl, const char *process,
		const struct tier_steer_report *report);

#endif
