// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps the ratio of auto-threshold. Runs inside of jemalloc, so it allocates nothing, takes
// no lock and keeps errno.
#include "weigh.h"

#include "choose.h"
#include "heap.h"
#include "region.h"

/* At an end of its way the boundary keeps no ratio any more, so the ratio itself is
 * kept, object by object. */
static void move_boundary(const struct usage *usage, unsigned int grown)
{
	uint64_t old = atomic_load_explicit(&heap.inner_boundary, memory_order_relaxed);
	uint64_t new = choose_boundary(&heap.spec, usage, grown, old);
	bool at_end = new <= heap.spec.low_bytes || new >= heap.spec.high_bytes;

	if (new == old)
		return;
	atomic_store_explicit(&heap.inner_boundary, new, memory_order_relaxed);
	atomic_store_explicit(&heap.boundary, at_end ? 0 : new, memory_order_relaxed);
	atomic_store_explicit(&tiermalloc_page.boundary_bytes, new, memory_order_relaxed);
}

/* Looked at again when the heap is larger by an eighth, a small one by a part of 32, or has
 * changed in many places: what was allocated and never touched is not there, and the ratio is one
 * of what is. To look at 16 MiB takes some 70 us. */
#define LOOK_AGAIN	 8
#define LOOK_AGAIN_SMALL 32
#define SMALL		 (16ULL << 20)
#define LOOK_AT_ALL	 (32ULL << 10)
#define CHANGES		 64
#define CHANGE		 (1ULL << 20) /* and one more for so many bytes */

static struct {
	_Atomic uint64_t next, changes;
	_Atomic int64_t difference[HEAP_TIERS];
} sampled;

static void look(void)
{
	uint64_t changes =
		atomic_fetch_add_explicit(&sampled.changes, 1, memory_order_relaxed);
	uint64_t all = heap_used();

	if (all < atomic_load_explicit(&sampled.next, memory_order_relaxed) &&
	    changes < CHANGES + all / CHANGE)
		return;
	/* Whoever comes now is content with these; nothing is held that a fork could keep. */
	atomic_store(&sampled.changes, 0);
	atomic_store(&sampled.next,
		     all + all / (all < SMALL ? LOOK_AGAIN_SMALL : LOOK_AGAIN) +
			     LOOK_AT_ALL);
	for (unsigned int i = 0; i < heap.n_tiers; i++)
		atomic_store(&sampled.difference[i], region_difference(heap.first + i));
}

static struct usage used(void)
{
	struct usage usage = { 0 };

	for (unsigned int i = 0; i < heap.n_tiers; i++) {
		int64_t difference = atomic_load_explicit(&sampled.difference[i],
							  memory_order_relaxed);

		usage.bytes[i] = atomic_load_explicit(
			&tiermalloc_page.tiers[i].used_bytes, memory_order_relaxed);
		if (difference < 0 && (uint64_t)-difference > usage.bytes[i])
			usage.bytes[i] = 0;
		else
			usage.bytes[i] += (uint64_t)difference;
	}
	return usage;
}

void weigh(int grown)
{
	struct usage usage;
	unsigned char needy;

	if (heap.kind != HEAP_AUTO_THRESHOLD)
		return;
	look();
	usage = used();
	needy = (unsigned char)choose_needy(&heap.spec, &usage);
	if (needy != atomic_load_explicit(&heap.choice, memory_order_relaxed))
		atomic_store_explicit(&heap.choice, needy, memory_order_relaxed);
	if (grown >= 0)
		move_boundary(&usage, (unsigned int)grown);
	heap_aim();
}

/* What both tiers had when an object was last sent to the other one than the boundary says. */
static _Atomic uint64_t turned_at;

/* The boundary says which, unless that tier has its share: then the other one, and the boundary
 * moves as if the object had gone where it says, once for each change of the memory. */
unsigned int weigh_large(uint64_t bytes)
{
	uint64_t boundary =
		atomic_load_explicit(&heap.inner_boundary, memory_order_relaxed);
	struct usage usage = used();
	unsigned int tier = bytes >= boundary;
	uint64_t all = usage.bytes[0] + usage.bytes[1];

	if (!choose_has_share(&heap.spec, &usage, tier, bytes))
		return tier;
	if (atomic_exchange_explicit(&turned_at, all, memory_order_relaxed) != all) {
		move_boundary(&usage, tier);
		heap_aim();
	}
	return 1 - tier;
}
