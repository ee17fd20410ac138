// SPDX-License-Identifier: LGPL-2.1-or-later
// Free pages of all copies but one, each time that the whole heap has grown by an eighth
// over its largest; of all of them, where a boundary keeps a ratio. So it is done a few times in
// the life of a process, however long that is, and what it costs is in proportion to the memory.
#include "peak.h"

#include <stdatomic.h>

#include "heap.h"
#include "kernel.h"
#include "life.h"

/* Below this it is not worth a system call. */
#define FIRST_PEAK (4ULL << 20)
#define GROWTH	   8

/* A ratio is kept with what is free among it: were that taken from one tier alone, it would have
 * too little until it has grown again. */
static bool gives_all(void)
{
	return heap.kind == HEAP_AUTO_THRESHOLD;
}

/* More than most threads use where there is one for each request, and the most that all arenas
 * of a copy keep in this way, of which a large machine has hundreds. */
#define KEPT	 (384ULL << 10)
#define KEPT_ALL (32ULL << 20)

static struct {
	_Atomic uint64_t next;
	_Atomic unsigned int grown;
} peak = { .next = FIRST_PEAK };

void peak_note(unsigned int copy)
{
	int64_t below = atomic_load_explicit(&heap.below, memory_order_relaxed);
	uint64_t all;

	if (heap.kind != HEAP_THRESHOLD && heap.kind != HEAP_AUTO_THRESHOLD)
		return;
	all = heap_used();
	if (all < atomic_load_explicit(&peak.next, memory_order_relaxed))
		return;
	atomic_store_explicit(&peak.next, all + all / GROWTH, memory_order_relaxed);
	atomic_store_explicit(&peak.grown, copy, memory_order_relaxed);
	/* Where each call looks at limits or at what its thread has chosen, it stays. */
	while (below >= 0 &&
	       !atomic_compare_exchange_weak(&heap.below, &below, HEAP_PEAK))
		;
}

/* Nothing where something may wait for room. */
bool peak_lets_keep(unsigned int copy, size_t pages)
{
	uint64_t most = KEPT_ALL / copy_calls[copy].count_arenas();

	if (most > KEPT)
		most = KEPT;
	return !heap.limited && pages * KERNEL_PAGE <= most;
}

void peak_give_back(void)
{
	int64_t below = HEAP_PEAK;
	unsigned int grown = atomic_load_explicit(&peak.grown, memory_order_relaxed);

	if (!atomic_compare_exchange_strong(&heap.below, &below, heap_below()))
		return;
	heap_aim(); /* as things are by now */
	for (unsigned int i = 0; i < COPIES; i++)
		if (i != grown || gives_all())
			life_trim(i);
}
