/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Set arithmetic that tier.h can do without; the rest is there. */
#ifndef NODESET_H
#define NODESET_H

#include "tier.h"

/* "1023" and a comma for every node, and the NUL: no list is longer. */
#define NODESET_TEXT (TIER_MAX_NODES * 5 + 1)

struct tier_nodeset nodeset_or(const struct tier_nodeset *a,
			       const struct tier_nodeset *b);
struct tier_nodeset nodeset_and(const struct tier_nodeset *a,
				const struct tier_nodeset *b);
struct tier_nodeset nodeset_minus(const struct tier_nodeset *a,
				  const struct tier_nodeset *b);
bool nodeset_equal(const struct tier_nodeset *a, const struct tier_nodeset *b);
bool nodeset_is_empty(const struct tier_nodeset *set);

/* The list as a part of a message: one that is too long ends in ",..." behind a
 * whole entry, so that no number is cut into another. `size` is at least 16.
 * Returns buf. */
const char *nodeset_brief(const struct tier_nodeset *set, char *buf, size_t size);

#define for_each_node(node, set)                               \
	for (int node = tier_nodeset_next(set, -1); node >= 0; \
	     node = tier_nodeset_next(set, node))

#endif
