// SPDX-License-Identifier: LGPL-2.1-or-later
// Pages in states. Every page that was looked at ends in one that is counted: the kernel's
// answers are incomplete (pages.h), so what they leave open is asked for again.
#include "batch.h"

#include <errno.h>

/* The last page of all addresses, which are the kernel's: no mapping is there. */
#define NOBODYS ((uintptr_t)-4096)

int batch_init(struct batch *batch, size_t room, uint64_t extent_bytes)
{
	const size_t entries = room + room / BATCH_RUN;

	*batch = (struct batch){
		.room = room,
		.extent_bytes = extent_bytes,
		.items = calloc(room, sizeof(*batch->items)),
		.pages = calloc(entries, sizeof(*batch->pages)),
		.nodes = calloc(entries, sizeof(*batch->nodes)),
		.status = calloc(entries, sizeof(*batch->status)),
		.index = calloc(room, sizeof(*batch->index)),
	};
	if (batch->items && batch->pages && batch->nodes && batch->status && batch->index)
		return 0;
	batch_free(batch);
	return -ENOMEM;
}

void batch_free(struct batch *batch)
{
	free(batch->items);
	free(batch->pages);
	free(batch->nodes);
	free(batch->status);
	free(batch->index);
	*batch = (struct batch){ 0 };
}

void batch_reset(struct batch *batch, uint64_t unit_bytes)
{
	batch->count = 0;
	batch->asked = 0;
	batch->riders = 0;
	batch->unit_bytes = unit_bytes;
}

/* ---- which pages there are ------------------------------------------------------- */

static bool is_wanted(uint64_t word, unsigned int filter)
{
	if (!(word & PAGEMAP_PRESENT))
		return false;
	return filter & (word & PAGEMAP_FILE ? BATCH_FILE : BATCH_ANON);
}

void batch_add(struct batch *batch, uintptr_t start, const uint64_t *words, size_t count,
	       unsigned int filter)
{
	for (size_t i = 0; i < count; i++)
		if (is_wanted(words[i], filter))
			batch->items[batch->count++] = (struct item){
				.address = start + i * batch->unit_bytes,
				.node = -1,
				.shared = !(words[i] & PAGEMAP_EXCLUSIVE),
				.file = filter & BATCH_PRIVATE && words[i] & PAGEMAP_FILE,
			};
}

static void ask(struct batch *batch, size_t item, int node)
{
	size_t at = batch->asked++;

	batch->pages[at] = batch->items[item].address;
	batch->nodes[at] = node;
	batch->status[at] = STATUS_UNTOUCHED;
	batch->index[at] = item;
}

void batch_request(struct batch *batch, enum item_state state, int node)
{
	batch->asked = 0;
	for (size_t i = 0; i < batch->count; i++)
		if (batch->items[i].state == state)
			ask(batch, i, node);
}

static struct item *asked_item(const struct batch *batch, size_t at)
{
	return &batch->items[batch->index[at]];
}

static void leave(struct item *item, enum tier_left why)
{
	item->state = ITEM_LEFT;
	item->why = why;
}

/* Programs and libraries are mapped by many and owned by none; but memory that a fork or
 * a shared mapping shares is what was asked for. */
static void leave_shared(struct item *item)
{
	if (item->file)
		item->state = ITEM_COMMON;
	else
		leave(item, TIER_LEFT_SHARED);
}

/* What a page's node means for it. */
static void place(struct item *item, const struct routes *routes,
		  const struct tier_nodeset *to, unsigned int filter)
{
	if (tier_nodeset_has(to, (unsigned int)item->node))
		item->state = ITEM_THERE;
	else if (!routes_find(routes, item->node))
		item->state = ITEM_IGNORED;
	else if (item->shared && !(filter & BATCH_SHARED))
		leave_shared(item);
	else
		item->state = ITEM_PENDING;
}

/* Behind a mark of NUMA balancing (6.1): -ENOENT, or -EFAULT for a huge page. The zero
 * page and what is no memory are -EFAULT too, but exclusive to nobody. */
static bool is_hidden(const struct item *item, int status)
{
	return status == -ENOENT || (status == -EFAULT && !item->shared);
}

void batch_place(struct batch *batch, const struct routes *routes,
		 const struct tier_nodeset *to, unsigned int filter)
{
	for (size_t at = 0; at < batch->asked; at++) {
		struct item *item = asked_item(batch, at);

		item->node = batch->status[at];
		if (item->node >= 0)
			place(item, routes, to, filter);
		else if (is_hidden(item, item->node))
			item->state = ITEM_HIDDEN;
		else
			item->state = ITEM_IGNORED;
	}
}

/* ---- what to ask for ------------------------------------------------------------- */

