/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of physical addresses: sorted ranges that neither overlap nor touch. Capacity, bad
 * blocks, poison and runs are all such sets. Both ends belong to a range, as in struct range.
 *
 * The caller owns the room and does the locking; nothing here allocates or sleeps.
 */
#ifndef KMEM_RANGE_SET_H
#define KMEM_RANGE_SET_H

#include "portable.h"

struct range_set {
	unsigned int count;
	unsigned int room;
	struct range *ranges;
};

/*
 * 1 if the set grew, 0 if it held all of the range; -EINVAL for a range that ends before it
 * starts; -ENOSPC, with the set as it was.
 */
int range_set_add(struct range_set *set, const struct range *range);

/* 1 if the set shrank, 0 if it held none of the range; errors as above. */
int range_set_remove(struct range_set *set, const struct range *range);

/* The first member that shares an address with the range, or NULL. */
const struct range *range_set_find(const struct range_set *set,
				   const struct range *range);

bool range_set_covers(const struct range_set *set, const struct range *range);

/* How many bytes of the range are in the set. */
u64 range_set_overlap(const struct range_set *set, const struct range *range);

u64 range_set_bytes(const struct range_set *set);

/*
 * Make room by joining the two members that are nearest to each other: the set then covers
 * more than was put in. 0, or -ENOENT with fewer than two members.
 */
int range_set_coarsen(struct range_set *set);

/* The part that two ranges share; false, and *out untouched, if there is none. */
bool range_intersect(const struct range *a, const struct range *b, struct range *out);

#endif
