// SPDX-License-Identifier: LGPL-2.1-or-later
// Ranges with memory in them. Runs inside of jemalloc, so it allocates nothing, takes no
// lock and keeps errno.
#include "region.h"

#include "copies.h"
#include "heap.h"
#include "peak.h"
#include "weigh.h"

/*
 * Where a moving boundary keeps a ratio, the first part of each range has small pages
 * only: a huge page per arena would be more than the error that is promised. So has all
 * of a range with a limit: a huge page holds what is not counted.
 */
#define SMALL_PAGES (512ULL << 20)

struct region regions[COPIES];

_Thread_local size_t region_strict;

/* ---- placing --------------------------------------------------------------------- */

static enum kernel_mode mode_of(enum heap_kind kind)
{
	if (kind == HEAP_BIND)
		return KERNEL_MODE_BIND;
	return kind == HEAP_INTERLEAVE ? KERNEL_MODE_INTERLEAVE :
					 KERNEL_MODE_PREFERRED_MANY;
}

/* Prefer many where the kernel can, else the first of them. */
int region_place(unsigned int tier, void *address, uint64_t size)
{
	enum kernel_mode mode = mode_of(heap.spec.kind);
	const struct tier_nodeset *nodes = &heap.spec.tiers[tier].nodes;
	int ret = kernel_place(address, size, mode, nodes);

	if (ret && mode == KERNEL_MODE_PREFERRED_MANY)
		ret = kernel_place(address, size, KERNEL_MODE_PREFERRED, nodes);
	if (ret)
		atomic_fetch_add(&tiermalloc_page.refused_count, 1);
	return ret;
}

static void *address_at(const struct range *range, uint64_t offset)
{
	return (char *)0 + range->base + offset;
}

/* The tier that most of a ratio's stripes are of. */
static unsigned int heaviest(void)
{
	unsigned int tier = 0;

	for (unsigned int i = 1; i < heap.n_tiers; i++)
		if (heap.spec.tiers[i].weight > heap.spec.tiers[tier].weight)
			tier = i;
	return tier;
}

static bool has_limit(const struct region *region)
{
	return region->role == REGION_TIER ?
		       heap.spec.tiers[region->tier].limit_bytes != 0 :
		       region->role == REGION_STRIPES && heap.limited;
}

int region_bind(unsigned int copy)
{
	struct region *region = &regions[copy];
	struct range *range = &region->range;
	int ret = 0;

	if (region->role == REGION_STRIPES)
		region->tier = heaviest();
	if (region->role != REGION_REST)
		ret = region_place(region->tier, address_at(range, 0), range->size);
	if (!ret && has_limit(region))
		(void)kernel_no_huge_pages(address_at(range, 0), range->size);
	return ret;
}

/* Of what is being opened all stripes but those of the tier that the whole range was
 * bound to. What cannot be bound is used all the same: memory in a wrong place is better
 * than a program without. */
static void place_stripes(const struct region *region, uint64_t from, uint64_t to)
{
	while (from < to) {
		struct stripe run = range_run(&heap.spec, from, to);

		if (run.tier != region->tier &&
		    region_place(run.tier, address_at(&region->range, from), run.bytes))
			return;
		from += run.bytes;
	}
}

/* ---- handing out ------------------------------------------------------------------ */

/* Not ahead of its use: what is not open yet would be two mappings for one. */
static void forbid_huge_pages(const struct range *range, uint64_t from, uint64_t to)
{
	if (to > SMALL_PAGES)
		to = SMALL_PAGES;
	if (from < to)
		(void)kernel_no_huge_pages(address_at(range, from), to - from);
}

static int open_some(const struct region *region, uint64_t from, uint64_t to)
{
	int ret = kernel_open_memory(address_at(&region->range, from), to - from);

	if (!ret && heap.kind == HEAP_AUTO_THRESHOLD)
		forbid_huge_pages(&region->range, from, to);
	if (!ret && region->role == REGION_STRIPES)
		place_stripes(region, from, to);
	return ret;
}

