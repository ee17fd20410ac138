/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of the ledger: what is written down, what counts as bad, what is forgotten. The
 * caller owns the room, at least two members in each set, and does the locking; nothing here
 * allocates or sleeps.
 */
#ifndef KMEM_POISON_BOOK_H
#define KMEM_POISON_BOOK_H

#include "range_set.h"

struct poison_book {
	u64 page_bytes; /* whole pages are bad; a power of two */
	struct range_set watched;
	/* Pages with the kernel's own flag, which a test can take back. */
	struct range_set flagged;
	/* What machine checks and lists of bad blocks said: only clearing the media ends it. */
	struct range_set lasting;
	/* What of that the media's own list had when it was last read. */
	struct range_set listed;
};

/* From now on, errors in these addresses are written down. */
void book_watch(struct poison_book *book, const struct range_set *ranges);

/* Addresses that nobody watches are left out. True if something was new. */
bool book_note(struct poison_book *book, const struct range *range, bool is_flagged);

/* The media were cleared. */
void book_forget(struct poison_book *book, const struct range *range);

/* A test has taken back the flag of the page. */
void book_unflag(struct poison_book *book, const struct range *page);

bool book_has(const struct poison_book *book, const struct range *range);

/* Add what is bad within the ranges to a set; 0 or -ENOSPC. */
int book_collect(const struct poison_book *book, const struct range_set *within,
		 struct range_set *bad);

/* The room that book_compare() may need for its third set. */
unsigned int book_compare_room(const struct poison_book *book,
			       const struct range_set *within,
			       const struct range_set *now);

/*
 * What the media's own list has within the ranges now; these are whole pages. What it had
 * before and has no more was cleared by somebody else, and is forgotten. The third set is for
 * scratch, empty.
 */
void book_compare(struct poison_book *book, const struct range_set *within,
		  const struct range_set *now, struct range_set *gone);

/* How many bytes of the range are bad. */
u64 book_bytes(const struct poison_book *book, const struct range *range);

#endif
