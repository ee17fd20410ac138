/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory types: how the kernel comes to put a node into one of its memory tiers. */
#ifndef KMEM_TIER_H
#define KMEM_TIER_H

struct memory_dev_type;

/*
 * Give a node's memory its type, by abstract distance: from the firmware's figures where the
 * kernel knows them (6.7 and newer), else the default, which is 5 times DRAM's unless adistance
 * says otherwise (0: it does not). An ERR_PTR on failure. To be called before the memory comes,
 * once for each device.
 */
struct memory_dev_type *tier_get(int node, int adistance);

/* The device's memory is gone. */
void tier_put(int node, struct memory_dev_type *type);

/* No types are in use any more. */
void tier_end(void);

#endif
