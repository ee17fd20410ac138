// SPDX-License-Identifier: LGPL-2.1-or-later
// The invariants of a topology: what every caller may rely on. Knows no machine.
#include "diag.h"
#include "topology.h"

struct tally {
	struct tier_diag *diag;
	int broken;
};

static int tier_of(const struct tier_topology *t, unsigned int node)
{
	int found = -1;

	for (size_t i = 0; i < t->n_tiers; i++) {
		if (!tier_nodeset_has(&t->tiers[i].nodes, node))
			continue;
		if (found >= 0)
			return -2;
		found = (int)i;
	}
	return found;
}

static const char *node_order(const struct tier_topology *t, size_t i)
{
	if (i && t->nodes[i - 1].node >= t->nodes[i].node)
		return "nodes are not in ascending order";
	return NULL;
}

static const char *node_tier(const struct tier_topology *t, size_t i)
{
	const struct tier_node_info *node = &t->nodes[i];
	int tier = tier_of(t, node->node);
	bool ranked = node->flags & TIER_NODE_KNOWS_RANK;

	if (tier == -2)
		return "a node is in two tiers";
	if (ranked != (tier >= 0) || (ranked && (uint32_t)tier != node->rank))
		return "a node's rank and its tier differ";
	return NULL;
}

static const char *node_usability(const struct tier_topology *t, size_t i)
{
	const struct tier_node_info *node = &t->nodes[i];
	const uint32_t needs = TIER_NODE_ONLINE | TIER_NODE_HAS_MEMORY;

	if (node->usability == TIER_USABLE_UNKNOWN)
		return "a node's usability was not decided";
	if (node->usability != TIER_USABLE_YES)
		return NULL;
	if ((node->flags & needs) != needs)
		return "a node is usable without being online with memory";
	if (node->kind == TIER_KIND_GPU)
		return "a GPU's memory is usable without being named";
	if (t->facts.mems_allowed.known && !(node->flags & TIER_NODE_ALLOWED))
		return "a node is usable without being allowed";
	return NULL;
}

static const char *node_near(const struct tier_topology *t, size_t i)
{
	for_each_node(id, &t->nodes[i].near_nodes) {
		const struct tier_node_info *near = topology_node(t, (unsigned int)id);

		if (!near || !(near->flags & TIER_NODE_HAS_CPUS))
			return "a node is near to one without CPUs";
	}
	return NULL;
}

static const char *node_near_memory(const struct tier_topology *t, size_t i)
{
	const struct tier_node_info *node = &t->nodes[i];
	const struct tier_node_info *memory;

	if (!(node->flags & TIER_NODE_KNOWS_NEAR_MEMORY))
		return NULL;
	memory = topology_node(t, node->near_memory);
	if (!(node->flags & TIER_NODE_HAS_CPUS))
		return "memory is near to CPUs that are not there";
	if (!memory || memory->usability != TIER_USABLE_YES)
		return "the memory near to a node's CPUs cannot be used";
	return NULL;
}

static const char *node_texts(const struct tier_topology *t, size_t i)
{
	const struct tier_node_info *node = &t->nodes[i];

	if (!node->cpus || !node->dax || !node->kind_why.text || !node->perf.why.text ||
	    !node->rank_why.text || !node->usability_why.text ||
	    !node->near_memory_why.text)
		return "a text is missing";
	return NULL;
}

static const char *node_evidence(const struct tier_topology *t, size_t i)
{
	const struct tier_node_info *node = &t->nodes[i];

	if (node->kind && !node->kind_why.source)
		return "a kind has no source";
	if (node->perf.known && !node->perf.why.source)
		return "figures have no source";
	if (node->flags & TIER_NODE_KNOWS_RANK && !node->rank_why.source)
		return "a rank has no source";
	if (node->flags & TIER_NODE_KNOWS_NEAR_MEMORY && !node->near_memory_why.source)
		return "the memory near to a node's CPUs has no source";
	return NULL;
}

static const char *node_sizes(const struct tier_topology *t, size_t i)
{
	const struct tier_node_info *node = &t->nodes[i];
	const uint32_t both = TIER_NODE_KNOWS_TOTAL | TIER_NODE_KNOWS_FREE;

	if ((node->flags & both) == both && node->free_bytes > node->total_bytes)
		return "a node has more free memory than memory";
	return NULL;
}

/* What the node gives to the sums; false when the tier's kind is not its own. */
static bool add_up(const struct tier_node_info *node, struct tier_info *sum)
{
	sum->flags &= node->flags;
	sum->total_bytes += node->total_bytes;
	sum->free_bytes += node->free_bytes;
	return sum->kind == TIER_KIND_UNKNOWN || sum->kind == node->kind;
}

static const char *tier_sums(const struct tier_topology *t, size_t i)
{
	const struct tier_info *tier = &t->tiers[i];
	struct tier_info sum = { .kind = tier->kind,
				 .flags = TIER_NODE_KNOWS_TOTAL | TIER_NODE_KNOWS_FREE };

	if (nodeset_is_empty(&tier->nodes) || tier->rank != i)
		return "ranks have holes";
	for_each_node(id, &tier->nodes) {
		const struct tier_node_info *node = topology_node(t, (unsigned int)id);

		if (!node)
			return "a tier has a node that is not there";
		if (!add_up(node, &sum))
			return "a tier's kind is not its nodes'";
	}
	if (sum.total_bytes != tier->total_bytes || sum.free_bytes != tier->free_bytes ||
	    sum.flags != tier->flags)
		return "a tier's size is not its nodes' sum";
	return NULL;
}

static const char *dax_device(const struct tier_topology *t, size_t i)
{
	const struct tier_dax_info *dax = &t->dax[i];

	if (!dax->name || !dax->path)
		return "a text is missing";
	if (dax->target_node >= 0 && !topology_node(t, (unsigned int)dax->target_node))
		return "its node is not there";
	return NULL;
}

static const char *note_texts(const struct tier_topology *t, size_t i)
{
	return t->notes[i].id && t->notes[i].text ? NULL : "a text is missing";
}

/* Count what is broken, and describe the first of it; NULL: nothing is. */
static void blame(struct tally *tally, const char *what, size_t number, const char *words)
{
	if (words && !tally->broken++)
		diag_set(tally->diag, 0, "%s %zu: %s", what, number, words);
}

int tier_topology_check(const struct tier_topology *t, struct tier_diag *diag)
{
	static const char *(*const of_nodes[])(const struct tier_topology *, size_t) = {
		node_tier, node_usability,   node_evidence, node_sizes,
		node_near, node_near_memory, node_texts,
	};
	struct tally tally = { .diag = diag };

	/* First, as looking a node up relies on it. */
	for (size_t i = 0; i < t->n_nodes; i++)
		blame(&tally, "node", t->nodes[i].node, node_order(t, i));
	for (size_t i = 0; i < t->n_nodes; i++)
		for (size_t k = 0; k < ARRAY_SIZE(of_nodes); k++)
			blame(&tally, "node", t->nodes[i].node, of_nodes[k](t, i));
	for (size_t i = 0; i < t->n_tiers; i++)
		blame(&tally, "tier", i, tier_sums(t, i));
	for (size_t i = 0; i < t->n_dax; i++)
		blame(&tally, "dax device", i, dax_device(t, i));
	for (size_t i = 0; i < t->n_notes; i++)
		blame(&tally, "note", i, note_texts(t, i));
	return tally.broken;
}
