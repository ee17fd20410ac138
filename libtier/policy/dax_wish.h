/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a wish for dax devices to the steps that fulfil it. Pure. */
#ifndef DAX_WISH_H
#define DAX_WISH_H

#include "dax_sums.h"
#include "plan.h"

/* Errors as tier_dax_resolve(). */
int dax_resolve(const struct tier_topology *t, const struct hotplug *now,
		const struct tier_dax_wish *wish, struct tier_plan **out,
		struct tier_diag *diag) MUST_CHECK;

#endif
