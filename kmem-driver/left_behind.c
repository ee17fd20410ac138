// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of memory that was in use when its device was unbound, which Linux cannot refuse.
 * Nothing is removed here but on behalf of a device that wants the addresses.
 */
#include <linux/mm.h>
#include <linux/mutex.h>

#include "kernel_ranges.h"
#include "left_behind.h"
#include "memory.h"
#include "run.h"
#include "text.h"

static DEFINE_MUTEX(left_behind_lock);
static LIST_HEAD(left_behind);

void left_behind_add(struct memory *memory)
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

/* What was left behind within the ranges; -EBUSY as said in left_behind.h. */
static struct memory *find_left_behind(const struct range_set *ranges, int node)
{
	struct memory *memory, *found = NULL;
	bool inside;

	list_for_each_entry(memory, &left_behind, left_behind) {
		if (!runs_within(memory, ranges, &inside))
			continue;
		if (found || !inside || memory->node != node)
			return ERR_PTR(-EBUSY);
		found = memory;
	}
	return found;
}

/* Let go of what has come offline since. */
static void reap(const struct range_set *ranges)
{
	struct memory *memory, *next;
	bool inside;

	list_for_each_entry_safe(memory, next, &left_behind, left_behind) {
		if (!runs_within(memory, ranges, &inside) ||
		    memory_remove_offline(memory))
			continue;
		list_del(&memory->left_behind);
		memory_free(memory);
	}
}

struct memory *left_behind_adopt(const struct range_set *ranges, int node)
{
	struct memory *found;

	mutex_lock(&left_behind_lock);
	found = find_left_behind(ranges, node);
	if (IS_ERR(found)) {
		reap(ranges);
		found = find_left_behind(ranges, node);
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

ssize_t left_behind_emit(char *buf)
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