static int target_of(const struct item *item, const struct routes *routes,
		     const struct tier_nodeset *closed)
{
	const struct tier_migration_route *route = routes_find(routes, item->node);

	return route ? route_open_target(route, closed) : -1;
}

int batch_next_target(struct batch *batch, const struct routes *routes,
		      const struct tier_nodeset *closed, enum tier_left why)
{
	int first = -1;

	batch->asked = 0;
	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];
		int target;

		if (item->state != ITEM_PENDING)
			continue;
		target = target_of(item, routes, closed);
		if (target < 0)
			leave(item, why);
		if (first < 0)
			first = target;
		if (target >= 0 && target == first)
			ask(batch, i, target);
	}
	return first;
}

static uint64_t extent_of(const struct batch *batch, const struct item *item)
{
	return item->address / batch->extent_bytes;
}

/* How many entries of the request from `at` on are a complete extent; 0: they are not. */
static size_t complete_extent(const struct batch *batch, size_t at)
{
	size_t per = batch->extent_bytes / batch->unit_bytes;
	uintptr_t start = batch->pages[at];

	if (per < 2 || start % batch->extent_bytes || at + per > batch->asked)
		return 0;
	/* Ascending and without doubles, so the last tells of all. */
	return batch->pages[at + per - 1] == start + (per - 1) * batch->unit_bytes ? per :
										     0;
}

size_t batch_heads(struct batch *batch)
{
	size_t heads = 0, at = 0, per;

	while (at < batch->asked) {
		per = complete_extent(batch, at);
		if (per) {
			batch->pages[heads] = batch->pages[at];
			batch->nodes[heads] = batch->nodes[at];
			batch->index[heads++] = batch->index[at];
		}
		/* What was written lies before what is still to be read. */
		at += per ? per : 1;
	}
	if (heads)
		batch->asked = heads;
	return heads;
}

/* ---- runs ------------------------------------------------------------------------ */

static void copy_entry(struct batch *batch, size_t to, size_t from)
{
	batch->pages[to] = batch->pages[from];
	batch->nodes[to] = batch->nodes[from];
	batch->status[to] = batch->status[from];
}

void batch_split(struct batch *batch)
{
	size_t count = batch->asked;

	if (count <= BATCH_RUN)
		return;
	/* From the end, so that nothing is lost; those of the first run stay. */
	for (size_t i = count; i-- > BATCH_RUN;) {
		copy_entry(batch, i + i / BATCH_RUN, i);
		if (i % BATCH_RUN)
			continue;
		copy_entry(batch, i + i / BATCH_RUN - 1, i);
		batch->pages[i + i / BATCH_RUN - 1] = NOBODYS;
	}
	batch->asked = count + (count - 1) / BATCH_RUN;
}

void batch_join(struct batch *batch)
{
	batch->asked -= batch->asked / (BATCH_RUN + 1);
	for (size_t i = BATCH_RUN; i < batch->asked; i++)
		copy_entry(batch, i, i + i / BATCH_RUN);
}

/* ---- what became of them --------------------------------------------------------- */

size_t batch_take(struct batch *batch, int target)
{
	size_t moved = 0;

	for (size_t at = 0; at < batch->asked; at++) {
		struct item *item = asked_item(batch, at);
		int status = batch->status[at];

		item->tried = true;
		item->busy = status == -EBUSY;
		if (status == target) {
			item->state = ITEM_MOVED;
			moved++;
		} else if (status == -EACCES) {
			leave_shared(item);
		} else if (is_hidden(item, status)) {
			item->state = ITEM_HIDDEN;
		} else if (status == -EFAULT) {
			item->state = ITEM_GONE;
		} else if (status == -ENOMEM) {
			leave(item, TIER_LEFT_NO_MEMORY);
		} else if (status != STATUS_UNTOUCHED && status != -EBUSY) {
			leave(item, TIER_LEFT_UNKNOWN);
		}
	}
	return moved;
}

/* The item behind those of the same extent as item `at`. */
static size_t extent_end(const struct batch *batch, size_t at)
{
	uint64_t extent = extent_of(batch, &batch->items[at]);

	while (at < batch->count && extent_of(batch, &batch->items[at]) == extent)
		at++;
	return at;
}

void batch_tails(struct batch *batch)
{
	size_t per = batch->extent_bytes / batch->unit_bytes, heads = batch->asked;

	batch->asked = 0;
	for (size_t at = 0; at < heads; at++)
		if (asked_item(batch, at)->state == ITEM_MOVED)
			ask(batch, batch->index[at] + per - 1, -1);
}

