/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's dax core keeps in its private headers: our own declarations. layout.h, made
 * by layout.sh from what the target kernel says of itself, holds each size and offset; one that
 * differs fails the build. Nothing of kmem's own belongs here.
 */
#ifndef KMEM_PRIVATE_H
#define KMEM_PRIVATE_H

#include <linux/build_bug.h>
#include <linux/device.h>
#include <linux/idr.h>
#include <linux/ioport.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/range.h>
#include <linux/stddef.h>

#include "layout.h"

struct dax_device;
struct dax_mapping;
struct dev_pagemap;

/* One for each pmem namespace, soft-reserved range or CXL region. */
struct dax_region {
	int id;
	int target_node;
	struct kref kref;
	struct device *dev;
	unsigned int align;
	struct ida ida;
	struct resource res;
	struct device *seed;
	struct device *youngest;
};

struct dev_dax_range {
	unsigned long pgoff;
	struct range range;
	struct dax_mapping *mapping;
};

struct dev_dax {
	struct dax_region *region;
	struct dax_device *dax_dev;
	unsigned int align;
	int target_node;
	bool dyn_id;
	int id;
	struct ida ida;
	struct device dev;
	struct dev_pagemap *pgmap;
#ifdef LAYOUT_DEV_DAX_MEMMAP_ON_MEMORY
	bool memmap_on_memory; /* since 6.8 */
#endif
	int nr_range;
	struct dev_dax_range *ranges;
};

/*
 * Until 6.2 the int is match_always: 0 binds only what new_id names. Since 6.3 it is
 * enum dax_driver_type: 0 binds in addition all that is meant to be memory (hmem, CXL).
 */
#define DAX_DRIVER_TYPE_KMEM 0

struct dax_device_driver {
	struct device_driver drv;
	struct list_head ids;
	int type;
	int (*probe)(struct dev_dax *dev);
	void (*remove)(struct dev_dax *dev);
};

/* Exported by the dax core, which is built in. name becomes the driver's directory. */
int __dax_driver_register(struct dax_device_driver *dax_drv, struct module *module,
			  const char *name);
void dax_driver_unregister(struct dax_device_driver *dax_drv);

/* Whether the region cannot be cut into devices: pmem's. */
bool static_dev_dax(struct dev_dax *dev_dax);

static inline struct dev_dax *to_dev_dax(struct device *dev)
{
	return container_of(dev, struct dev_dax, dev);
}

#ifndef __CHECKER__ /* sparse counts struct device otherwise than the compiler */
static_assert(sizeof(struct dax_region) == LAYOUT_DAX_REGION_SIZE);
static_assert(offsetof(struct dax_region, id) == LAYOUT_DAX_REGION_ID);
static_assert(offsetof(struct dax_region, target_node) == LAYOUT_DAX_REGION_TARGET_NODE);
static_assert(offsetof(struct dax_region, kref) == LAYOUT_DAX_REGION_KREF);
static_assert(offsetof(struct dax_region, dev) == LAYOUT_DAX_REGION_DEV);
static_assert(offsetof(struct dax_region, align) == LAYOUT_DAX_REGION_ALIGN);
static_assert(offsetof(struct dax_region, ida) == LAYOUT_DAX_REGION_IDA);
static_assert(offsetof(struct dax_region, res) == LAYOUT_DAX_REGION_RES);
static_assert(offsetof(struct dax_region, seed) == LAYOUT_DAX_REGION_SEED);
static_assert(offsetof(struct dax_region, youngest) == LAYOUT_DAX_REGION_YOUNGEST);

static_assert(sizeof(struct dev_dax_range) == LAYOUT_DEV_DAX_RANGE_SIZE);
static_assert(offsetof(struct dev_dax_range, pgoff) == LAYOUT_DEV_DAX_RANGE_PGOFF);
static_assert(offsetof(struct dev_dax_range, range) == LAYOUT_DEV_DAX_RANGE_RANGE);
static_assert(offsetof(struct dev_dax_range, mapping) == LAYOUT_DEV_DAX_RANGE_MAPPING);

static_assert(sizeof(struct dev_dax) == LAYOUT_DEV_DAX_SIZE);
static_assert(offsetof(struct dev_dax, region) == LAYOUT_DEV_DAX_REGION);
static_assert(offsetof(struct dev_dax, dax_dev) == LAYOUT_DEV_DAX_DAX_DEV);
static_assert(offsetof(struct dev_dax, align) == LAYOUT_DEV_DAX_ALIGN);
static_assert(offsetof(struct dev_dax, target_node) == LAYOUT_DEV_DAX_TARGET_NODE);
static_assert(offsetof(struct dev_dax, dyn_id) == LAYOUT_DEV_DAX_DYN_ID);
static_assert(offsetof(struct dev_dax, id) == LAYOUT_DEV_DAX_ID);
static_assert(offsetof(struct dev_dax, ida) == LAYOUT_DEV_DAX_IDA);
static_assert(offsetof(struct dev_dax, dev) == LAYOUT_DEV_DAX_DEV);
static_assert(offsetof(struct dev_dax, pgmap) == LAYOUT_DEV_DAX_PGMAP);
#ifdef LAYOUT_DEV_DAX_MEMMAP_ON_MEMORY
static_assert(offsetof(struct dev_dax, memmap_on_memory) ==
	      LAYOUT_DEV_DAX_MEMMAP_ON_MEMORY);
#endif
static_assert(offsetof(struct dev_dax, nr_range) == LAYOUT_DEV_DAX_NR_RANGE);
static_assert(offsetof(struct dev_dax, ranges) == LAYOUT_DEV_DAX_RANGES);

static_assert(sizeof(struct dax_device_driver) == LAYOUT_DAX_DEVICE_DRIVER_SIZE);
static_assert(offsetof(struct dax_device_driver, drv) == LAYOUT_DAX_DEVICE_DRIVER_DRV);
static_assert(offsetof(struct dax_device_driver, ids) == LAYOUT_DAX_DEVICE_DRIVER_IDS);
#ifdef LAYOUT_DAX_DEVICE_DRIVER_MATCH_ALWAYS
static_assert(offsetof(struct dax_device_driver, type) ==
	      LAYOUT_DAX_DEVICE_DRIVER_MATCH_ALWAYS);
#else
static_assert(offsetof(struct dax_device_driver, type) == LAYOUT_DAX_DEVICE_DRIVER_TYPE);
static_assert(DAX_DRIVER_TYPE_KMEM == LAYOUT_DAX_DRIVER_TYPE_DAXDRV_KMEM_TYPE);
#endif
static_assert(offsetof(struct dax_device_driver, probe) ==
	      LAYOUT_DAX_DEVICE_DRIVER_PROBE);
static_assert(offsetof(struct dax_device_driver, remove) ==
	      LAYOUT_DAX_DEVICE_DRIVER_REMOVE);
#endif

#endif
