/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which parts of a device can be memory. Memory comes in blocks: a block that is not wholly
 * the device's is lost to alignment, one that holds a bad address is skipped, and the others
 * form runs: good, aligned, contiguous.
 */
#ifndef KMEM_PLAN_H
#define KMEM_PLAN_H

#include "range_set.h"

struct plan {
	struct range_set runs;
	struct range_set skipped;
	u64 lost_align_bytes;
};

/* The room that the runs, and equally the skipped blocks, of such a plan can need. */
unsigned int plan_room(const struct range_set *device, const struct range_set *bad);

/*
 * Fills the sets, whose room is the caller's. -EINVAL if block_bytes is no power of two,
 * -ENOSPC if room lacks. A plan without runs is no error here.
 */
int plan_make(struct plan *plan, const struct range_set *device,
	      const struct range_set *bad, u64 block_bytes);

#endif
