/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The media behind a device: what libnvdimm knows of their bad blocks, and the one way to have
 * them cleared. Devices that are not pmem have none of this.
 */
#ifndef KMEM_MEDIA_H
#define KMEM_MEDIA_H

#include "range_set.h"

struct device;

/* How many bad ranges media_collect() adds at most for so many ranges. */
unsigned int media_room(const struct range_set *within);

/*
 * Add the known bad blocks within the ranges: 1, or 0 where there is no list to read. -ENOMEM,
 * -ENOSPC, -ENODEV.
 */
int media_collect(struct device *dax, const struct range_set *within,
		  struct range_set *bad);

/*
 * Clear the media of whole pages, whose content is lost. Nobody may use them. -EOPNOTSUPP where
 * no pmem region is behind the device, -EBUSY if some of the range is System RAM, -EIO if less
 * was cleared than asked or it still cannot be read, or what libnvdimm says: -ENXIO and -ENOTTY
 * where the bus cannot clear.
 */
int media_clear(struct device *dax, const struct range *range);

#endif