/* Two threads may open the same part: the second changes nothing. */
static bool open_up_to(struct region *region, uint64_t needed)
{
	struct range *range = &region->range;
	uint64_t opened = atomic_load(&range->opened);

	while (opened < needed) {
		uint64_t target = range_step(range, opened, needed);

		if (open_some(region, opened, target)) {
			target = needed;
			if (open_some(region, opened, target))
				return false;
		}
		if (atomic_compare_exchange_strong(&range->opened, &opened, target))
			return true;
	}
	return true;
}

static bool tier_has_room(unsigned int tier, uint64_t bytes)
{
	const struct heap_page_tier *counts = &tiermalloc_page.tiers[tier];

	return !counts->limit_bytes ||
	       (bytes <= counts->limit_bytes &&
		atomic_load(&counts->used_bytes) <= counts->limit_bytes - bytes);
}

unsigned int region_full_tier(unsigned int copy, uint64_t bytes)
{
	struct region *region = &regions[copy];
	unsigned int tier = 0;
	uint64_t end;

	if (region->role == REGION_TIER)
		return tier_has_room(region->tier, bytes) ? HEAP_TIERS : region->tier;
	if (region->role != REGION_STRIPES || !heap.limited)
		return HEAP_TIERS;
	end = atomic_load(&region->range.taken) + bytes;
	for (; tier < heap.n_tiers; tier++)
		if (!tier_has_room(tier, range_share_most(&heap.spec, tier, bytes, end)))
			return tier;
	return HEAP_TIERS;
}

bool region_has_room(unsigned int copy, uint64_t bytes)
{
	return region_full_tier(copy, bytes) == HEAP_TIERS;
}

/* What an extent will be used for at least: jemalloc asks for ever larger ones, and of
 * one that it may not use it would keep the addresses, and ask for the next. */
static uint64_t use_of(const struct extent_wish *wish)
{
	if (*wish->commit)
		return wish->size;
	if (!region_strict)
		return 0;
	return region_strict > REGION_LENIENT ? region_strict : REGION_LENIENT;
}

/* Addresses are taken for good, so what is to be used is looked at first. */
static void *take(unsigned int copy, const struct extent_wish *wish)
{
	struct region *region = &regions[copy];
	uintptr_t at;

	if (!region_has_room(copy, use_of(wish)))
		return NULL;
	at = range_take(&region->range, (uintptr_t)wish->wanted, wish->size,
			wish->alignment);
	if (!at)
		return NULL;
	/* jemalloc commits what it uses of an extent: it is opened and counted then. */
	if (*wish->commit &&
	    region_commit(copy, address_at(&region->range, at - region->range.base),
			  wish->size))
		return NULL;
	*wish->zero = true;
	return address_at(&region->range, at - region->range.base);
}

/* Outside of the range, which has no addresses left. A heap of one tier without a limit is
 * of that tier there, too. */
static void *take_outside(unsigned int copy, const struct extent_wish *wish)
{
	const struct region *region = &regions[copy];
	void *address = copy_calls[copy].plain_extent(
		wish->wanted, wish->size, wish->alignment, wish->zero, wish->commit);
	int ret = 0;

	if (address && region->role == REGION_TIER &&
	    !heap_spec_parts_objects(&heap.spec))
		ret = region_place(region->tier, address, wish->size);
	if (!ret || heap.spec.kind != HEAP_BIND)
		return address;
	kernel_release(address, wish->size);
	return NULL;
}

void *region_extent(unsigned int copy, const struct extent_wish *wish)
{
	const struct region *region = &regions[copy];
	void *address = NULL;

	if (region->role != REGION_NONE)
		address = take(copy, wish);
	if (!address && (region->role == REGION_NONE || region->may_be_plain))
		address = take_outside(copy, wish);
	return address;
}

/* A byte more than this of addresses would take longer to look at than it is worth, and
 * the difference is a small part of a heap of that size. */
#define LOOKED_AT (1ULL << 30)

