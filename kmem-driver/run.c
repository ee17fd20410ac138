// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot-adding and hot-removing one run. All that is known here of memory blocks is that they
 * are aligned, and online or not.
 */
#include <linux/ioport.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "compat.h"
#include "kernel_ranges.h"
#include "run.h"
#include "veto.h"

/*
 * "System RAM (" makes it memory that no kexec'd kernel takes for its own. The kernel keeps
 * the pointer for as long as the memory is present, and that is how long it pins us.
 */
static const char memory_name[] = "System RAM (kmem)";

/* ---- reservations ---- */

struct run *run_reserve(const struct range *range, const char *name)
{
	struct run *run = kzalloc(sizeof(*run), GFP_KERNEL);

	if (!run)
		return ERR_PTR(-ENOMEM);
	run->range = *range;
	run->name = name;
	run->reservation = request_mem_region(range->start, range_len(range), name);
	if (!run->reservation) {
		kfree(run);
		return ERR_PTR(-EBUSY);
	}
	/* Not busy, so that the kernel may put System RAM below it. */
	run->reservation->flags = IORESOURCE_SYSTEM_RAM;
	return run;
}

/* The kernel has left an entry that points to our name; never let that become garbage. */
static void keep_leaked_child(const struct resource *reservation)
{
	if (!reservation->child)
		return;
	pr_notice("kmem: the kernel left " RANGE_FORMAT " in /proc/iomem\n",
		  reservation->child->start, reservation->child->end);
	__module_get(THIS_MODULE);
}

static void release_reservation(struct resource *reservation)
{
	keep_leaked_child(reservation);
	remove_resource(reservation);
	kfree(reservation);
}

void run_release(struct run *run)
{
	if (run->reservation)
		release_reservation(run->reservation);
	kfree(run);
}

/* ---- coming ---- */

static mhp_t hotplug_flags(const struct run_request *request, bool block_by_block)
{
	mhp_t flags = MHP_NID_IS_MGID;

	if (request->memmap_on_memory)
		flags |= MHP_MEMMAP_ON_MEMORY;
	if (block_by_block)
		flags |= MHP_MERGE_RESOURCE; /* one line in /proc/iomem all the same */
	return flags;
}

static int add_steps(const struct range *range, u64 step, int group, mhp_t flags)
{
	u64 start;
	int rc = 0;

	for (start = range->start; start <= range->end && !rc; start += step)
		rc = add_memory_driver_managed(group, start, step, memory_name, flags);
	if (!rc)
		return 0;

	/* The blocks before the last start; they may have come online at once. */
	for (start -= step; start > range->start; start -= step)
		if (offline_and_remove_memory(start - step, step))
			pr_notice("kmem: %#llx stays: it is in use already\n",
				  start - step);
	return rc;
}

static int add_memory_of(struct run *run, const struct run_request *request)
{
	struct run_request plain = *request;
	bool single = request->memmap_on_memory && !HAS_MEMMAP_ON_MANY_BLOCKS;
	int rc;

	run->block_by_block = single;
	rc = add_steps(&run->range,
		       single ? memory_block_size_bytes() : range_len(&run->range),
		       request->group, hotplug_flags(request, single));
	if (rc != -EINVAL || !single)
		return rc;

	/* That is what 6.1 says where the memmap cannot be on the memory. */
	plain.memmap_on_memory = false;
	return add_memory_of(run, &plain);
}

int run_plug(struct run *run, const struct run_request *request)
{
	struct quiet_range quiet;
	int rc;

	if (run->present)
		return 0;
	if (request->quiet)
		veto_begin(&quiet, &run->range);
	rc = add_memory_of(run, request);
	if (request->quiet)
		veto_end(&quiet);
	if (rc)
		return rc;
	__module_get(THIS_MODULE);
	run->present = true;
	return 0;
}

/* ---- going ---- */

bool run_is_online(const struct range *range)
{
	u64 block = memory_block_size_bytes();
	u64 start;

	/* The last page of a block: the first ones may hold its memmap. */
	for (start = range->start; start < range->end; start += block)
		if (pfn_to_online_page(PHYS_PFN(start + block - 1)))
			return true;
	return false;
}

