// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of one device: its runs, all or none of them. Knows nothing of dax devices, and
 * decides nothing about which blocks are good.
 */
#include <linux/memory-tiers.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>

#include "kernel_ranges.h"
#include "memory.h"
#include "run.h"
#include "text.h"
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

	memory->type = tier_type(traits->node, traits->adistance);
	rc = PTR_ERR_OR_ZERO(memory->type);
	if (rc)
		goto fail_type;
	init_node_memory_type(memory->node, memory->type);

	memory->group =
		memory_group_register_static(memory->node, PFN_UP(traits->most_bytes));
	rc = memory->group;
	if (rc < 0)
		goto fail_group;
	return memory;

fail_group:
	clear_node_memory_type(memory->node, memory->type);
fail_type:
	kfree(memory->name);
fail_name:
	kfree(memory);
	return ERR_PTR(rc);
}

void memory_free(struct memory *memory)
{
	memory_group_unregister(memory->group);
	clear_node_memory_type(memory->node, memory->type);
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

static int note_failed(const struct run *run, struct range_set *failed)
{
	int rc = range_set_add(failed, &run->range);

	return rc < 0 ? rc : 0;
}

/* Reserve all, because that is what fails and what is undone easily. */
static int reserve_runs(struct memory *memory, const struct memory_request *request,
			struct list_head *runs, struct range_set *failed)
{
	const struct range_set *set = request->runs;
	unsigned int i;
	int rc;

	for (i = 0; i < set->count; i++) {
		struct run *run = run_reserve(&set->ranges[i], memory->name);

		if (!IS_ERR(run)) {
			list_add_tail(&run->list, runs);
			continue;
		}
		pr_notice("kmem: " RANGE_FORMAT
			  " could not be reserved: somebody has it\n",
			  set->ranges[i].start, set->ranges[i].end);
		if (!request->partial)
			return PTR_ERR(run);
		rc = range_set_add(failed, &set->ranges[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
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
		pr_notice("kmem: " RANGE_FORMAT " could not be added: error %d\n",
			  run->range.start, run->range.end, rc);
		if (request->partial)
			rc = note_failed(run, failed);
		if (rc)
			return rc;
		drop_run(run);
	}
	return 0;
}

/* Runs that have just been added and are to go again; what is in use by now stays. */
static void take_back(struct memory *memory, struct list_head *runs)
{
	const struct run_request how = request_of(memory, false);
	struct run *run, *next;

	list_for_each_entry_safe(run, next, runs, list)
		if (!run_unplug(run, &how))
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
	unsigned int failed_before = failed->count;
	LIST_HEAD(runs);
	int rc;

	rc = reserve_runs(memory, request, &runs, failed);
	if (!rc)
		rc = plug_runs(memory, request, &runs, failed);
	if (rc)
		take_back(memory, &runs);
	else if (request->runs->count && list_empty(&runs) &&
		 failed->count > failed_before)
		rc = -EBUSY;
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

static void plug_again(struct memory *memory)
{
	const struct run_request how = request_of(memory, false);
	struct run *run, *next;

	list_for_each_entry_safe(run, next, &memory->runs, list) {
		if (!run_plug(run, &how))
			continue;
		pr_notice("kmem: " RANGE_FORMAT " did not come back\n", run->range.start,
			  run->range.end);
		drop_run(run);
	}
}

int memory_unplug(struct memory *memory)
{
	const struct run_request how = request_of(memory, false);
	struct run *run;
	int rc;

	list_for_each_entry(run, &memory->runs, list) {
		rc = run_unplug(run, &how);
		if (!rc)
			continue;
		plug_again(memory);
		return rc;
	}
	drop_runs(&memory->runs);
	return 0;
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

/* ---- memory that no device has ---- */

static DEFINE_MUTEX(left_behind_lock);
static LIST_HEAD(left_behind);

void memory_leave_behind(struct memory *memory)
{
	mutex_lock(&left_behind_lock);
	list_add_tail(&memory->left_behind, &left_behind);
	mutex_unlock(&left_behind_lock);
}

/* How many runs have something in these ranges, and whether all of them are wholly inside. */
static unsigned int runs_within(const struct memory *memory,
				const struct range_set *ranges, bool *inside)
{
	const struct run *run;
	unsigned int count = 0;

	*inside = true;
	list_for_each_entry(run, &memory->runs, list) {
		count += range_set_find(ranges, &run->range) ? 1 : 0;
		*inside &= range_set_covers(ranges, &run->range);
	}
	return count;
}

struct memory *memory_adopt(const struct range_set *ranges, int node)
{
	struct memory *memory, *found = NULL;
	bool inside;

	mutex_lock(&left_behind_lock);
	list_for_each_entry(memory, &left_behind, left_behind) {
		if (!runs_within(memory, ranges, &inside))
			continue;
		if (found || !inside || memory->node != node) {
			found = ERR_PTR(-EBUSY);
			break;
		}
		found = memory;
	}
	if (!IS_ERR_OR_NULL(found))
		list_del_init(&found->left_behind);
	mutex_unlock(&left_behind_lock);
	return found;
}

static int all_left_behind(struct range_set *set)
{
	const struct memory *memory;
	unsigned int room = 1;
	int rc;

	list_for_each_entry(memory, &left_behind, left_behind)
		room += memory_run_count(memory);
	rc = range_set_alloc(set, room);
	list_for_each_entry(memory, &left_behind, left_behind)
		if (!rc)
			rc = memory_ranges(memory, set);
	return rc;
}

ssize_t memory_emit_left_behind(char *buf)
{
	struct range_set set = {};
	ssize_t length;

	mutex_lock(&left_behind_lock);
	length = all_left_behind(&set);
	mutex_unlock(&left_behind_lock);
	if (!length)
		length = text_print_ranges(buf, PAGE_SIZE, &set);
	range_set_free(&set);
	return length;
}
