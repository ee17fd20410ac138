/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which loops are the fastest for something, by trying all of them for moments. Pure: knows
 * neither clock nor thread. */
#ifndef TRIAL_H
#define TRIAL_H

#include "kernels.h"

/* Runs of the loops in one trial, at most; what a plan of time reckons with. */
#define TRIAL_RUNS_MOST 48

/* How long one is, in ns: 2 ms, and no longer than that all together take a sixth of the
 * seconds that a figure may take. */
uint64_t trial_run_ns(double seconds);

/* How fast they are in one short run. */
typedef double (*trial_fn)(void *data, const struct kernel_set *set);

/* The fastest of those that run here. */
const struct kernel_set *trial_of_loops(trial_fn run, void *data);

#endif
