/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages drawn from an address space: one at random out of each of equally large parts. Never
 * every n-th, as memory that is interleaved has a period, too: over 1:1 a stride of 64 is
 * wrong by half of everything. Pure.
 */
#ifndef DRAW_H
#define DRAW_H

#include "areas.h"

/* Pages that were drawn, and where they were found. */
struct points {
	uintptr_t *pages;
	uint32_t *cells;
	int *nodes; /* or a negative errno */
	float *weights;
	size_t n;
	size_t room;
};

/* Room for so many; what is in it stays. 0 or -ENOMEM. */
int points_reserve(struct points *points, size_t room) MUST_CHECK;
void points_free(struct points *points);

/* Replace what is in `points` by `n` pages, for which there is room. Cells of which more
 * is in memory get more of them, and each page has the weight that makes up for it. */
void draw(struct areas *areas, uint64_t page_bytes, uint64_t *seed, size_t n,
	  struct points *points);

/* A number from 0 to below 1; the seed is not 0 and changes. */
double draw_number(uint64_t *seed);

#endif
