// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of one device: its runs, all or none of them. Knows nothing of dax devices, and
 * decides nothing about which blocks are good.
 */
#include <linux/memory-tiers.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>

#include "compat.h"
#include "kernel_ranges.h"
#include "memory.h"
#include "run.h"
#include "tier.h"

struct memory *memory_new(const struct memory_traits *traits)
{
	struct memory *memory = kzalloc(sizeof(*memory), GFP_KERNEL);
	int rc = -ENOMEM;

	if (!memory)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&memory->runs);
	INIT_LIST_HEAD(&memory->left_behind);
	memory->node = traits->node;
	memory->memmap_on_memory = traits->memmap_on_memory;
	memory->name = kstrdup(traits->name, GFP_KERNEL);
	if (!memory->name)
		goto fail_name;

	memory->type = tier_get(traits->node, traits->adistance);
	rc = PTR_ERR_OR_ZERO(memory->type);
	if (rc)
		goto fail_type;

	memory->group =
		memory_group_register_static(memory->node, PFN_UP(traits->most_bytes));
	rc = memory->group;
	if (rc < 0)
		goto fail_group;
	return memory;

fail_group:
	tier_put(memory->node, memory->type);
fail_type:
	kfree(memory->name);
fail_name:
	kfree(memory);
	return ERR_PTR(rc);
}

void memory_free(struct memory *memory)
{
	memory_group_unregister(memory->group);
	tier_put(memory->node, memory->type);
	kfree(memory->name);
	kfree(memory);
}

static struct run_request request_of(const struct memory *memory, bool quiet)
{
	return (struct run_request){
		.group = memory->group,
		.memmap_on_memory = memory->memmap_on_memory,
		.quiet = quiet,
	};
}

/* ---- adding ---- */

static void drop_run(struct run *run)
{
	list_del(&run->list);
	run_release(run);
}

static void drop_runs(struct list_head *runs)
{
	struct run *run, *next;

	list_for_each_entry_safe(run, next, runs, list)
		drop_run(run);
}

/* What could not be had is the end of it, or only noted. */
static int miss(const struct memory_request *request, const struct range *range,
		struct range_set *failed, int error)
{
	int rc;

	pr_notice("kmem: " RANGE_FORMAT " could not be added: error %d\n", range->start,
		  range->end, error);
	if (!request->partial)
		return error;
	rc = range_set_add(failed, range);
	return min(rc, 0);
}

/* The kernel wants blocks one by one, else it keeps no page structures on them. */
static bool is_single(const struct memory *memory)
{
	return memory->memmap_on_memory && !HAS_MEMMAP_ON_MANY_BLOCKS;
}

unsigned int memory_most_failed(const struct memory *memory, const struct range_set *runs)
{
	if (!is_single(memory))
		return runs->count;
	/* Every second block, as neighbours are told as one. */
	return range_set_bytes(runs) / memory_block_size_bytes() / 2 + runs->count;
}

/* A run takes the range; where the kernel wants blocks one by one, so many runs do. */
static int reserve_range(struct memory *memory, const struct memory_request *request,
			 const struct range *range, struct list_head *runs,
			 struct range_set *failed)
{
	u64 step = is_single(memory) ? memory_block_size_bytes() : range_len(range);
	u64 start;
	int rc = 0;

	for (start = range->start; start < range->end && !rc; start += step) {
		const struct range part = { start, start + step - 1 };
		struct run *run = run_reserve(&part, memory->name);

		if (IS_ERR(run))
			rc = miss(request, &part, failed, PTR_ERR(run));
		else
			list_add_tail(&run->list, runs);
	}
	return rc;
}

/* Reserve all, because that is what fails and what is undone easily. */
static int reserve_runs(struct memory *memory, const struct memory_request *request,
			struct list_head *runs, struct range_set *failed)
{
	const struct range_set *set = request->runs;
	unsigned int i;
	int rc = 0;

	for (i = 0; i < set->count && !rc; i++)
		rc = reserve_range(memory, request, &set->ranges[i], runs, failed);
	return rc;
}

static int plug_runs(struct memory *memory, const struct memory_request *request,
		     struct list_head *runs, struct range_set *failed)
{
	const struct run_request how = request_of(memory, request->quiet);
	struct run *run, *next;
	int rc;

	list_for_each_entry_safe(run, next, runs, list) {
		rc = run_plug(run, &how);
		if (!rc)
			continue;
		rc = miss(request, &run->range, failed, rc);
		if (rc)
			return rc;
		drop_run(run);
	}
	return 0;
}

/* Runs that have just been added and are to go again; what is in use by now stays. */
static void take_back(struct list_head *runs)
{
	struct run *run, *next;

	list_for_each_entry_safe(run, next, runs, list)
		if (!run_unplug(run))
			drop_run(run);
}

