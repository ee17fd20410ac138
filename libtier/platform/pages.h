/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pages of other processes, as the kernel lets one ask for and move them. A part of
 * the seam; knows no tiers and no plan.
 *
 * What one has to know of move_pages(2) (mm/migrate.c; each run on 6.1 and 6.12):
 *  - it acts on the address space, so on all threads, whichever of them is named;
 *  - it ends at the first page that could not be moved: what comes behind is not tried,
 *    and the status of neither is written, so fill the array before and ask afterwards;
 *  - a page that is where it shall be, absent, shared or busy ends a run of pages that
 *    are moved together: leave such pages out, or it becomes slow; but runs that are too
 *    long are slow too, and from 6.3 on up to 512 pages of a run are unmapped together,
 *    and whoever touches one of them waits for all;
 *  - the kernel copies on the CPU of who calls: two calls at once move almost twice as
 *    many, and the lock of the address space they only read;
 *  - one address moves a whole huge page; the next one inside it gives -EBUSY. In
 *    hugetlb memory the address must be the first;
 *  - a node outside of the process's cpuset gives -EACCES, one without memory -ENODEV,
 *    a full one -ENOMEM, each for the whole call;
 *  - on 6.1 a page that NUMA balancing has marked is neither found nor moved
 *    (-ENOENT), until somebody touches it.
 */
#ifndef PAGES_H
#define PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "tier.h"

/* One call of move_pages(2). */
struct page_request {
	int pid;
	bool shared; /* pages that others map too (needs CAP_SYS_NICE) */
	size_t count;
	const uintptr_t *pages;
	const int *nodes; /* where to; NULL: only ask where they are */
	int *status;	  /* a node, or a negative errno */
};

/* Each gives a negative errno when it fails. */
struct page_ops {
	/* How many pages could not be moved or were not tried. Many pages are moved in two
	 * halves at once where the caller may use two CPUs, and each half ends at its
	 * first page that could not be moved. */
	int (*move)(const struct page_request *request);
	/* Read a byte of each of the pages and forget it, which takes the mark of NUMA
	 * balancing away; of how many. Needs what ptrace(2) needs. */
	int (*touch)(int pid, const uintptr_t *pages, size_t count);
	/* A handle on the page table's summary (pagemap) of an address space. */
	int (*open)(int pid);
	/* Its words from a page number on; how many, 0 when the address space is gone. */
	int (*read)(int map, uint64_t page, uint64_t *words, size_t count);
	void (*close)(int map);
};

extern const struct page_ops pages_linux;

/* Bits of a word (Documentation/admin-guide/mm/pagemap.rst). */
#define PAGEMAP_PRESENT	  (1ULL << 63)
#define PAGEMAP_FILE	  (1ULL << 61) /* of a file, or shared memory */
#define PAGEMAP_EXCLUSIVE (1ULL << 56) /* mapped by this process alone (4.2) */

/* Count the calling process's pages of a range by node; fills all of *counts. What the call
 * gave, -ENOMEM. */
int pages_count(const struct page_ops *ops, uintptr_t start, size_t bytes,
		struct tier_page_counts *counts) MUST_CHECK;

/* Bytes of a page of this machine. */
size_t page_bytes(void);

#endif
