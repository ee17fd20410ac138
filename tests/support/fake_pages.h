/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process's pages and move_pages(2) as pages.h describes it: it ends at the first page
 * that does not move and writes no status then, moves huge pages by any of their
 * addresses, and has a mood. There is one, as struct page_ops has no place for another.
 * Each call is a point of the fault harness.
 */
#ifndef FAKE_PAGES_H
#define FAKE_PAGES_H

#include "machine.h"
#include "pages.h"

#define FAKE_PID    10
#define FAKE_START  0x7f0000000000ULL
#define FAKE_PAGES  4096
#define FAKE_NODES  4
#define FAKE_EXTENT 512ULL /* pages of a huge one */

struct fake_page {
	bool present;
	bool shared;
	bool file;
	bool hidden; /* marked by NUMA balancing, on a kernel such as 6.1 */
	bool pinned; /* is tried, and does not move */
	bool held;   /* somebody else has taken hold of it */
	int node;
	unsigned int folio; /* pages of what it is a part of; 0 and 1: alone */
};

struct fake_pages {
	struct fake_page pages[FAKE_PAGES];
	size_t free[FAKE_NODES];     /* pages */
	struct tier_nodeset allowed; /* of its cpuset */
	bool is_hugetlb;	     /* only first addresses are accepted */
	bool is_dead;
	int refusal; /* what every call gives; or 0 */
	int touch_refusal;
	/* This page, if not 0, is freed as soon as the page table was read, or late:
	 * between the call that asks where it is and the one that moves. */
	size_t fleeting;
	bool flees_late;
	/* Call number `strange_call` (from 1) of those that move gives this and does
	 * nothing else; -ESRCH: and from then on it is dead. */
	unsigned int strange_call;
	int strange_error;

	/* What was done to it. */
	unsigned int moves;	  /* calls that move */
	unsigned int longest;	  /* pages of the longest of them */
	unsigned int longest_run; /* that nothing stands between */
	unsigned int touched;	  /* pages */
	unsigned int sent;	  /* addresses that were asked to move */
	int open;		  /* handles */
};

extern struct fake_pages fake_pages;
extern const struct page_ops fake_page_ops;

/* A new process with no page at all, on nodes with room for everything. */
void fake_pages_reset(void);
/* Present pages on a node, from page number `first` on. */
void fake_pages_fill(size_t first, size_t count, int node);
size_t fake_pages_on(int node);

/* Its /proc: one mapping of all its pages; a live root. `maps` may replace it. */
struct root *fake_process_root(const char *maps);

#endif
