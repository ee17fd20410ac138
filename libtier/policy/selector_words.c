// SPDX-License-Identifier: LGPL-2.1-or-later
// What each word of a selector means on a machine. Knows nothing of how words are
// put together, and reads nothing.
#include "selector_words.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "diag.h"
#include "nodeset.h"
#include "parse.h"
#include "topology.h"

static bool parse_tier(const char *rest, struct selector_item *item)
{
	uint64_t number;

	if (parse_digits(&rest, &number) || *rest || number >= TIER_MAX_NODES)
		return false;
	item->number = (uint32_t)number;
	return true;
}

static bool parse_list(const char *rest, struct selector_item *item)
{
	struct tier_nodeset nodes;

	if (strchr(rest, '\n') || tier_nodeset_parse(rest, &nodes, NULL) ||
	    nodeset_is_empty(&nodes))
		return false;
	item->nodes = nodeset_or(&item->nodes, &nodes);
	return true;
}

/* ---- matching --------------------------------------------------------------- */

static bool is_usable(const struct tier_node_info *node)
{
	return node->usability == TIER_USABLE_YES;
}

static int match_all(const struct match *match, const struct selector_item *item,
		     struct tier_nodeset *set)
{
	(void)item;
	for (size_t i = 0; i < match->t->n_nodes; i++)
		if (is_usable(&match->t->nodes[i]))
			(void)tier_nodeset_add(set, match->t->nodes[i].node);
	return 0;
}

static bool has_kind(const struct tier_topology *t, enum tier_kind kind)
{
	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].kind == kind && t->nodes[i].flags & TIER_NODE_HAS_MEMORY)
			return true;
	return false;
}

/* By its kind: memory of an empty node may come (dynamic capacity), and a GPU's is
 * named when its kind is. */
static bool can_be_meant(const struct tier_node_info *node)
{
	return is_usable(node) || node->usability == TIER_USABLE_NO_MEMORY ||
	       node->usability == TIER_USABLE_GPU;
}

static int match_kind(const struct match *match, const struct selector_item *item,
		      struct tier_nodeset *set)
{
	enum tier_kind kind = item->word->kind;
	bool beside_cpus = kind == TIER_KIND_DRAM && !has_kind(match->t, kind);

	for (size_t i = 0; i < match->t->n_nodes; i++) {
		const struct tier_node_info *node = &match->t->nodes[i];

		if (node->kind == kind ? can_be_meant(node) :
					 beside_cpus && is_usable(node) &&
						 node->flags & TIER_NODE_HAS_CPUS)
			(void)tier_nodeset_add(set, node->node);
	}
	return 0;
}

static int match_node(const struct match *match, const struct selector_item *item,
		      struct tier_nodeset *set)
{
	for_each_node(node, &item->nodes) {
		if (!topology_node(match->t, (unsigned int)node))
			return diag_set(match->diag, -ENXIO, "'%s': there is no node %d",
					match->text, node);
	}
	*set = nodeset_or(set, &item->nodes);
	return 0;
}

static int match_tier(const struct match *match, const struct selector_item *item,
		      struct tier_nodeset *set)
{
	if (item->number >= match->t->n_tiers)
		return diag_set(match->diag, -ENXIO,
				"'%s': there is no tier %u; this machine has %zu, from 0",
				match->text, item->number, match->t->n_tiers);
	for (size_t i = 0; i < match->t->n_nodes; i++)
		if (is_usable(&match->t->nodes[i]) &&
		    match->t->nodes[i].flags & TIER_NODE_KNOWS_RANK &&
		    match->t->nodes[i].rank == item->number)
			(void)tier_nodeset_add(set, match->t->nodes[i].node);
	return 0;
}

/* ---- words that need an order ------------------------------------------------ */

struct order {
	uint32_t fastest; /* ranks of usable nodes */
	uint32_t slowest;
	uint32_t dram; /* slowest rank that holds DRAM, else memory with CPUs */
	bool knows_dram;
};

