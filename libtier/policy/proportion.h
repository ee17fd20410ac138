/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Weights asked for against weights in force, of which only the ratio counts. Pure. */
#ifndef PROPORTION_H
#define PROPORTION_H

#include "tier.h"

/* Begin with zeros. */
struct proportion {
	/* The first node's weights: the others must be in proportion to them. */
	uint64_t asked;
	uint64_t has;
	bool is_off;
	struct tier_nodeset differ; /* nodes with another weight than asked */
};

void proportion_add(struct proportion *proportion, unsigned int node, uint64_t asked,
		    uint64_t has);

#endif
