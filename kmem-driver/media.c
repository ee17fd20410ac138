// SPDX-License-Identifier: GPL-2.0-only
/*
 * libnvdimm is used only where it is behind a device, and found by name then, so that hosts
 * without pmem need not have it.
 */
#include <linux/badblocks.h>
#include <linux/blk_types.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/libnvdimm.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "kernel_ranges.h"
#include "media.h"
#include "nvdimm.h"

#define SECTOR_BYTES BIT_ULL(SECTOR_SHIFT)

/* badblocks_check() takes an int of sectors. */
#define MOST_SECTORS BIT_ULL(30)

/* nvdimm_clear_poison() takes an unsigned int of bytes, and may say long of it. */
#define MOST_CLEARED BIT_ULL(30)

/* regionN, where dax was made of a pmem namespace: regionN/daxN.M/daxX.Y. */
static struct device *pmem_region(struct device *dax)
{
	struct device *region = dax->parent ? dax->parent->parent : NULL;

	if (!region || !region->bus || !region->type || !region->type->name)
		return NULL;
	if (strcmp(region->bus->name, "nd") || strcmp(region->type->name, "nd_pmem"))
		return NULL;
	return region;
}

/* libnvdimm's functions, and the region that they are called for. */
struct nvdimm {
	struct device *device;
	struct nd_region *(*find_region)(struct device *dev);
	void (*populate)(struct nd_region *region, struct badblocks *bb,
			 const struct range *range);
	long (*clear)(struct device *dev, phys_addr_t phys, unsigned int len);
};

static void nvdimm_put(const struct nvdimm *nvdimm)
{
	if (nvdimm->find_region)
		symbol_put(to_nd_region);
	if (nvdimm->populate)
		symbol_put(nvdimm_badblocks_populate);
	if (nvdimm->clear)
		symbol_put(nvdimm_clear_poison);
}

/* -EOPNOTSUPP if no pmem region is behind the device. */
static int nvdimm_get(struct nvdimm *nvdimm, struct device *dax)
{
	*nvdimm = (struct nvdimm){ .device = pmem_region(dax) };
	if (!nvdimm->device)
		return -EOPNOTSUPP;
	nvdimm->find_region = symbol_get(to_nd_region);
	nvdimm->populate = symbol_get(nvdimm_badblocks_populate);
	nvdimm->clear = symbol_get(nvdimm_clear_poison);
	if (nvdimm->find_region && nvdimm->populate && nvdimm->clear)
		return 0;
	nvdimm_put(nvdimm);
	return -ENODEV;
}

/* ---- what is known to be bad ---- */

static int add_sectors(struct range_set *bad, const struct range *window, u64 first,
		       u64 count)
{
	const struct range range = {
		.start = window->start + first * SECTOR_BYTES,
		.end = min(window->start + (first + count) * SECTOR_BYTES - 1,
			   window->end),
	};
	int rc = range_set_add(bad, &range);

	return rc < 0 ? rc : 0;
}

static int add_badblocks(struct range_set *bad, struct badblocks *bb,
			 const struct range *window)
{
	u64 sector = 0, end = DIV_ROUND_UP(range_len(window), SECTOR_BYTES);

	while (sector < end) {
		int sectors = min(end - sector, MOST_SECTORS), bad_sectors, rc;
		sector_t first_bad;

		if (!badblocks_check(bb, sector, sectors, &first_bad, &bad_sectors)) {
			sector += sectors;
			continue;
		}
		rc = add_sectors(bad, window, first_bad, bad_sectors);
		if (rc)
			return rc;
		sector = first_bad + bad_sectors;
	}
	return 0;
}

/*
 * A list holds 512 records, and one that overflows on the way may end with fewer. So one that
 * is half full is not believed: -E2BIG.
 */
static int collect_window(const struct nvdimm *nvdimm, const struct range *window,
			  struct range_set *bad)
{
	struct badblocks bb = {};
	int rc = badblocks_init(&bb, 1);