static void insert_run(struct memory *memory, struct run *new)
{
	struct run *run;

	list_for_each_entry(run, &memory->runs, list)
		if (run->range.start > new->range.start)
			break;
	list_move_tail(&new->list, &run->list);
}

static void insert_runs(struct memory *memory, struct list_head *runs)
{
	struct run *run, *next;

	list_for_each_entry_safe(run, next, runs, list)
		insert_run(memory, run);
}

int memory_add(struct memory *memory, const struct memory_request *request,
	       struct range_set *failed)
{
	LIST_HEAD(runs);
	int rc;

	rc = reserve_runs(memory, request, &runs, failed);
	if (!rc)
		rc = plug_runs(memory, request, &runs, failed);
	if (rc)
		take_back(&runs);
	insert_runs(memory, &runs);
	return rc;
}

/* ---- removing ---- */

unsigned int memory_remove_offline(struct memory *memory)
{
	unsigned int left = 0;
	struct run *run, *next;

	list_for_each_entry_safe(run, next, &memory->runs, list) {
		if (run_remove(run))
			left++;
		else
			drop_run(run);
	}
	return left;
}

/* What came offline comes back so; for what was online, the kernel's policy decides. */
static void plug_again(struct memory *memory)
{
	struct run *run, *next;

	list_for_each_entry_safe(run, next, &memory->runs, list) {
		const struct run_request how = request_of(memory, run->was_offline);

		if (!run_plug(run, &how))
			continue;
		pr_notice("kmem: " RANGE_FORMAT " did not come back\n", run->range.start,
			  run->range.end);
		drop_run(run);
	}
}

/* What is in use first: it may fail, and what is offline has not been touched then. */
static int unplug_runs(struct memory *memory)
{
	struct run *run;
	int rc;

	list_for_each_entry(run, &memory->runs, list) {
		rc = run_is_online(&run->range) ? run_unplug(run) : 0;
		if (rc)
			return rc;
	}
	list_for_each_entry(run, &memory->runs, list) {
		rc = run_remove(run);
		if (rc)
			return rc;
	}
	return 0;
}

int memory_unplug(struct memory *memory)
{
	int rc = unplug_runs(memory);

	if (rc)
		plug_again(memory);
	else
		drop_runs(&memory->runs);
	return rc;
}

static struct run *run_with(const struct memory *memory, u64 address)
{
	struct run *run;

	list_for_each_entry(run, &memory->runs, list)
		if (run->range.start <= address && address <= run->range.end)
			return run;
	return NULL;
}

int memory_withdraw(struct memory *memory, const struct range *blocks)
{
	u64 block, size = memory_block_size_bytes();
	struct run *run, *rest;
	int rc, result = 0;

	for (block = blocks->start; block < blocks->end; block += size) {
		run = run_with(memory, block);
		if (!run)
			continue;
		rc = run_withdraw(run, block, &rest);
		if (rc)
			result = rc;
		if (rest)
			list_add(&rest->list, &run->list);
		if (!run->present)
			drop_run(run);
	}
	return result;
}

/* ---- looking ---- */

int memory_ranges(const struct memory *memory, struct range_set *set)
{
	const struct run *run;
	int rc;

	list_for_each_entry(run, &memory->runs, list) {
		rc = range_set_add(set, &run->range);
		if (rc < 0)
			return rc;
	}
	return 0;
}

u64 memory_bytes(const struct memory *memory)
{
	const struct run *run;
	u64 bytes = 0;

	list_for_each_entry(run, &memory->runs, list)
		bytes += range_len(&run->range);
	return bytes;
}

u64 memory_memmap_bytes(const struct memory *memory)
{
	const struct run *run;
	u64 pages = 0;

	list_for_each_entry(run, &memory->runs, list)
		if (run->holds_memmap)
			pages += range_len(&run->range) >> PAGE_SHIFT;
	return pages * sizeof(struct page);
}

unsigned int memory_run_count(const struct memory *memory)
{
	return list_count_nodes((struct list_head *)&memory->runs);
}

struct block_counts {
	unsigned int offline;
	unsigned int movable;
	unsigned int kernel;
};

static void count_blocks(const struct run *run, struct block_counts *counts)
{
	u64 block = memory_block_size_bytes();
	u64 start;

	for (start = run->range.start; start < run->range.end; start += block) {
		struct page *page = pfn_to_online_page(PHYS_PFN(start + block - 1));

		if (!page)
			counts->offline++;
		else if (page_zonenum(page) == ZONE_MOVABLE)
			counts->movable++;
		else
			counts->kernel++;
	}
}

const char *memory_state(const struct memory *memory)
{
	struct block_counts counts = {};
	const struct run *run;

	if (list_empty(&memory->runs))
		return "unplugged";
	list_for_each_entry(run, &memory->runs, list)
		count_blocks(run, &counts);
	if (counts.movable && counts.kernel)
		return "online";
	if (counts.movable)
		return "online_movable";
	return counts.kernel ? "online_kernel" : "offline";
}
