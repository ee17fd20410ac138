/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of a plan for automatic placement: one kdamond's files, in the order in which
 * DAMON takes them. Decides nothing. */
#ifndef AUTO_STEPS_H
#define AUTO_STEPS_H

#include "auto_facts.h"
#include "plan.h"

/* A node of one level promotes and demotes at most. */
#define AUTO_SCHEMES 2

/* Samples of one aggregation: an access count's range. */
#define AUTO_SAMPLES 20

struct auto_scheme {
	bool is_promotion;
	unsigned int to;
	unsigned int fast; /* whose use is the goal */
};

struct auto_kdamond {
	unsigned int index;
	const struct damon_node *memory;
	struct auto_scheme schemes[AUTO_SCHEMES];
	size_t n_schemes;
};

struct auto_figures {
	uint64_t rate_bytes_per_sec;
	uint64_t cold_s;
	uint64_t interval_ms;
};

/* How many steps all kdamonds take at most. */
size_t auto_most_steps(const struct damon *damon, size_t kdamonds);

/* How many kdamonds there are to be, and that they start. */
int auto_add_count(struct tier_plan *plan, size_t kdamonds) MUST_CHECK;
int auto_add_on(struct tier_plan *plan, const struct auto_kdamond *kdamond) MUST_CHECK;

/* All between: what it looks at and does. */
int auto_add_kdamond(struct tier_plan *plan, const struct damon *damon,
		     const struct auto_kdamond *kdamond,
		     const struct auto_figures *figures) MUST_CHECK;

#endif
