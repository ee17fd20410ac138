// SPDX-License-Identifier: LGPL-2.1-or-later
// From a size to a copy of jemalloc, and further when that one is full.
#include "route.h"

#include <errno.h>
#include <string.h>

#include "choose.h"
#include "life.h"
#include "peak.h"
#include "region.h"
#include "weigh.h"

/* Copies that this thread has a cache in. */
static _Thread_local unsigned char woken;

/* What this thread has chosen for itself: the copy and 1; 0: nothing. */
static _Thread_local unsigned char chosen;

/* The copy for an object of that size, as things are. */
static inline unsigned int choose(int64_t below, size_t size)
{
	uint64_t boundary;

	if (below == HEAP_CAREFUL && chosen)
		return chosen - 1U;
	switch (heap.kind) {
	case HEAP_THRESHOLD:
		return choose_by_size(heap.steps, size);
	case HEAP_AUTO_THRESHOLD:
		if (size >= CHOOSE_LARGE)
			return weigh_large(size);
		boundary = atomic_load_explicit(&heap.boundary, memory_order_relaxed);
		return boundary ?
			       size >= boundary :
			       atomic_load_explicit(&heap.choice, memory_order_relaxed);
	default:
		return 0;
	}
}

/*
 * A thread's cache in a copy is made at its first call there, out of the same tier, and
 * jemalloc does not survive when that fails. So it is made while there is room for it,
 * and only then may calls of that thread fail at the limit.
 */
static bool wake_thread(unsigned int copy)
{
	if (!region_has_room(copy, REGION_LENIENT))
		return false;
	copy_calls[copy].free(copy_calls[copy].malloc(1));
	woken |= (unsigned char)(1 << copy);
	return true;
}

static void *ask_calmly(unsigned int copy, const struct request *request)
{
	const struct copy_calls *calls = &copy_calls[copy];
	void *block;

	if (request->alignment) {
		block = calls->memalign(request->alignment, request->size);
		if (block && request->zeroed)
			memset(block, 0, request->size);
		return block;
	}
	if (request->zeroed)
		return calls->calloc(1, request->size);
	return calls->malloc(request->size);
}

static void *ask(unsigned int copy, const struct request *request)
{
	void *block;

	if (!heap.limited)
		return ask_calmly(copy, request);
	if (!(woken & 1 << copy) && !wake_thread(copy))
		return NULL;
	region_strict = request->size + request->alignment + 1;
	block = ask_calmly(copy, request);
	region_strict = 0;
	return block;
}

/* Of a ratio's stripes: for the tier that they lack. */
static void count_spilled(unsigned int full, size_t size)
{
	unsigned int tier = regions[full].role == REGION_TIER ?
				    regions[full].tier :
				    region_full_tier(full, size);

	if (tier < heap.n_tiers)
		atomic_fetch_add_explicit(&tiermalloc_page.tiers[tier].spilled_count, 1,
					  memory_order_relaxed);
}

/* The copy is full: the tiers behind it, those before it, and what no tier has. */
static void *spill(unsigned int full, const struct request *request)
{
	unsigned int next = full < heap.first ? 0 : full - heap.first + 1;
	void *block = NULL;

	if (heap.kind == HEAP_BIND || request->size > PTRDIFF_MAX)
		return NULL;
	count_spilled(full, request->size);
	for (unsigned int i = 0; !block && i < heap.n_tiers; i++) {
		unsigned int copy = heap.first + (next + i) % heap.n_tiers;

		if (copy != full && life_has(copy))
			block = ask(copy, request);
	}
	if (!block && heap.rest)
		block = ask(heap.rest, request);
	return block;
}

void *route_from(unsigned int copy, const struct request *request)
{
	void *block = ask(copy, request);

	if (__builtin_expect(!block, 0) && heap.parted_size)
		block = spill(copy, request);
	if (__builtin_expect(!block, 0))
		errno = ENOMEM;
	return block;
}

void *route_tier(unsigned int tier, const struct request *request)
{
	unsigned int copy = heap.first + tier;

	life_wake(copy);
	return route_from(copy, request);
}

void *route(const struct request *request)
{
	int64_t below = atomic_load_explicit(&heap.below, memory_order_acquire);

	if (__builtin_expect(below == HEAP_NEW, 0)) {
		heap_settle();
		below = atomic_load_explicit(&heap.below, memory_order_acquire);
	}
	if (__builtin_expect(below == HEAP_PEAK, 0))
		peak_give_back();
	return route_from(below == HEAP_SETTLING ? 0 : choose(below, request->size),
			  request);
}

