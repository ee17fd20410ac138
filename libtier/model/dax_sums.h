/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a dax device's ranges and memory blocks amount to, out of what was read of them. */
#ifndef DAX_SUMS_H
#define DAX_SUMS_H

#include "hotplug.h"
#include "tier.h"

void dax_sum(const struct hotplug *now, const struct dax_state *dax,
	     struct tier_dax_memory *info);

#endif
