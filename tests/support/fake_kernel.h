/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel's memory policy calls as mempolicy.h describes them, of any age and mood.
 * There is one, as struct sys_ops has no place to keep another.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include "platform.h"

struct fake_kernel {
	/* What it is. */
	int newest_mode; /* 1: as old as can be, 5: prefer-many, 6: weighted */
	int refusal;	 /* what every policy call gives, such as -EPERM; or 0 */
	int read_refusal;
	int cpu_refusal;
	struct tier_nodeset usable; /* nodes with memory that the task may use */
	unsigned int here;	    /* where the task runs */
	int signal_at; /* how often it was looked for a signal before there is one; -1 */

	/* What was done to it. */
	int mode;
	struct tier_nodeset nodes; /* as asked for */
	int cpu_calls;
	int cpus;      /* how many the last call allowed */
	int set_calls; /* that changed the policy */
	int looks_for_signals;
};

extern struct fake_kernel fake_kernel;
extern const struct sys_ops fake_sys;

/* A new kernel with nodes 0-3, running on node 0, everything allowed. */
void fake_kernel_reset(void);

#endif