void batch_find_whole(struct batch *batch, int target)
{
	size_t per = batch->extent_bytes / batch->unit_bytes;

	for (size_t at = 0; at < batch->asked; at++) {
		if (batch->status[at] != target)
			continue;
		for (size_t i = 0; i < per - 1; i++)
			batch->items[batch->index[at] - i].state = ITEM_MOVED;
		batch->riders += per - 1;
	}
}

static bool any_tried(const struct batch *batch, size_t from, size_t end)
{
	for (; from < end; from++)
		if (batch->items[from].tried)
			return true;
	return false;
}

void batch_doubts(struct batch *batch)
{
	size_t end;

	batch->asked = 0;
	for (size_t from = 0; from < batch->count; from = end) {
		end = extent_end(batch, from);
		if (!any_tried(batch, from, end))
			continue;
		for (size_t i = from; i < end; i++)
			if (batch->items[i].state == ITEM_PENDING ||
			    batch->items[i].state == ITEM_SPARED)
				ask(batch, i, -1);
	}
}

/* One that is not where it should be. */
static void find_elsewhere(struct item *item, int node)
{
	if (item->state == ITEM_SPARED || node == STATUS_UNTOUCHED)
		return;
	if (is_hidden(item, node))
		item->state = ITEM_HIDDEN;
	else if (node < 0)
		item->state = ITEM_GONE;
	else if (item->busy)
		leave(item, TIER_LEFT_BUSY);
}

size_t batch_find(struct batch *batch, const struct tier_nodeset *to)
{
	size_t moved = 0;

	for (size_t at = 0; at < batch->asked; at++) {
		struct item *item = asked_item(batch, at);
		int node = batch->status[at];

		if (node < 0 || !tier_nodeset_has(to, (unsigned int)node)) {
			find_elsewhere(item, node);
			continue;
		}
		batch->riders += item->busy || !item->tried;
		item->state = ITEM_MOVED;
		moved++;
	}
	return moved;
}

bool batch_give_up_first(struct batch *batch, unsigned int order)
{
	uint64_t block = batch->unit_bytes << order;

	for (size_t i = 0; i < batch->count; i++) {
		uint64_t first = batch->items[i].address / block;

		if (batch->items[i].state != ITEM_PENDING || !batch->items[i].tried)
			continue;
		for (; i < batch->count && batch->items[i].address / block == first; i++)
			if (batch->items[i].state == ITEM_PENDING)
				leave(&batch->items[i], TIER_LEFT_BUSY);
		return true;
	}
	return false;
}

void batch_give_up(struct batch *batch, enum tier_left why)
{
	for (size_t i = 0; i < batch->count; i++)
		if (batch->items[i].state == ITEM_PENDING)
			leave(&batch->items[i], why);
}

void batch_gone(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		if (batch->items[i].state == ITEM_PENDING)
			batch->items[i].state = ITEM_GONE;
}

uint64_t batch_bytes(const struct batch *batch, enum item_state state)
{
	uint64_t items = 0;

	for (size_t i = 0; i < batch->count; i++)
		items += batch->items[i].state == state;
	return items * batch->unit_bytes;
}

/* ---- a part of what there is ----------------------------------------------------- */

/* The bytes that should have moved when so many have been seen. More may be seen now than
 * when it was counted: memory that came since, or whose marks have gone (6.1). */
static uint64_t due(const struct share *share)
{
	if (!share->whole)
		return 0;
	if (share->seen >= share->whole)
		return share->need;
	return (uint64_t)((long double)share->seen * (long double)share->need /
				  (long double)share->whole +
			  0.5L);
}

static size_t count_pending(const struct batch *batch, size_t from, size_t end)
{
	size_t count = 0;

	for (; from < end; from++)
		count += batch->items[from].state == ITEM_PENDING;
	return count;
}

/* Spare what follows the first `keep` pending items. */
static void spare_behind(struct batch *batch, size_t from, size_t end, size_t keep)
{
	for (; from < end; from++) {
		if (batch->items[from].state != ITEM_PENDING)
			continue;
		if (keep)
			keep--;
		else
			batch->items[from].state = ITEM_SPARED;
	}
}

void batch_spare(struct batch *batch, struct share *share, bool by_extent)
{
	uint64_t moved = share->moved;
	size_t end;

	for (size_t from = 0; from < batch->count; from = end) {
		size_t pending, keep;

		end = extent_end(batch, from);
		pending = count_pending(batch, from, end);
		share->seen += pending * batch->unit_bytes;
		keep = due(share) > moved ? (due(share) - moved) / batch->unit_bytes : 0;
		if (keep > pending)
			keep = pending;
		/* A huge page moves whole: it goes when half of it is due. */
		if (by_extent)
			keep = keep * 2 >= pending ? pending : 0;
		spare_behind(batch, from, end, keep);
		moved += keep * batch->unit_bytes;
	}
}
