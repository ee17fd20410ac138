// SPDX-License-Identifier: GPL-2.0-only
/* Which abstract distance counts. Knows nothing of where the figures come from. */
#include "distance.h"

int distance_pick(int from_figures, int asked)
{
	if (from_figures < 0 || asked < 0)
		return -EINVAL;
	if (from_figures)
		return from_figures;
	return asked ? asked : DISTANCE_DEFAULT;
}
