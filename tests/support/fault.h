/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes everything that can fail fail, one point after the other: each allocation
 * of our code, and each operation of a root or of system calls that was wrapped.
 * Knows nothing of what is under test.
 *
 *	static int scenario(void *arg)	// 0 or a negative errno; keeps nothing
 *	{
 *		struct root *root = fault_root(open_something());
 *		...
 *		root_close(root);
 *		return ret;
 *	}
 *
 *	static void test_load__survives_faults(void **state)
 *	{
 *		fault_each(scenario, NULL);
 *	}
 *
 * What a scenario is given must have been made before, outside of it: what it
 * allocates itself, it must free, and opening may fail too.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

#include "platform.h"

/* 0, or a negative errno; all that it allocated is freed again. */
typedef int fault_scenario(void *arg);

/*
 * Run the scenario with its first point failing, then its second, and so on until
 * it has no more; each twice, with only that point failing and with all after it
 * too, and again for each error that a root or a system call may give. Fails the
 * cmocka test when memory is left, when a result is positive, or when the
 * scenario fails without a fault. Returns how many points there are.
 */
unsigned int fault_each(fault_scenario *scenario, void *arg);

/* How a single run ended; for tests of the harness. */
struct fault_run {
	int result;
	bool fired;	      /* there was a point that failed */
	unsigned int points;  /* how many were passed */
	unsigned long leaked; /* allocations left over */
};

enum fault_mode { FAULT_ONE, FAULT_ALL_AFTER };

/* `point` counts from 0. */
struct fault_run fault_run(fault_scenario *scenario, void *arg, unsigned int point,
			   enum fault_mode mode);

/* Whether a point of one's own shall fail now: for fakes. */
bool fault_point(void);

/* The same root with every operation a point; closing it closes `root`. NULL when
 * there is no memory, `root` is closed then. NULL gives NULL. */
struct root *fault_root(struct root *root);

/* The same, but closing it leaves `root` open: for a root that was made before. Only one
 * at a time. */
struct root *fault_lent_root(struct root *root);

/* The same calls with each a point. Only one table at a time. */
const struct sys_ops *fault_sys(const struct sys_ops *sys);

/* What the scenario's seams give when they fail, for fakes too; negative. */
int fault_root_error(void);
int fault_sys_error(void);

#endif