void route_choose(int tier)
{
	chosen = 0;
	if (tier < 0)
		return;
	life_wake(heap.first + (unsigned int)tier);
	chosen = (unsigned char)(heap.first + tier + 1);
	/* From now on the calls of all threads look. */
	if (atomic_load(&heap.below) != HEAP_CAREFUL)
		atomic_store(&heap.below, HEAP_CAREFUL);
}

static void *route_slowly(size_t size, bool zeroed) __attribute__((noinline));

static void *route_slowly(size_t size, bool zeroed)
{
	const struct request request = { .size = size, .zeroed = zeroed };

	return route(&request);
}

/* Of a settled heap without limits nothing but the choice stands before jemalloc. */
static inline bool is_simple(int64_t below)
{
	return below >= 0 || (below == HEAP_CAREFUL && !heap.limited);
}

void *route_plain(size_t size)
{
	int64_t below = atomic_load_explicit(&heap.below, memory_order_acquire);
	void *block = NULL;

	if (is_simple(below))
		block = copy_calls[choose(below, size)].malloc(size);
	return __builtin_expect(!block, 0) ? route_slowly(size, false) : block;
}

void *route_zeroed(size_t size)
{
	int64_t below = atomic_load_explicit(&heap.below, memory_order_acquire);
	void *block = NULL;

	if (is_simple(below))
		block = copy_calls[choose(below, size)].calloc(1, size);
	return __builtin_expect(!block, 0) ? route_slowly(size, true) : block;
}

/* ---- again ------------------------------------------------------------------------- */

/* lg of an alignment that is more than any page: jemalloc's flag for it. */
#define LG_ALIGNMENT 17

/* Whether no size that a block so large can have been asked for belongs in this copy: it is
 * less than twice as large as that, or no larger than jemalloc makes one for its alignment. */
static bool is_elsewhere(unsigned int owner, size_t most)
{
	size_t aligned = copy_calls[owner].round(1, LG_ALIGNMENT);
	size_t least = most > aligned ? most / 2 + 1 : 1;

	return owner < choose_by_size(heap.steps, least) ||
	       owner > choose_by_size(heap.steps, most);
}

/* The copy for a block of that one with another size. Of stripes a block elsewhere was asked
 * for there, and so was one that sizes would not have put where it is. */
static unsigned int choose_again(int64_t below, unsigned int owner, void *block,
				 size_t size)
{
	unsigned int wanted = choose(below, size);

	if (heap.kind == HEAP_RATIO && !chosen)
		return owner;
	if (wanted != owner && heap.kind == HEAP_THRESHOLD && !chosen &&
	    is_elsewhere(owner, copy_calls[owner].usable(block)))
		return owner;
	return wanted;
}

/* Whether a block of another copy than is wanted may stay there with another size: while
 * it can where it lies, but where sizes decide it must not come to look like one that was
 * asked for there. */
static bool may_stay(unsigned int copy, void *block, size_t size)
{
	const struct copy_calls *calls = &copy_calls[copy];
	size_t rounded = calls->round(size, 0);

	if (heap.kind == HEAP_THRESHOLD &&
	    (size > calls->usable(block) || is_elsewhere(copy, rounded)))
		return false;
	return calls->resize(block, size, 0, 0) == rounded;
}

static void *move(unsigned int from, unsigned int to, void *block, size_t size)
{
	const struct request request = { .size = size };
	size_t old = copy_calls[from].usable(block);
	void *moved = route_from(to, &request);

	if (!moved)
		return NULL;
	memcpy(moved, block, old < size ? old : size);
	copy_calls[from].free(block);
	return moved;
}

void *route_again(void *block, size_t size)
{
	int64_t below = atomic_load_explicit(&heap.below, memory_order_acquire);
	unsigned int owner = heap_owner(block), wanted = owner;
	void *again;

	if (heap.parted_size)
		wanted = choose_again(below, owner, block, size);
	if (wanted != owner && !may_stay(owner, block, size))
		return move(owner, wanted, block, size);
	region_strict = heap.limited && (woken & 1 << owner) ? size : 0;
	again = copy_calls[owner].realloc(block, size);
	region_strict = 0;
	if (again || size > PTRDIFF_MAX || !heap.parted_size || heap.kind == HEAP_BIND)
		return again;
	return move(owner, owner, block, size);
}