int64_t region_difference(unsigned int copy)
{
	const struct region *region = &regions[copy];
	const struct range *range = &region->range;
	uint64_t end = atomic_load(&range->taken), opened = atomic_load(&range->opened);
	int64_t resident = 0;

	if (end > opened)
		end = opened;
	if (end > LOOKED_AT)
		return 0;
	for (uint64_t at = 0; at < end; at += KERNEL_COUNTED) {
		uint64_t size = end - at < KERNEL_COUNTED ? end - at : KERNEL_COUNTED;
		long pages = kernel_count_pages(address_at(range, at), size);

		if (pages < 0)
			return 0;
		resident += pages * (int64_t)KERNEL_PAGE;
	}
	return resident -
	       (int64_t)atomic_load(&tiermalloc_page.tiers[region->tier].used_bytes);
}

/* ---- counting --------------------------------------------------------------------- */

/* Whether the tier has room for that much more; it is taken then. */
static bool charge(unsigned int tier, uint64_t bytes)
{
	struct heap_page_tier *counts = &tiermalloc_page.tiers[tier];
	uint64_t used = atomic_fetch_add(&counts->used_bytes, bytes) + bytes;

	if (!counts->limit_bytes || used <= counts->limit_bytes ||
	    (bytes <= REGION_LENIENT && !region_strict))
		return true;
	atomic_fetch_sub(&counts->used_bytes, bytes);
	return false;
}

static void give_back(unsigned int tier, uint64_t bytes)
{
	atomic_fetch_sub(&tiermalloc_page.tiers[tier].used_bytes, bytes);
}

static void give_back_stripes(const struct range_shares *shares, unsigned int tiers)
{
	for (unsigned int tier = 0; tier < tiers; tier++)
		give_back(tier, shares->bytes[tier]);
}

static bool charge_stripes(const struct range_shares *shares)
{
	for (unsigned int tier = 0; tier < heap.n_tiers; tier++)
		if (!charge(tier, shares->bytes[tier])) {
			give_back_stripes(shares, tier);
			return false;
		}
	return true;
}

static uint64_t offset_of(const struct region *region, const void *address)
{
	return (uintptr_t)address - region->range.base;
}

static struct range_shares shares_of(const struct region *region, const void *address,
				     size_t size)
{
	uint64_t from = offset_of(region, address);

	return range_shares(&heap.spec, from, from + size);
}

int region_tier(unsigned int copy, const void *address)
{
	const struct region *region = &regions[copy];

	if (region->role == REGION_REST)
		return -1;
	if (region->role == REGION_STRIPES && region_keeps(copy, address))
		return (int)range_stripe(&heap.spec, offset_of(region, address)).tier;
	return region->role == REGION_STRIPES ? -1 : (int)region->tier;
}

bool region_commit(unsigned int copy, void *address, size_t size)
{
	struct region *region = &regions[copy];
	struct range_shares shares;
	bool done = true;

	if (!open_up_to(region, offset_of(region, address) + size))
		return true;
	if (region->role == REGION_TIER) {
		done = charge(region->tier, size);
	} else if (region->role == REGION_STRIPES) {
		shares = shares_of(region, address, size);
		done = charge_stripes(&shares);
	} else {
		atomic_fetch_add(&tiermalloc_page.rest_bytes, size);
	}
	if (done && region->role == REGION_TIER) {
		weigh((int)region->tier);
		peak_note(copy);
	}
	return !done;
}

bool region_decommit(unsigned int copy, void *address, size_t size)
{
	const struct region *region = &regions[copy];
	struct range_shares shares;

	if (kernel_drop_pages(address, size))
		return true;
	if (region->role == REGION_TIER) {
		give_back(region->tier, size);
	} else if (region->role == REGION_STRIPES) {
		shares = shares_of(region, address, size);
		give_back_stripes(&shares, heap.n_tiers);
	} else {
		atomic_fetch_sub(&tiermalloc_page.rest_bytes, size);
	}
	weigh(-1);
	return false;
}
