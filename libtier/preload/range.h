/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plans for one reserved range of addresses: what is handed out next, how far it is
 * opened for use, and which part of a striped range belongs to which tier. Pure, no
 * locks: any number of threads, and a fork at any moment.
 */
#ifndef RANGE_H
#define RANGE_H

#include <stdatomic.h>
#include <stdint.h>

#include "heap_spec.h"

struct range {
	uintptr_t base;
	uint64_t size;		 /* 0: there is none */
	_Atomic uint64_t taken;	 /* offsets from base; addresses are taken once */
	_Atomic uint64_t opened; /* may be written to up to here */
};

static inline bool range_has(const struct range *range, const void *address)
{
	return (uintptr_t)address - range->base < range->size;
}

/*
 * The next `size` bytes at an address that is a multiple of `alignment` (a power of
 * two), or exactly at `wanted` unless that is 0. 0: no room, or not there.
 */
uintptr_t range_take(struct range *range, uintptr_t wanted, uint64_t size,
		     uint64_t alignment) MUST_CHECK;

/* Up to where to open a range that is opened to `opened`, so that `needed` can be used:
 * in steps that grow with it, so that they stay few. */
uint64_t range_step(const struct range *range, uint64_t opened, uint64_t needed);

/* ---- stripes --------------------------------------------------------------------- */

/* Addresses of one tier: `first` <= offset < `first` + `bytes`. */
struct stripe {
	uint64_t first;
	uint64_t bytes;
	unsigned int tier;
};

/*
 * The stripe at an offset. Stripes are narrow where the range begins and widen as it
 * grows, so that a small heap is exact, a large one keeps its huge pages whole, and
 * there are some thousands of them at most. Their order repeats at no distance, so that
 * a pattern of what is used does not meet one of theirs.
 */
struct stripe range_stripe(const struct heap_spec *spec, uint64_t offset);

/* From an offset on, up to `to` at most: what is of one tier, neighbours of it too. */
struct stripe range_run(const struct heap_spec *spec, uint64_t from, uint64_t to);

/* Bytes of each tier between two offsets. */
struct range_shares {
	uint64_t bytes[HEAP_TIERS];
};
struct range_shares range_shares(const struct heap_spec *spec, uint64_t from,
				 uint64_t to);

/* The most that a tier has of `bytes` bytes, wherever they lie below `end`. */
uint64_t range_share_most(const struct heap_spec *spec, unsigned int tier, uint64_t bytes,
			  uint64_t end);

#endif
