// SPDX-License-Identifier: LGPL-2.1-or-later
// 6 to 2 is 3 to 1. Weights are at most 255, so no product overflows.
#include "proportion.h"

void proportion_add(struct proportion *proportion, unsigned int node, uint64_t asked,
		    uint64_t has)
{
	if (!proportion->asked) {
		proportion->asked = asked;
		proportion->has = has;
	}
	proportion->is_off |= asked * proportion->has != proportion->asked * has;
	if (asked != has)
		(void)tier_nodeset_add(&proportion->differ, node);
}
