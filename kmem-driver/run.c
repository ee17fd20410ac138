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
#include "ledger.h"
#include "mapping.h"
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

static int add_as_it_is(const struct run *run, int group)
{
	mhp_t flags = MHP_NID_IS_MGID | (run->holds_memmap ? MHP_MEMMAP_ON_MEMORY : 0);

	return add_memory_driver_managed(group, run->range.start, range_len(&run->range),
					 memory_name, flags);
}

static int add(struct run *run, const struct run_request *request)
{
	int rc;

	mapping_restore(&run->range);
	run->holds_memmap = request->memmap_on_memory && may_hold_memmap();
	rc = add_as_it_is(run, request->group);
	/* That is what old kernels say where the memmap cannot be on the memory. */
	if (rc != -EINVAL || !run->holds_memmap || HAS_MEMMAP_ON_MANY_BLOCKS)
		return rc;
	run->holds_memmap = false;
	return add_as_it_is(run, request->group);
}

int run_plug(struct run *run, const struct run_request *request)
{
	struct quiet_range quiet;
	int rc;

	if (run->present)
		return 0;
	/* Before, because somebody may be unloading us already. */
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	if (request->quiet)
		veto_begin(&quiet, &run->range);
	rc = add(run, request);
	if (request->quiet)
		veto_end(&quiet);
	run->present = !rc;
	if (rc)
		module_put(THIS_MODULE);
	return rc;
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

static void is_gone(struct run *run, bool was_offline)
{
	run->present = false;
	run->was_offline = was_offline;
	module_put(THIS_MODULE);
}

/* Removal, while nobody looks at the pages in the ledger. */
static int remove_range(const struct range *range, int (*remove)(u64 start, u64 size))
{
	int rc;

	ledger_suspend_refresh();
	rc = remove(range->start, range_len(range));
	ledger_resume_refresh();
	return rc;
}

/* The kernel warns of an attempt on online memory, so none may become so after the look. */
static int remove_offline(const struct range *range)
{
	struct quiet_range quiet;
	int rc = -EBUSY;

	veto_begin(&quiet, range);
	veto_settle();
	if (!run_is_online(range))
		rc = remove_range(range, remove_memory);
	veto_end(&quiet);
	return rc;
}

int run_remove(struct run *run)
{
	int rc;

	if (!run->present)
		return 0;
	rc = remove_offline(&run->range);
	if (!rc)
		is_gone(run, true);
	return rc;
}

int run_unplug(struct run *run)
{
	int rc;

	if (!run->present)
		return 0;
	rc = remove_range(&run->range, offline_and_remove_memory);
	if (!rc)
		is_gone(run, false);
	return rc;
}

/* ---- splitting ---- */

static struct resource *new_reservation(u64 start, u64 end, const struct run *run)
{
	struct resource *resource = kzalloc(sizeof(*resource), GFP_KERNEL);

	if (resource)
		*resource = (struct resource){
			.start = start,
			.end = end,
			.name = run->name,
			.flags = IORESOURCE_SYSTEM_RAM,
			.desc = run->reservation->desc,
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
		split->before = new_reservation(run->range.start, block->start - 1, run);
	if (want_behind) {
		split->behind = new_reservation(block->end + 1, run->range.end, run);
		split->rest = kzalloc(sizeof(*split->rest), GFP_KERNEL);
	}
	if ((want_before && !split->before) ||
	    (want_behind && !(split->behind && split->rest))) {
		split_free(split);
		return -ENOMEM;
	}
	return 0;
}

/* NULL if it could not be put into the tree, which takes somebody who was not there before. */
static struct resource *insert_reservation(struct resource *reservation)
{
	if (!reservation || !WARN_ON(insert_resource(&iomem_resource, reservation)))
		return reservation;
	kfree(reservation);
	return NULL;
}

/*
 * One reservation goes and up to two take its place; the System RAM inside, which is busy,
 * keeps its place in the tree all the while.
 */
static void split_reservation(struct split *split, struct run *run)
{
	remove_resource(run->reservation);
	kfree(run->reservation);
	run->reservation = insert_reservation(split->before);
	if (split->rest)
		split->rest->reservation = insert_reservation(split->behind);
}

int run_withdraw(struct run *run, u64 block, struct run **rest)
{
	u64 size = memory_block_size_bytes();
	const struct range range = { block, block + size - 1 };
	struct split split;
	int rc;

	*rest = NULL;
	if (!run->reservation)
		return -EBUSY;
	rc = split_prepare(&split, run, &range);
	if (rc)
		return rc;
	rc = remove_offline(&range);
	if (rc) {
		split_free(&split);
		return rc;
	}

	split_reservation(&split, run);
	if (split.rest) {
		split.rest->range = (struct range){ range.end + 1, run->range.end };
		split.rest->name = run->name;
		split.rest->present = true;
		split.rest->holds_memmap = run->holds_memmap;
		__module_get(THIS_MODULE);
		*rest = split.rest;
	}
	if (split.before)
		run->range.end = range.start - 1;
	else
		is_gone(run, true);
	return 0;
}
