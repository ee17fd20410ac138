/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of this process's heap: what each call looks at, and what settles it. */
#ifndef HEAP_H
#define HEAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "copies.h"
#include "heap_page.h"
#include "heap_spec.h"

/*
 * Values of heap.below under which copy 0 is not asked at once. With limits, or with threads
 * that have chosen, no size may be below it: so that is the least number, and no other follows
 * it. The sizes of half the address space and a few bytes that are below the others are more
 * than copy 0 has, too.
 */
#define HEAP_CAREFUL  INT64_MIN
#define HEAP_PEAK     (INT64_MIN + 1) /* the next call does peak_give_back() first */
#define HEAP_SETTLING (INT64_MIN + 2) /* somebody is settling it */
#define HEAP_NEW      (INT64_MIN + 3) /* nobody has asked for memory yet */

struct heap {
	/*
	 * Read by every call, which compares once. What is smaller than `below` is copy 0's,
	 * what is then smaller than `second` is copy 1's. A block below `parted_base` is copy
	 * 0's, and most others are too where there is no other copy.
	 */
	_Atomic int64_t below __attribute__((aligned(64)));
	int64_t second;		 /* 0: copy 1 is none, or not for sizes */
	uintptr_t parted_base;	 /* the addresses of all copies but copy 0 */
	uintptr_t parted_second; /* where those of copy 2 begin */
	uint64_t parted_size;

	/* Written once. */
	unsigned char kind;  /* enum heap_kind */
	unsigned char shift; /* of an offset in `parted`, to the copy less 1 */
	unsigned char n_tiers;
	unsigned char first; /* the copy of tier 0; before it that of a ratio's stripes */
	unsigned char rest;  /* the copy of what no tier takes; 0: none */
	unsigned char limited; /* whether a tier has a limit */
	/* Of a threshold: the sizes at which the next tiers begin, or none below any size. */
	uint64_t steps[HEAP_TIERS - 1];

	/* Written when the memory of a tier changes. */
	_Atomic unsigned char choice __attribute__((aligned(64)));
	_Atomic uint64_t boundary; /* of auto-threshold; 0: by ratio alone */
	_Atomic uint64_t inner_boundary;

	struct heap_spec spec;
};

/* Hidden: what each call reads is not looked up first. */
extern struct heap heap __attribute__((visibility("hidden")));

/* Also found from outside: see heap_page.h. */
extern struct heap_page tiermalloc_page;

/* Settle the heap, unless somebody does. Returns whether it is settled. */
bool heap_settle(void);

/* The copy that a block belongs to. */
static inline unsigned int heap_owner(const void *block)
{
	uintptr_t offset = (uintptr_t)block - heap.parted_base;

	return __builtin_expect(offset < heap.parted_size, 0) ?
		       1 + (unsigned int)(offset >> heap.shift) :
		       0;
}

/* What `below` is when nothing stands in the way, and to have it so unless something does. */
int64_t heap_below(void);
void heap_aim(void);

/* What all tiers have in hand, free blocks too. */
uint64_t heap_used(void);

/* The nodes of a selector as far as small files of the kernel tell; an errno and words
 * as of tier_select(). Signature: heap_resolver's. */
int words_select(void *arg, const char *selector, struct tier_nodeset *nodes,
		 struct tier_diag *diag);

#endif
