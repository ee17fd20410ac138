/* SPDX-License-Identifier: GPL-2.0-only */
/* What libnvdimm exports and declares in a header of its own. Only ever found by symbol_get(). */
#ifndef KMEM_NVDIMM_H
#define KMEM_NVDIMM_H

#include <linux/range.h>
#include <linux/types.h>

struct badblocks;
struct device;
struct nd_region;

struct nd_region *to_nd_region(struct device *dev);

/* Adds what the bus knows to be bad, in sectors from the start of the range. */
void nvdimm_badblocks_populate(struct nd_region *nd_region, struct badblocks *bb,
			       const struct range *range);

/* How much was cleared, or a negative errno; legacy pmem says "all" and does nothing. */
long nvdimm_clear_poison(struct device *dev, phys_addr_t phys, unsigned int len);

#endif
