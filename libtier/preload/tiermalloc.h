/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tiermalloc.h - memory of a chosen tier, for programs that run with libtiermalloc.so.
 *
 * Tiers are those of the heap's policy (TIER_HEAP), in the order in which it names them:
 * of "threshold:4K:dram<pmem" 0 is dram, 1 is pmem. Link nothing: the library comes by
 * LD_PRELOAD, and all names here are weak, so a program asks `if (tier_malloc)` whether
 * it has come. Blocks are freed and grown with free(3) and realloc(3). A program that
 * wants all in one tier but what it asks for here takes "threshold:1T:dram<pmem".
 *
 * Threads: every call, from any thread.
 */
#ifndef TIERMALLOC_H
#define TIERMALLOC_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma weak tier_heap_tiers
#pragma weak tier_malloc
#pragma weak tier_calloc
#pragma weak tier_aligned_alloc
#pragma weak tier_heap_thread
#pragma weak tier_place
#pragma weak tier_of

/*
 * How many tiers have a heap of their own. 0: the heap is plain, or its pages are placed
 * as one, and every call below takes tier 0 only.
 */
int tier_heap_tiers(void);

/*
 * malloc(3), calloc(3) and aligned_alloc(3) from one tier, also where the heap is spread
 * by a ratio: that is kept for the rest. When it is at its limit the
 * block comes from the next, as the policy says; tier_of() tells. realloc(3) keeps a block
 * in its tier under a ratio or threshold; other policies choose anew where it has to move.
 * Errors: NULL with errno EINVAL (no such tier, bad alignment), ENOMEM.
 */
void *tier_malloc(int tier, size_t size);
void *tier_calloc(int tier, size_t count, size_t size);
void *tier_aligned_alloc(int tier, size_t alignment, size_t size);

/*
 * Have what the calling thread asks malloc(3) and its family for come from one tier,
 * whatever the size; at the tier's limit from the next. -1: as the policy says again. A
 * thread begins with the policy, as does the child of a fork but in the thread that it
 * goes on with. Until a thread asks, no call looks for it.
 * Errors: -1 with errno EINVAL (no such tier).
 */
int tier_heap_thread(int tier);

/*
 * Place a mapping of the program's own, made with mmap(2), as the policy places a tier:
 * pages that come from now on; limits do not count it. `address` is the begin of a page.
 * In a plain heap it changes nothing.
 * Errors: -1 with errno EINVAL (no such tier, no begin of a page), ENOMEM, EPERM and
 * others of mbind(2).
 */
int tier_place(int tier, void *address, size_t size);

/*
 * The tier that an address of this heap belongs to: all of a block, but where a ratio
 * spreads blocks over tiers. -1: to none, as memory beyond all limits. What it says of
 * addresses that are none of this heap means nothing. Where pages really are, and whether
 * they were moved, only the kernel knows: `tierctl where PID`.
 */
int tier_of(const void *address);

#ifdef __cplusplus
}
#endif

#endif
