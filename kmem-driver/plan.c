// SPDX-License-Identifier: GPL-2.0-only
/*
 * Splits a device into runs, skipped blocks and what alignment loses. One search per bad
 * range, and no step per block: a device has thousands. Knows nothing of where the bad
 * ranges come from.
 */
#include "plan.h"

unsigned int plan_room(const struct range_set *device, const struct range_set *bad)
{
	/*
	 * Each bad range ends at most one run, each range of the device one more. Bad and
	 * device ranges that meet, both being sorted, are fewer than their sum.
	 */
	return device->count + bad->count;
}

/* The whole blocks in a range; false if there are none. mask: block size less 1. */
static bool whole_blocks(const struct range *range, u64 mask, struct range *out)
{
	/* Shorter ones first, and with them the only underflow of the end below. */
	if (range->end - range->start < mask)
		return false;
	out->start = (range->start + mask) & ~mask;
	out->end = ((range->end + 1) & ~mask) - 1;
	/* In the last block of the 64 bits rounding up wraps to 0. */
	return out->start >= range->start && out->start <= out->end;
}

static int add(struct range_set *set, u64 start, u64 end)
{
	struct range range = { .start = start, .end = end };
	int ret = range_set_add(set, &range);

	return ret < 0 ? ret : 0;
}

/* Walk from bad range to bad range through a range of whole blocks. */
static int split(struct plan *plan, const struct range *blocks,
		 const struct range_set *bad, u64 mask)
{
	struct range rest = *blocks, hit;

	for (;;) {
		const struct range *next = range_set_find(bad, &rest);
		int err;

		if (!next || !range_intersect(next, &rest, &hit))
			return add(&plan->runs, rest.start, rest.end);
		hit.start &= ~mask;
		hit.end |= mask;
		if (hit.start > rest.start) {
			err = add(&plan->runs, rest.start, hit.start - 1);
			if (err)
				return err;
		}
		err = add(&plan->skipped, hit.start, hit.end);
		if (err || hit.end == rest.end)
			return err;
		rest.start = hit.end + 1;
	}
}

int plan_make(struct plan *plan, const struct range_set *device,
	      const struct range_set *bad, u64 block_bytes)
{
	u64 mask = block_bytes - 1;

	if (!block_bytes || (block_bytes & mask))
		return -EINVAL;
	plan->runs.count = 0;
	plan->skipped.count = 0;
	plan->lost_align_bytes = range_set_bytes(device);
	for (unsigned int i = 0; i < device->count; i++) {
		struct range blocks;
		int err;

		if (!whole_blocks(&device->ranges[i], mask, &blocks))
			continue;
		plan->lost_align_bytes -= blocks.end - blocks.start + 1;
		err = split(plan, &blocks, bad, mask);
		if (err)
			return err;
	}
	return 0;
}
