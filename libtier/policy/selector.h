/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory by meaning: "dram", "fastest,!node:3", "tier:1". Parsing is pure;
 * matching is pure too, over one topology.
 */
#ifndef SELECTOR_H
#define SELECTOR_H

#include "arena.h"
#include "tier.h"

struct selector_word;

struct selector_item {
	const struct selector_word *word;
	bool takes_away;	   /* "!ITEM" */
	struct tier_nodeset nodes; /* of node: */
	uint32_t number;	   /* of tier: */
};

struct selector {
	const char *text; /* as written, for messages */
	struct selector_item *items;
	size_t count;
};

/*
 * Parse text[0..len), which is a part of `whole` (for places in diag).
 * -EINVAL, -ENOMEM.
 */
struct selector_span {
	const char *whole;
	const char *text;
	size_t len;
};

int selector_parse(struct selector_span span, struct arena *arena,
		   struct selector *selector, struct tier_diag *diag) MUST_CHECK;

/* Nodes it means here; errors as tier_select(). */
int selector_match(const struct selector *selector, const struct tier_topology *t,
		   struct tier_nodeset *set, struct tier_diag *diag) MUST_CHECK;

/* Whether it means something by DRAM on a machine where no node is known to be. */
bool selector_guesses_dram(const struct selector *selector,
			   const struct tier_topology *t);

#endif
