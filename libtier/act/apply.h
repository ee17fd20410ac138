/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carrying a plan out in the calling thread. */
#ifndef APPLY_H
#define APPLY_H

#include "platform.h"
#include "tier.h"

/* Errors and report as tier_plan_apply(); `root` must be live. */
int plan_apply(struct root *root, const struct sys_ops *sys, const struct tier_plan *plan,
	       uint64_t flags, struct tier_report *report) MUST_CHECK;

/* Whether the kernel's weights are those that the plan's policy asks for. Changes nothing. */
int plan_check_weights(struct root *root, const struct tier_plan *plan,
		       struct tier_report *report) MUST_CHECK;

#endif
