/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting, stopping and looking at automatic placement. */
#ifndef AUTO_H
#define AUTO_H

#include "platform.h"

/* Whether the plan is one of tier_auto_resolve(). */
bool auto_has_steps(const struct tier_plan *plan);

/* Errors as tier_auto_resolve() names them; the report has the words. */
int auto_apply(struct root *root, const struct sys_ops *sys, const struct tier_plan *plan,
	       struct tier_report *report) MUST_CHECK;

/* -EEXIST: something was started already; diag says what is to be done. */
int auto_check_none(struct root *root, struct tier_diag *diag) MUST_CHECK;

/* The plan of a stop. Errors as tier_auto_resolve(). */
int auto_resolve_stop(struct root *root, struct tier_plan **out,
		      struct tier_diag *diag) MUST_CHECK;

/* As tier_auto_get() and tier_auto_scheme_get(). */
int auto_look(struct root *root, struct tier_auto_info *info) MUST_CHECK;
int auto_look_at_scheme(struct root *root, unsigned int index,
			struct tier_auto_scheme *scheme) MUST_CHECK;

#endif
