// SPDX-License-Identifier: LGPL-2.1-or-later
// Ratios and boundaries, from what the tiers hold. Knows no memory and no thread.
#include "choose.h"

unsigned int choose_needy(const struct heap_spec *spec, const struct usage *usage)
{
	unsigned int needy = 0;

	/* used / weight without dividing; 128 bits hold any product. */
	for (unsigned int i = 1; i < spec->n_tiers; i++) {
		unsigned __int128 mine = usage->bytes[i], best = usage->bytes[needy];

		if (mine * spec->tiers[needy].weight < best * spec->tiers[i].weight)
			needy = i;
	}
	return needy;
}

uint64_t choose_boundary(const struct heap_spec *spec, const struct usage *usage,
			 unsigned int grown, uint64_t boundary)
{
	unsigned int needy = choose_needy(spec, usage);
	uint64_t step = boundary / 16 + 1;

	if (grown == needy)
		return boundary;
	if (grown == 0)
		return boundary < spec->low_bytes + step ? spec->low_bytes :
							   boundary - step;
	return boundary + step > spec->high_bytes ? spec->high_bytes : boundary + step;
}
