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

/* By what part of the heap a share may be off: less than the point that is promised. */
#define TOLERATED 256

bool choose_has_share(const struct heap_spec *spec, const struct usage *usage,
		      unsigned int tier, uint64_t bytes)
{
	uint64_t weights = (uint64_t)spec->tiers[0].weight + spec->tiers[1].weight;
	unsigned __int128 all =
		(unsigned __int128)usage->bytes[0] + usage->bytes[1] + bytes;
	unsigned __int128 held = (unsigned __int128)usage->bytes[tier] + bytes / 2;

	return held * weights >
	       all * spec->tiers[tier].weight + all * weights / TOLERATED;
}

/*
 * By how much at once: as much again while the tier in need lacks an eighth of the heap and
 * more, so that a heap of few objects gets there, and little where it is nearly right, or so
 * small that it is soon the other way round. Among large objects, where a share is kept
 * whatever the boundary, it is always little: a boundary that jumps has both tiers keep free
 * blocks of each size.
 */
#define FAR_OFF	  8
#define FAR_LEAST (128ULL << 10)
#define FINE_STEP 16

static bool is_far_off(const struct heap_spec *spec, const struct usage *usage,
		       unsigned int needy)
{
	unsigned __int128 all = (unsigned __int128)usage->bytes[0] + usage->bytes[1];
	uint64_t weights = (uint64_t)spec->tiers[0].weight + spec->tiers[1].weight;
	unsigned __int128 due = all * spec->tiers[needy].weight / weights;
	unsigned __int128 most = all / FAR_OFF > FAR_LEAST ? all / FAR_OFF : FAR_LEAST;

	return due > usage->bytes[needy] + most;
}

uint64_t choose_boundary(const struct heap_spec *spec, const struct usage *usage,
			 unsigned int grown, uint64_t boundary)
{
	unsigned int needy = choose_needy(spec, usage);
	uint64_t step = boundary / FINE_STEP + 1;

	if (grown == needy)
		return boundary;
	if (boundary < CHOOSE_LARGE && is_far_off(spec, usage, needy))
		step = grown == 0 ? boundary / 2 + 1 : boundary;
	if (grown == 0)
		return step > boundary - spec->low_bytes ? spec->low_bytes :
							   boundary - step;
	return step > spec->high_bytes - boundary ? spec->high_bytes : boundary + step;
}
