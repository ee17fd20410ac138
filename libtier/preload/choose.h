/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which tier an object goes to. Pure: of what the tiers hold at the moment it is told.
 * Nothing is counted per object: what counts is the memory that the tiers really use,
 * and it is looked at only when that changes.
 */
#ifndef CHOOSE_H
#define CHOOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "heap_spec.h"

struct usage {
	uint64_t bytes[HEAP_TIERS];
};

/* The tier that has least of what it should have; of equals the first. */
unsigned int choose_needy(const struct heap_spec *spec, const struct usage *usage);

/* The tier for an object of that size; steps[i] is where tier i + 1 begins, UINT64_MAX
 * where there is none. Read by every call: no loop, no branch. */
static inline unsigned int choose_by_size(const uint64_t steps[HEAP_TIERS - 1],
					  uint64_t bytes)
{
	_Static_assert(HEAP_TIERS == 4, "as many steps as are summed up here");
	return (bytes >= steps[0]) + (bytes >= steps[1]) + (bytes >= steps[2]);
}

/* jemalloc's smallest block that has its pages to itself: what a tier gets with it is known,
 * and a call takes so long that weighing first is not seen. */
#define CHOOSE_LARGE 16384

/* Whether tier 0 or 1 has its share, so that with an object of that size it would be further
 * above than it is below without. */
bool choose_has_share(const struct heap_spec *spec, const struct usage *usage,
		      unsigned int tier, uint64_t bytes);

/*
 * Where the boundary of auto-threshold goes when `grown`, tier 0 or 1, has just got
 * more memory. It moves only when the tier that has too much gets more, so it rests as
 * soon as that has stopped, however long memory takes to come back.
 */
uint64_t choose_boundary(const struct heap_spec *spec, const struct usage *usage,
			 unsigned int grown, uint64_t boundary);

#endif
