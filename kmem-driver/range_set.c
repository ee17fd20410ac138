// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets of physical addresses. Members are sorted and neither overlap nor touch, so all
 * questions begin with one binary search. Knows nothing of devices and blocks.
 */
#include "range_set.h"

static bool is_empty(const struct range *range)
{
	return range->end < range->start;
}

/* Where the first member is that ends at the address or behind it. */
static unsigned int first_ending(const struct range_set *set, u64 address)
{
	unsigned int low = 0, high = set->count;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (set->ranges[middle].end < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Where the first member is that starts behind the address; none before `from` does. */
static unsigned int first_behind(const struct range_set *set, unsigned int from,
				 u64 address)
{
	while (from < set->count && set->ranges[from].start <= address)
		from++;
	return from;
}

/* Members [first, past) give way to n others. */
static int replace(struct range_set *set, unsigned int first, unsigned int past,
		   const struct range *by, unsigned int n)
{
	unsigned int behind = set->count - past;

	if (n > past - first && n - (past - first) > set->room - set->count)
		return -ENOSPC;
	memmove(set->ranges + first + n, set->ranges + past,
		behind * sizeof(*set->ranges));
	memcpy(set->ranges + first, by, n * sizeof(*by));
	set->count = first + n + behind;
	return 1;
}

int range_set_add(struct range_set *set, const struct range *range)
{
	struct range joined = *range;
	unsigned int first, past;

	if (is_empty(range))
		return -EINVAL;
	if (range_set_covers(set, range))
		return 0;
	/* What only touches is joined too; neither end of the 64 bits has a neighbour. */
	first = first_ending(set, range->start ? range->start - 1 : 0);
	past = first_behind(set, first, range->end + 1 ? range->end + 1 : range->end);
	if (past > first) {
		if (set->ranges[first].start < joined.start)
			joined.start = set->ranges[first].start;
		if (set->ranges[past - 1].end > joined.end)
			joined.end = set->ranges[past - 1].end;
	}
	return replace(set, first, past, &joined, 1);
}

int range_set_remove(struct range_set *set, const struct range *range)
{
	unsigned int first, past, n = 0;
	struct range left[2];

	if (is_empty(range))
		return -EINVAL;
	first = first_ending(set, range->start);
	past = first_behind(set, first, range->end);
	if (first == past)
		return 0;
	if (set->ranges[first].start < range->start) {
		left[n].start = set->ranges[first].start;
		left[n++].end = range->start - 1;
	}
	if (set->ranges[past - 1].end > range->end) {
		left[n].start = range->end + 1;
		left[n++].end = set->ranges[past - 1].end;
	}
	return replace(set, first, past, left, n);
}

const struct range *range_set_find(const struct range_set *set, const struct range *range)
{
	unsigned int first = first_ending(set, range->start);

	if (is_empty(range) || first == set->count)
		return NULL;
	return set->ranges[first].start <= range->end ? &set->ranges[first] : NULL;
}

bool range_set_covers(const struct range_set *set, const struct range *range)
{
	/* Members do not touch, so no two of them cover a range together. */
	const struct range *member = range_set_find(set, range);

	return member && member->start <= range->start && member->end >= range->end;
}

u64 range_set_overlap(const struct range_set *set, const struct range *range)
{
	unsigned int i = first_ending(set, range->start);
	struct range shared;
	u64 bytes = 0;

	for (; i < set->count && range_intersect(&set->ranges[i], range, &shared); i++)
		bytes += shared.end - shared.start + 1;
	return bytes;
}

u64 range_set_bytes(const struct range_set *set)
{
	u64 bytes = 0;

	for (unsigned int i = 0; i < set->count; i++)
		bytes += set->ranges[i].end - set->ranges[i].start + 1;
	return bytes;
}

int range_set_coarsen(struct range_set *set)
{
	unsigned int nearest = 0;
	u64 nearest_gap = 0;
	struct range joined;

	if (set->count < 2)
		return -ENOENT;
	for (unsigned int i = 0; i + 1 < set->count; i++) {
		u64 gap = set->ranges[i + 1].start - set->ranges[i].end;

		if (i && gap >= nearest_gap)
			continue;
		nearest = i;
		nearest_gap = gap;
	}
	joined.start = set->ranges[nearest].start;
	joined.end = set->ranges[nearest + 1].end;
	replace(set, nearest, nearest + 2, &joined, 1);
	return 0;
}

bool range_intersect(const struct range *a, const struct range *b, struct range *out)
{
	u64 start = a->start > b->start ? a->start : b->start;
	u64 end = a->end < b->end ? a->end : b->end;

	if (end < start)
		return false;
	out->start = start;
	out->end = end;
	return true;
}
