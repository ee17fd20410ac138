/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a sample of pages says of all of them: shares by node, with their intervals. Pure. */
#ifndef TALLY_H
#define TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "draw.h"
#include "interval.h"
#include "tier.h"

/* Room for each node below n_nodes is the caller's. */
struct tally {
	double *weight; /* by node */
	size_t n_nodes;
	double sum, squares;
	uint64_t asked;
	uint64_t found;
	uint64_t absent; /* nothing there: not touched yet, swapped out, or behind a mark of
			   * NUMA balancing on old kernels */
	uint64_t outside; /* the zero page, or unmapped meanwhile */
	uint64_t refused; /* what else the kernel would not tell */
};

/* A page's node, or a negative errno. */
void tally_add(struct tally *tally, int node, double weight);
/* All points; their cells learn. */
void tally_points(struct tally *tally, const struct points *points, struct areas *areas);

struct share {
	double value;
	struct interval range;
};

/* How many pages of equal weight the found ones stand for (Kish). */
double tally_size(const struct tally *tally);
/* Of what is on these nodes. */
struct share tally_share(const struct tally *tally, const struct tier_nodeset *nodes);

/* Pages that were asked about twice, and how many went where. */
struct flow {
	double up, down, sum, squares; /* weights */
	uint64_t asked, gone;
};

/* From one node to another; ranks by node, UINT32_MAX: in no tier. */
struct ranks {
	const uint32_t *rank;
	size_t n;
};

void flow_add(struct flow *flow, const struct ranks *ranks, const int nodes[2],
	      double weight);
struct share flow_share(const struct flow *flow, double weight);

#endif