static u64 step_of(const struct run *run)
{
	return run->block_by_block ? memory_block_size_bytes() : range_len(&run->range);
}

static void is_gone(struct run *run)
{
	run->present = false;
	module_put(THIS_MODULE);
}

int run_remove(struct run *run)
{
	u64 step = step_of(run);
	int rc = 0;

	if (!run->present)
		return 0;
	/* Asked first because the kernel warns of an attempt on online memory. */
	if (run_is_online(&run->range))
		return -EBUSY;
	while (run->range.start < run->range.end && !rc) {
		rc = remove_memory(run->range.start, step);
		if (!rc)
			run->range.start += step;
	}
	if (!rc)
		is_gone(run);
	return rc;
}

int run_unplug(struct run *run, const struct run_request *request)
{
	struct range gone = { run->range.start, run->range.start - 1 };
	u64 step = step_of(run);
	int rc = 0;

	if (!run->present)
		return 0;
	while (gone.end + 1 <= run->range.end && !rc) {
		rc = offline_and_remove_memory(gone.end + 1, step);
		if (!rc)
			gone.end += step;
	}
	if (!rc) {
		is_gone(run);
		return 0;
	}
	if (gone.end > gone.start &&
	    add_steps(&gone, step, request->group,
		      hotplug_flags(request, run->block_by_block))) {
		pr_notice("kmem: " RANGE_FORMAT " did not come back\n", gone.start,
			  gone.end);
		run->range.start = gone.end + 1;
	}
	return rc;
}

/* ---- splitting ---- */

static struct resource *new_reservation(u64 start, u64 end, const char *name)
{
	struct resource *resource = kzalloc(sizeof(*resource), GFP_KERNEL);

	if (resource)
		*resource = (struct resource){
			.start = start,
			.end = end,
			.name = name,
			.flags = IORESOURCE_SYSTEM_RAM,
		};
	return resource;
}

struct split {
	struct resource *before; /* NULL: nothing is left there */
	struct resource *behind;
	struct run *rest; /* the run for what is behind */
};

static void split_free(struct split *split)
{
	kfree(split->before);
	kfree(split->behind);
	kfree(split->rest);
}

static int split_prepare(struct split *split, const struct run *run,
			 const struct range *block)
{
	bool want_before = block->start > run->range.start;
	bool want_behind = block->end < run->range.end;

	*split = (struct split){};
	if (want_before)
		split->before =
			new_reservation(run->range.start, block->start - 1, run->name);
	if (want_behind) {
		split->behind =
			new_reservation(block->end + 1, run->range.end, run->name);
		split->rest = kzalloc(sizeof(*split->rest), GFP_KERNEL);
	}
	if ((want_before && !split->before) ||
	    (want_behind && !(split->behind && split->rest))) {
		split_free(split);
		return -ENOMEM;
	}
	return 0;
}

/*
 * One reservation goes and up to two take its place; the System RAM inside, which is busy,
 * keeps its place in the tree all the while.
 */
static void split_reservation(struct split *split, struct run *run)
{
	if (run->reservation)
		remove_resource(run->reservation);
	kfree(run->reservation);
	run->reservation = split->before;
	if (split->before && WARN_ON(insert_resource(&iomem_resource, split->before)))
		run->reservation = NULL;
	if (split->behind && !WARN_ON(insert_resource(&iomem_resource, split->behind)))
		split->rest->reservation = split->behind;
}

int run_withdraw(struct run *run, u64 block, struct run **rest)
{
	u64 size = memory_block_size_bytes();
	const struct range range = { block, block + size - 1 };
	struct split split;
	int rc;

	*rest = NULL;
	if (run_is_online(&range))
		return -EBUSY;
	rc = split_prepare(&split, run, &range);
	if (rc)
		return rc;
	rc = remove_memory(block, size);
	if (rc) {
		split_free(&split);
		return rc;
	}

	split_reservation(&split, run);
	if (split.rest) {
		split.rest->range = (struct range){ range.end + 1, run->range.end };
		split.rest->name = run->name;
		split.rest->present = true;
		split.rest->block_by_block = run->block_by_block;
		__module_get(THIS_MODULE);
		*rest = split.rest;
	}
	if (split.before)
		run->range.end = range.start - 1;
	else
		is_gone(run);
	return 0;
}
