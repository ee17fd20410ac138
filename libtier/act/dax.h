/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries out a plan of tier_dax_resolve(): all of it, or it is undone. */
#ifndef DAX_H
#define DAX_H

#include "platform.h"

/* Whether the plan has a step that only dax_apply() can do. */
bool dax_has_steps(const struct tier_plan *plan);

/* Errors as tier_dax_resolve() names them; the report has the words. */
int dax_apply(struct root *root, const struct sys_ops *sys, const struct tier_plan *plan,
	      struct tier_report *report) MUST_CHECK;

#endif