	if (rc)
		return rc;
	nvdimm->populate(nvdimm->find_region(nvdimm->device), &bb, window);
	if (bb.count >= MAX_BADBLOCKS / 2)
		rc = -E2BIG;
	else if (bb.count)
		rc = add_badblocks(bad, &bb, window);
	badblocks_exit(&bb);
	return rc;
}

/* Each memory block alone; one whose own list is not believed is bad all over. */
static int collect_blocks(const struct nvdimm *nvdimm, const struct range *range,
			  struct range_set *bad)
{
	u64 size = memory_block_size_bytes();
	u64 start;
	int rc;

	for (start = range->start; start < range->end;
	     start = ALIGN_DOWN(start, size) + size) {
		const struct range window = {
			.start = start,
			.end = min(ALIGN_DOWN(start, size) + size - 1, range->end),
		};

		rc = collect_window(nvdimm, &window, bad);
		if (rc == -E2BIG || rc == -ENOSPC)
			rc = range_set_add(bad, &window);
		if (rc < 0)
			return rc;
		cond_resched();
	}
	return 0;
}

unsigned int media_room(const struct range_set *within)
{
	u64 blocks = range_set_bytes(within) / memory_block_size_bytes();

	/* A list for each range, or, if one is full, a few records for each block. */
	return within->count * (MAX_BADBLOCKS + 2) + 4 * min_t(u64, blocks, 1 << 16);
}

int media_collect(struct device *dax, const struct range_set *within,
		  struct range_set *bad)
{
	struct nvdimm nvdimm;
	unsigned int i;
	int rc;

	rc = nvdimm_get(&nvdimm, dax);
	if (rc)
		return rc == -EOPNOTSUPP ? 0 : rc;
	for (i = 0; i < within->count && rc >= 0; i++) {
		rc = collect_window(&nvdimm, &within->ranges[i], bad);
		if (rc == -E2BIG)
			rc = collect_blocks(&nvdimm, &within->ranges[i], bad);
	}
	nvdimm_put(&nvdimm);
	return rc < 0 ? rc : 1;
}

/* ---- clearing ---- */

static bool is_system_ram(const struct range *range)
{
	return region_intersects(range->start, range_len(range), IORESOURCE_SYSTEM_RAM,
				 IORES_DESC_NONE) != REGION_DISJOINT;
}

static int clear_parts(const struct nvdimm *nvdimm, const struct range *range)
{
	u64 start = range->start;

	while (start < range->end) {
		unsigned int length = min(range->end - start + 1, MOST_CLEARED);
		long cleared = nvdimm->clear(nvdimm->device, start, length);

		if (cleared < 0)
			return cleared;
		if (cleared < length)
			return -EIO;
		start += length;
	}
	return 0;
}

/* Legacy pmem calls everything cleared, and so might a firmware. */
static int read_back(const struct range *range)
{
	void *page = (void *)__get_free_page(GFP_KERNEL);
	void *media = memremap(range->start, range_len(range), MEMREMAP_WB);
	u64 offset;
	int rc = page && media ? 0 : -ENOMEM;

	/* What the caches hold of a poisoned line is poisoned as well. */
	if (media)
		arch_invalidate_pmem(media, range_len(range));
	for (offset = 0; offset < range_len(range) && !rc; offset += PAGE_SIZE)
		if (copy_mc_to_kernel(page, media + offset, PAGE_SIZE))
			rc = -EIO;
	if (media)
		memunmap(media);
	free_page((unsigned long)page);
	return rc;
}

int media_clear(struct device *dax, const struct range *range)
{
	struct nvdimm nvdimm;
	int rc;

	if (is_system_ram(range))
		return -EBUSY;
	rc = nvdimm_get(&nvdimm, dax);
	if (rc)
		return rc;
	rc = clear_parts(&nvdimm, range);
	nvdimm_put(&nvdimm);
	return rc ?: read_back(range);
}