/* An order that leaves out a usable node may be wrong about both its ends. */
static int find_ends(const struct match *match, struct order *order)
{
	order->fastest = TIER_MAX_NODES;
	for (size_t i = 0; i < match->t->n_nodes; i++) {
		const struct tier_node_info *node = &match->t->nodes[i];

		if (!is_usable(node))
			continue;
		if (!(node->flags & TIER_NODE_KNOWS_RANK))
			return diag_set(match->diag, -ENODATA,
					"'%s': node %u has no rank (%s); name it by "
					"node:%u or tell its kind in TIERKIT_NODES",
					match->text, node->node, node->rank_why.text,
					node->node);
		if (node->rank < order->fastest)
			order->fastest = node->rank;
		if (node->rank > order->slowest)
			order->slowest = node->rank;
	}
	return 0;
}

static void find_dram(const struct tier_topology *t, struct order *order)
{
	bool by_kind = has_kind(t, TIER_KIND_DRAM);

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];
		bool counts = by_kind ? node->kind == TIER_KIND_DRAM :
					node->flags & TIER_NODE_HAS_CPUS;

		if (!counts || !(node->flags & TIER_NODE_KNOWS_RANK))
			continue;
		order->knows_dram = true;
		if (node->rank > order->dram)
			order->dram = node->rank;
	}
}

struct ranks {
	uint32_t first, last;
};

static struct ranks ranks_of(const struct order *order, enum order_word word)
{
	const struct ranks ranks[] = {
		[FASTEST] = { order->fastest, order->fastest },
		[SLOWEST] = { order->slowest, order->slowest },
		[FAST] = { 0, order->dram },
		[SLOW] = { order->dram + 1, TIER_MAX_NODES },
	};

	return ranks[word];
}

static bool is_told_by_dram(const struct selector_word *word)
{
	return word->kind == TIER_KIND_DRAM || word->order == FAST || word->order == SLOW;
}

static int match_order(const struct match *match, const struct selector_item *item,
		       struct tier_nodeset *set)
{
	struct order order = { 0 };
	struct ranks ranks;
	int ret = find_ends(match, &order);

	if (ret)
		return ret;
	find_dram(match->t, &order);
	if (!order.knows_dram && is_told_by_dram(item->word))
		return diag_set(match->diag, -ENODATA,
				"'%s': fast and slow are told by DRAM, and neither DRAM "
				"nor memory beside CPUs is here; fastest and slowest can "
				"be told",
				match->text);
	ranks = ranks_of(&order, item->word->order);
	for (size_t i = 0; i < match->t->n_nodes; i++) {
		const struct tier_node_info *node = &match->t->nodes[i];

		if (is_usable(node) && node->rank >= ranks.first &&
		    node->rank <= ranks.last)
			(void)tier_nodeset_add(set, node->node);
	}
	return 0;
}

static const struct selector_word words[] = {
	{ .name = "dram", .match = match_kind, .kind = TIER_KIND_DRAM },
	{ .name = "hbm", .match = match_kind, .kind = TIER_KIND_HBM },
	{ .name = "cxl", .match = match_kind, .kind = TIER_KIND_CXL },
	{ .name = "pmem", .match = match_kind, .kind = TIER_KIND_PMEM },
	{ .name = "gpu", .match = match_kind, .kind = TIER_KIND_GPU },
	{ .name = "fastest", .match = match_order, .order = FASTEST },
	{ .name = "slowest", .match = match_order, .order = SLOWEST },
	{ .name = "fast", .match = match_order, .order = FAST },
	{ .name = "slow", .match = match_order, .order = SLOW },
	{ .name = "all", .match = match_all },
	{ .name = "tier:",
	  .match = match_tier,
	  .parse = parse_tier,
	  .wanted = "expected a tier's number, 0 is the fastest" },
	{ .name = "node:",
	  .match = match_node,
	  .parse = parse_list,
	  .wanted = "expected decimal node numbers below 1024, such as node:0,2-3",
	  .is_list = true },
};

static_assert(TIER_MAX_NODES == 1024, "see what node: wants");

const struct selector_word *selector_word_find(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].parse ?
			    !strncmp(text, words[i].name, strlen(words[i].name)) :
			    !strcmp(text, words[i].name))
			return &words[i];
	return NULL;
}

bool selector_word_guesses_dram(const struct selector_word *word,
				const struct tier_topology *t)
{
	return is_told_by_dram(word) && !has_kind(t, TIER_KIND_DRAM);
}
