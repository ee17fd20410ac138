/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A batch of pages: what page table words make of it, what the kernel's answers mean for
 * each page, which of them to ask for next. Pure; makes no system call.
 */
#ifndef BATCH_H
#define BATCH_H

#include "cleanup.h"
#include "pages.h"
#include "routes.h"

enum item_state {
	ITEM_NEW = 0,
	ITEM_IGNORED, /* no page of a node, or of one that was not asked about */
	ITEM_HIDDEN,  /* present, but NUMA balancing's mark hides its node (6.1) */
	ITEM_THERE,   /* is on a target already */
	ITEM_COMMON,  /* of a file that others map too, and not of this process's own */
	ITEM_SPARED,  /* stays, as only a part shall move */
	ITEM_PENDING, /* shall move */
	ITEM_MOVED,
	ITEM_GONE, /* no longer there */
	ITEM_LEFT, /* stays against our will */
};

struct item {
	uintptr_t address;
	int node; /* where it lay before */
	enum item_state state;
	enum tier_left why; /* of ITEM_LEFT */
	bool shared;
	bool file;
	bool tried; /* it was asked to move */
	bool busy;  /* and could not be taken hold of */
};

struct batch {
	size_t room;
	size_t count;
	uint64_t unit_bytes;   /* of each item */
	uint64_t extent_bytes; /* what one entry of the next level maps: a THP */
	size_t riders;	       /* moved along inside another's huge page */
	struct item *items;
	/* One request, and which item each of its entries is. */
	size_t asked;
	uintptr_t *pages;
	int *nodes;
	int *status;
	size_t *index;
};

/* A status that the kernel did not write. */
#define STATUS_UNTOUCHED (-4095)

/* What of memory is asked about. */
enum batch_filter {
	BATCH_ANON = 1 << 0,
	BATCH_FILE = 1 << 1,
	BATCH_SHARED = 1 << 2, /* pages that others map may move too */
	/* Of batch_add(): a private mapping, whose file's pages are nobody's own. */
	BATCH_PRIVATE = 1 << 3,
};

int batch_init(struct batch *batch, size_t room, uint64_t extent_bytes) MUST_CHECK;
void batch_free(struct batch *batch);
void batch_reset(struct batch *batch, uint64_t unit_bytes);

/* Add the present pages among the `count` that begin at `start`; room must be there. */
void batch_add(struct batch *batch, uintptr_t start, const uint64_t *words, size_t count,
	       unsigned int filter);

/* Make a request of the items in a state, to be sent to `node` (-1: only asked). */
void batch_request(struct batch *batch, enum item_state state, int node);

/* Take the answers to the first question: where each item lies. */
void batch_place(struct batch *batch, const struct routes *routes,
		 const struct tier_nodeset *to, unsigned int filter);

/* A request of pending items whose first open target is the same; that target, or -1
 * when nothing is pending any more. Items without one are left, because of `why`. */
int batch_next_target(struct batch *batch, const struct routes *routes,
		      const struct tier_nodeset *closed, enum tier_left why);

/*
 * The same request with one address for each complete extent of it, and nothing of the
 * rest. Returns how many there are; none: the request is as it was.
 */
size_t batch_heads(struct batch *batch);

/*
 * The kernel gathers pages and moves them together, until there is one that it cannot
 * gather. batch_split() puts an address that is nobody's behind each so many of the request,
 * so that it moves what it has while the caches have it too, and nobody who touches one of
 * these pages waits for more (6.3); batch_join() takes them out again, behind the call.
 */
#define BATCH_RUN 128
void batch_split(struct batch *batch);
void batch_join(struct batch *batch);

/* Take what moving said of each. What it says nothing of, or calls busy, may have moved
 * all the same. Returns how many have for certain. */
size_t batch_take(struct batch *batch, int target);

/*
 * After batch_heads(): a request of the last page of each extent whose first has moved;
 * where that is on the target too, one huge page has moved, as nothing else of the extent
 * was asked to. batch_find_whole() takes the answers and marks what moved along.
 */
void batch_tails(struct batch *batch);
void batch_find_whole(struct batch *batch, int target);

/* A request of all that this leaves open. */
void batch_doubts(struct batch *batch);

/* Take where they are now. Returns how many more had moved. */
size_t batch_find(struct batch *batch, const struct tier_nodeset *to);

/*
 * Give up on the first pending item that was tried, as nothing moved and it may be what
 * stops the rest; and on what lies in the same naturally aligned 2^order items, as it may
 * be one folio. False when there is none.
 */
bool batch_give_up_first(struct batch *batch, unsigned int order);

/* Give up on everything that is pending: it stays, or it is gone with its process. */
void batch_give_up(struct batch *batch, enum tier_left why);
void batch_gone(struct batch *batch);

uint64_t batch_bytes(const struct batch *batch, enum item_state state);

/* ---- a part of what there is ---------------------------------------------------- */

/* So that `need` of `whole` bytes move, spread evenly over the addresses. */
struct share {
	uint64_t need;
	uint64_t whole;
	uint64_t seen;
	uint64_t moved;
};

/* Spare pending items beyond the part that is due by now; complete extents as a whole
 * when `by_extent`. `seen` grows, `moved` is the caller's to count. */
void batch_spare(struct batch *batch, struct share *share, bool by_extent);

#endif
