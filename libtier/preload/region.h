/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory under each copy of jemalloc: one reserved range of addresses, bound once,
 * opened bit by bit, and counted. A copy without one takes ordinary memory.
 */
#ifndef REGION_H
#define REGION_H

#include <stdbool.h>

#include "kernel.h"
#include "range.h"

struct extent_wish {
	void *wanted; /* exactly there, or NULL */
	size_t size;
	size_t alignment;
	bool *zero, *commit; /* asked for, and given */
};

enum region_role {
	REGION_NONE = 0,
	REGION_TIER,	/* of one tier */
	REGION_STRIPES, /* of all tiers, by their weights */
	REGION_REST,	/* for what no tier takes */
};

struct region {
	struct range range;
	enum region_role role;
	unsigned int tier;
	bool may_be_plain; /* ordinary memory is better than none */
};

extern struct region regions[];

static inline bool region_keeps(unsigned int copy, const void *address)
{
	return range_has(&regions[copy].range, address);
}

/* The tier that an address of a copy lies in; -1: in none. */
int region_tier(unsigned int copy, const void *address);

/* Whether limits leave a copy room for that much more. */
bool region_has_room(unsigned int copy, uint64_t bytes);

/* The tier that keeps a copy from having that much more; HEAP_TIERS: none. */
unsigned int region_full_tier(unsigned int copy, uint64_t bytes);

/* What of a copy's memory is really there, beyond what is counted or short of it: what
 * was never touched is counted, and huge pages are more than what is. */
int64_t region_difference(unsigned int copy);

/* Have the pages of these addresses that come from now on placed as a tier's. A negative
 * errno: the kernel refused, and it is counted. */
int region_place(unsigned int tier, void *address, uint64_t size);

/* Bind what was reserved for a copy. A negative errno: the kernel refused. */
int region_bind(unsigned int copy) MUST_CHECK;

/*
 * Up to this size memory is given beyond a limit, unless the thread is strict: jemalloc
 * does not survive when it gets none for what it needs for itself.
 */
#define REGION_LENIENT (64UL << 10)
extern _Thread_local size_t region_strict; /* what the call is for; 0: not strict */

/* For the copy's arenas, with jemalloc's meanings: NULL and true are failures. */
void *region_extent(unsigned int copy, const struct extent_wish *wish);
bool region_commit(unsigned int copy, void *address, size_t size);
bool region_decommit(unsigned int copy, void *address, size_t size);

#endif
