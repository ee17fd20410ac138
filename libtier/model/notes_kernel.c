// SPDX-License-Identifier: LGPL-2.1-or-later
// Notes on what the kernel will do with this machine: whether its order of memory is that
// of the figures, and whether it will demote.
#include "notes.h"

static bool is_dram_with_figures(const struct tier_topology *t,
				 const struct tier_node_info *node)
{
	return is_dram(t, node) && node->perf.known;
}

/* Whether one of the four figures spreads by more than 10 % over these nodes. */
static bool figure_spreads(const struct tier_topology *t,
			   const struct tier_nodeset *nodes, int figure)
{
	double least = 0, most = 0;

	for_each_node(id, nodes) {
		const struct tier_perf *perf = &topology_node(t, (unsigned int)id)->perf;
		double value = (double)perf->value[figure];

		if (!(perf->known >> figure & 1))
			continue;
		least = least == 0 || value < least ? value : least;
		most = value > most ? value : most;
	}
	return !figures_alike(least, most);
}

static bool any_spreads(const struct tier_topology *t, const struct tier_nodeset *nodes)
{
	for (int figure = 0; figure < TIER_FIGURES; figure++)
		if (figure_spreads(t, nodes, figure))
			return true;
	return false;
}

static int dram_unequal(struct tier_topology *t, const char *id)
{
	struct tier_nodeset dram = pick_nodes(t, is_dram_with_figures);

	if (!any_spreads(t, &dram))
		return 0;
	return note_nodes(
		t, id, &dram, "DRAM of node",
		"differs by more than 10 %: the kernel then ignores performance for "
		"all tiers");
}

/* The ranks by figures that one kernel tier holds. */
struct span {
	uint32_t kernel_tier;
	uint32_t fastest, slowest; /* the first behind the last: there are none */
};

static bool is_compared(const struct tier_node_info *node)
{
	return node->rank_why.source == TIER_SOURCE_PERFORMANCE &&
	       node->flags & TIER_NODE_KNOWS_KERNEL_TIER;
}

static struct span find_span(const struct tier_topology *t, uint32_t kernel_tier)
{
	struct span span = { kernel_tier, UINT32_MAX, 0 };

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];

		if (!is_compared(node) || node->kernel_tier != kernel_tier)
			continue;
		if (node->rank < span.fastest)
			span.fastest = node->rank;
		if (node->rank > span.slowest)
			span.slowest = node->rank;
	}
	return span;
}

/* Whether figures have the node behind one that the kernel holds for slower, or before
 * one that it holds for faster. */
static bool is_reversed(const struct tier_node_info *node, const struct span *span)
{
	if (span->fastest > span->slowest)
		return false;
	if (node->kernel_tier < span->kernel_tier)
		return node->rank > span->fastest;
	return node->kernel_tier > span->kernel_tier && node->rank < span->slowest;
}

static int kernel_rank_disagrees(struct tier_topology *t, const char *id)
{
	struct tier_nodeset nodes = { 0 };

	for (size_t i = 0; i < t->facts.n_tiers; i++) {
		struct span span = find_span(t, t->facts.tiers[i].id);

		for (size_t k = 0; k < t->n_nodes; k++)
			if (is_compared(&t->nodes[k]) && is_reversed(&t->nodes[k], &span))
				(void)tier_nodeset_add(&nodes, t->nodes[k].node);
	}
	return note_nodes(t, id, &nodes, "the kernel's order of node",
			  "is the reverse of their figures: it would demote in the wrong "
			  "direction");
}

/* Whether all memory is in one kernel tier. */
static bool has_one_kernel_tier(const struct tier_topology *t,
				const struct tier_nodeset *memory)
{
	const struct tier_node_info *first = NULL;

	for_each_node(id, memory) {
		const struct tier_node_info *node = topology_node(t, (unsigned int)id);

		if (!first)
			first = node;
		if (!(node->flags & TIER_NODE_KNOWS_KERNEL_TIER) ||
		    node->kernel_tier != first->kernel_tier)
			return false;
	}
	return first;
}

static int all_in_one_tier(struct tier_topology *t, const char *id)
{
	struct tier_nodeset memory = pick_nodes(t, has_ranked_memory);
	struct tier_nodeset slower = { 0 };

	for_each_node(node, &memory)
		if (topology_node(t, (unsigned int)node)->rank > 0)
			(void)tier_nodeset_add(&slower, (unsigned int)node);
	if (!has_one_kernel_tier(t, &memory))
		return 0;
	return note_nodes(
		t, id, &slower, "node",
		"is in the same kernel tier as faster memory: the kernel will never "
		"demote to it");
}

static const struct note_rule rules[] = {
	{ "dram-unequal", dram_unequal },
	{ "kernel-rank-disagrees", kernel_rank_disagrees },
	{ "all-in-one-tier", all_in_one_tier },
};

int note_kernel(struct tier_topology *t)
{
	return note_all(t, rules, ARRAY_SIZE(rules));
}
