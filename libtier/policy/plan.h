/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of a plan: the steps in their order, and what to know before them. */
#ifndef PLAN_H
#define PLAN_H

#include "arena.h"
#include "tier.h"

struct tier_plan {
	struct arena arena;
	struct tier_step *steps;
	size_t n_steps;
	const char **remarks;
	size_t n_remarks;
};

/* Room for that many steps and remarks; NULL when out of memory. */
struct tier_plan *plan_new(size_t steps, size_t remarks);

/* The room was asked for at the start, so neither can fail but for the text. */
void plan_add_step(struct tier_plan *plan, const struct tier_step *step);
int plan_add_remark(struct tier_plan *plan, const char *format, ...)
	PRINTF_LIKE(2, 3) MUST_CHECK;

#endif
