/* SPDX-License-Identifier: GPL-2.0-only */
/* Ranges in the kernel: room for sets of them, and how they are printed in its log. */
#ifndef KMEM_KERNEL_RANGES_H
#define KMEM_KERNEL_RANGES_H

#include <linux/slab.h>

#include "range_set.h"

/* As /proc/iomem has it; %pra came with Linux 6.13 only. */
#define RANGE_FORMAT "%#llx-%#llx"

/* An empty set; -ENOMEM. */
static inline int range_set_alloc(struct range_set *set, unsigned int room)
{
	*set = (struct range_set){
		.room = room,
		.ranges = kvmalloc_array(room, sizeof(*set->ranges), GFP_KERNEL),
	};
	return set->ranges ? 0 : -ENOMEM;
}

static inline void range_set_free(struct range_set *set)
{
	kvfree(set->ranges);
	*set = (struct range_set){};
}

#endif
