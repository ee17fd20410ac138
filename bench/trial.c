// SPDX-License-Identifier: GPL-2.0-or-later
// Tries loops against each other by turns, so that a change of the machine meets all alike.
#include "trial.h"

#include <math.h>
#include <stdlib.h>

/* All are run twice, and the best of them more often. */
#define SETS_MOST   12
#define ROUNDS	    2
#define LAST_SETS   4
#define LAST_ROUNDS ((TRIAL_RUNS_MOST - SETS_MOST * ROUNDS) / LAST_SETS)

/* Short, as there are many. */
#define RUN_NS	   2e6
#define TRIAL_PART (1.0 / 6)

struct candidate {
	const struct kernel_set *set;
	double best;
	size_t order; /* among equals the wider comes first */
};

uint64_t trial_run_ns(double seconds)
{
	return (uint64_t)fmin(RUN_NS, seconds * 1e9 * TRIAL_PART / TRIAL_RUNS_MOST);
}

static int faster_first(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;

	if (one->best != other->best)
		return one->best < other->best ? 1 : -1;
	return (one->order > other->order) - (one->order < other->order);
}

/* Best of its runs: what comes between makes loops slower, never faster. */
static void run_rounds(struct candidate *candidates, size_t count, int rounds,
		       trial_fn run, void *data)
{
	for (int round = 0; round < rounds; round++)
		for (size_t i = 0; i < count; i++)
			candidates[i].best =
				fmax(candidates[i].best, run(data, candidates[i].set));
	qsort(candidates, count, sizeof(*candidates), faster_first);
}

const struct kernel_set *trial_of_loops(trial_fn run, void *data)
{
	struct candidate candidates[SETS_MOST];
	size_t count = 0;

	for (size_t i = 0; kernel_sets[i] && count < SETS_MOST; i++)
		if (kernel_sets[i]->runs_here()) {
			candidates[count] = (struct candidate){ kernel_sets[i], 0, i };
			count++;
		}
	run_rounds(candidates, count, ROUNDS, run, data);
	run_rounds(candidates, count < LAST_SETS ? count : LAST_SETS, LAST_ROUNDS, run,
		   data);
	return candidates[0].set;
}
