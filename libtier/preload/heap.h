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

enum heap_mode {
	/* Copy 0 serves all that is not asked for from a tier: the way that costs
	 * nothing. */
	HEAP_MODE_ONE = 0,
	HEAP_MODE_NEW,	   /* nobody has asked for memory yet */
	HEAP_MODE_SETTING, /* somebody is settling it */
	/* A copy per tier, from here on. */
	HEAP_MODE_PEAK,	  /* the next call does peak_give_back() first */
	HEAP_MODE_PARTED, /* with limits, or with threads that have chosen */
	HEAP_MODE_QUICK,  /* with neither */
	HEAP_MODE_STEPS,  /* the same, and sizes alone decide */
};

struct heap {
	/* Read by every call, written once. */
	_Atomic unsigned char mode;
	unsigned char kind;  /* enum heap_kind */
	unsigned char shift; /* of an offset in `parted`, to the copy less 1 */
	unsigned char n_tiers;
	unsigned char first; /* the copy of tier 0; before it that of a ratio's stripes */
	unsigned char rest;  /* the copy of what no tier takes; 0: none */
	unsigned char limited; /* whether a tier has a limit */
	/* Of a threshold: the sizes at which the next tiers begin, or none below any size. */
	uint64_t steps[HEAP_TIERS - 1];
	uintptr_t parted_base; /* the addresses of all copies but copy 0 */
	uint64_t parted_size;

	/* Written when the memory of a tier changes. */
	_Atomic unsigned char choice __attribute__((aligned(64)));
	_Atomic uint64_t boundary; /* of auto-threshold; 0: by ratio alone */
	_Atomic uint64_t inner_boundary;

	struct heap_spec spec;
};

extern struct heap heap;

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

/* After the memory of a tier has changed: who is in need now; `grown` is the tier that
 * has got more, -1 when one has less. */
void heap_weigh(int grown);

/* The nodes of a selector as far as small files of the kernel tell; an errno and words
 * as of tier_select(). Signature: heap_resolver's. */
int words_select(void *arg, const char *selector, struct tier_nodeset *nodes,
		 struct tier_diag *diag);

#endif
