/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the heap of a process tells of itself, in one page of its memory that anybody
 * who may read it can find by its first bytes. Written without locks: each number is
 * whole, but two of them may be of different moments.
 */
#ifndef HEAP_PAGE_H
#define HEAP_PAGE_H

#include <stdatomic.h>
#include <stdint.h>

#include "heap_spec.h"

#define HEAP_PAGE_MAGIC	  "tiermalloc page" /* and its NUL: 16 bytes */
#define HEAP_PAGE_VERSION 2
#define HEAP_PAGE_BYTES	  4096
#define HEAP_PAGE_TEXT	  1024
#define HEAP_PAGE_RANGES  (HEAP_TIERS + 2)

enum heap_state {
	HEAP_STATE_UNKNOWN = 0,
	HEAP_STATE_PLAIN,  /* nothing was asked, or it could not be done: text says why */
	HEAP_STATE_PLACED, /* one heap, its pages placed */
	HEAP_STATE_PARTED, /* a heap per tier, those of a ratio for who asks for one */
};

/* Addresses of the heap that belong to one tier, to stripes of all, or to no tier. */
struct heap_page_range {
	uint64_t base;
	uint64_t bytes;
};

struct heap_page_tier {
	uint64_t limit_bytes;		/* 0: none */
	_Atomic uint64_t used_bytes;	/* that the heap holds there, free blocks too */
	_Atomic uint64_t spilled_count; /* objects that had to go elsewhere */
	uint32_t weight;
	uint32_t reserved;
	struct tier_nodeset nodes;
};

struct heap_page {
	char magic[16];
	uint32_t version;
	_Atomic uint32_t state; /* enum heap_state */
	uint32_t n_tiers;
	uint32_t n_ranges; /* the stripes of a ratio, the tiers, the rest */
	struct heap_page_tier tiers[HEAP_TIERS];
	struct heap_page_range ranges[HEAP_PAGE_RANGES];
	_Atomic uint64_t rest_bytes;	/* used outside of all tiers */
	_Atomic uint64_t refused_count; /* what the kernel refused */
	_Atomic uint64_t boundary_bytes;
	char text[HEAP_PAGE_TEXT]; /* the resolved policy, or why the heap is plain */
};

_Static_assert(sizeof(struct heap_page) <= HEAP_PAGE_BYTES, "one page");

#endif
