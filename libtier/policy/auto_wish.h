/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wish for automatic placement to a plan. Pure: what it starts from was read before. */
#ifndef AUTO_WISH_H
#define AUTO_WISH_H

#include "auto_facts.h"
#include "plan.h"

/* The plan of a start. Errors as tier_auto_resolve(). */
int auto_resolve_start(const struct auto_machine *machine,
		       const struct tier_auto_wish *wish, struct tier_plan **out,
		       struct tier_diag *diag) MUST_CHECK;

#endif
