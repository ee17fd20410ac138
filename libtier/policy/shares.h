/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Figures of any size as small weights in about the same ratio. Pure. */
#ifndef SHARES_H
#define SHARES_H

#include <stddef.h>
#include <stdint.h>

/* More than this of the whole off its place, and larger weights are worth it: what
 * a placement ratio is promised to keep, in parts of 1. */
#define SHARES_ERROR 0.01

struct share {
	unsigned int node;
	uint64_t figure;
	uint32_t weight; /* 1 to 255, what comes out */
	double level;	 /* the mean of the figures that are like it */
};

/*
 * The smallest weights by which no share is off by more than SHARES_ERROR, or where
 * there are none, those that are off least. Rounding is in favour of the node with
 * the largest figure. Returns by how much the worst share is off, in parts of 1.
 * `count` and at least one figure must not be 0.
 */
double shares_weigh(struct share *shares, size_t count);

#endif
