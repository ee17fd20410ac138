/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries out the steps of a plan that turn the kernel's switches: all, or none. */
#ifndef TURN_H
#define TURN_H

#include "platform.h"

/* Errors as tier_plan_apply(); the report has the words. */
int turn_switches(struct root *root, const struct sys_ops *sys,
		  const struct tier_plan *plan, struct tier_report *report) MUST_CHECK;

#endif
