/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One budget of pages over processes that all want some. Pure. */
#ifndef SPLIT_H
#define SPLIT_H

#include <stddef.h>
#include <stdint.h>

/* Fewer pages tell nothing, and more tell little that is new. */
#define SPLIT_LEAST 64U
#define SPLIT_MOST  4096U

struct claim {
	double worth;	/* its size times how unsure its shares are (Neyman) */
	uint32_t pages; /* what it gets: 0, or between the two bounds */
};

/* In the ratio of what they are worth; the claims come with the worthiest first, and the
 * last ones get nothing where the budget does not reach. */
void split(struct claim *claims, size_t n, uint32_t budget);

#endif
