/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory types: how the kernel comes to put a node into one of its memory tiers. */
#ifndef KMEM_TIER_H
#define KMEM_TIER_H

struct memory_dev_type;

/*
 * The type for a node's memory, by its abstract distance: from the firmware's figures where
 * the kernel knows them (6.7 and newer), else the default, which is 5 times DRAM's unless
 * adistance says otherwise (0: it does not). An ERR_PTR on failure.
 */
struct memory_dev_type *tier_type(int node, int adistance);

/* No types are in use any more. */
void tier_end(void);

#endif
