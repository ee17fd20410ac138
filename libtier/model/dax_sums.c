// SPDX-License-Identifier: LGPL-2.1-or-later
// Adds up a dax device's ranges and memory blocks. Pure; wishes nothing.
#include "dax_sums.h"

#include <stdio.h>

/* sizeof(struct page) on 64-bit kernels as distributions build them. */
#define PAGE_STRUCT_BYTES 64

void dax_sum(const struct hotplug *now, const struct dax_state *dax,
	     struct tier_dax_memory *info)
{
	static const enum tier_kmem kmem[] = {
		[KMEM_MODULE_UNKNOWN] = TIER_KMEM_UNKNOWN,
		[KMEM_MODULE_MISSING] = TIER_KMEM_MISSING,
		[KMEM_MODULE_LOADED] = TIER_KMEM_LOADED,
		[KMEM_MODULE_LOADED_OURS] = TIER_KMEM_LOADED_OURS,
		[KMEM_MODULE_LOADABLE] = TIER_KMEM_LOADABLE,
		[KMEM_MODULE_LOADABLE_OURS] = TIER_KMEM_LOADABLE_OURS,
	};

	*info = (struct tier_dax_memory){ .kmem = kmem[now->module] };
	if (dax->uuid)
		snprintf(info->uuid, sizeof(info->uuid), "%s", dax->uuid);
	if (!dax->knows_spans)
		return;
	info->flags |= TIER_DAX_MEMORY_KNOWS_RANGES;
	info->ranges = (uint32_t)dax->n_spans;
	info->whole_bytes = dax->whole_bytes;
	info->lost_align_bytes = dax->bytes - dax->whole_bytes;
	info->page_struct_bytes = dax->whole_bytes / now->page_bytes * PAGE_STRUCT_BYTES;
	if (!dax->knows_blocks)
		return;
	info->flags |= TIER_DAX_MEMORY_KNOWS_BLOCKS;
	info->blocks = (uint32_t)dax->n_blocks;
	for (size_t i = 0; i < dax->n_blocks; i++) {
		const struct memory_block *block = &dax->blocks[i];

		info->fixed_blocks += block->is_fixed;
		if (!block->is_online)
			continue;
		info->online_blocks++;
		info->movable_blocks += block->zone == BLOCK_ZONE_MOVABLE;
		info->normal_blocks += block->zone == BLOCK_ZONE_NORMAL;
	}
	info->online_bytes = info->online_blocks * now->block_bytes.value;
}
