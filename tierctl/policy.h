/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of `tierctl policy`: what is in force, read and shown. */
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

/* Say an error of tier_steer(), whose report has the words. Returns the exit status. */
int policy_fail(struct ctl *ctl, const char *process,
		const struct tier_steer_report *report);

#endif
