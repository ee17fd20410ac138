/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where memory shall lie, and whether it does. Pure: knows no system call. */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "strbuf.h"
#include "tier.h"

#define PLACE_NODES	 8
#define PLACE_TEXT_BYTES 64

/* One node, several in a ratio, or what a policy of the kernel gives. */
struct place {
	char text[PLACE_TEXT_BYTES]; /* as rows call it */
	unsigned int count;
	unsigned int node[PLACE_NODES];
	unsigned int weight[PLACE_NODES];
	const char *policy; /* as tier_policy_parse() reads it; NULL: we choose each page */
	/* A policy that fills one node after the other: only which nodes is known. */
	bool any_of_them;
	bool is_heap; /* malloc's, of a heap that lies so */
};

struct place place_node(unsigned int node);
/* -E2BIG: more nodes than are kept apart. */
int place_add(struct place *place, unsigned int node, unsigned int weight) MUST_CHECK;

/* The node that the n-th page is for: by turns, each as often in a row as it weighs. */
unsigned int place_of_page(const struct place *place, uint64_t page);

/* How far a share may be off, in parts of 1: kernel's own counters begin anywhere. */
#define PLACE_TOLERANCE 0.001

/*
 * 0 when the pages lie as asked: each node's share to a page where we choose, to
 * PLACE_TOLERANCE where a policy does. -EIO, and what is wrong is in `why`; else -ENOMEM.
 */
int place_check(const struct place *place, const struct tier_page_counts *counts,
		struct strbuf *why) MUST_CHECK;

#endif
