// SPDX-License-Identifier: LGPL-2.1-or-later
// Which memory is nearest to the CPUs of a node: its own, or another's where it has none
// that this task may use. Nearness only: ranks nothing, and knows no policy.
#include <inttypes.h>

#include "nodeset.h"
#include "topology.h"

/* The nodes that share the smallest value so far. */
struct nearest {
	struct tier_nodeset nodes;
	uint64_t value;
};

static void offer(struct nearest *nearest, unsigned int node, uint64_t value)
{
	bool is_first = nodeset_is_empty(&nearest->nodes);

	if (!is_first && value > nearest->value)
		return;
	if (is_first || value < nearest->value)
		tier_nodeset_zero(&nearest->nodes);
	nearest->value = value;
	(void)tier_nodeset_add(&nearest->nodes, node);
}

static bool knows_latency(const struct tier_node_info *node)
{
	return node->perf.known & 1U << TIER_READ_LATENCY;
}

/* Whether a node's figures are those that these CPUs get: they are told, and measured,
 * for its nearest CPUs, which may be of several nodes. */
static bool is_seen_from(const struct tier_topology *t, unsigned int cpus,
			 const struct tier_node_info *memory)
{
	const struct node_fact *fact = facts_node(&t->facts, memory->node);

	if (tier_nodeset_has(&memory->near_nodes, cpus))
		return true;
	for (int class = ACCESS_CLASSES - 1; fact && class >= 0; class --) {
		const struct tier_nodeset *set = &fact->access[class].initiators;

		if (!nodeset_is_empty(set))
			return tier_nodeset_has(set, cpus);
	}
	return false;
}

/*
 * The least latency decides only if no other memory can be nearer. Of memory that is
 * nearest to other CPUs nothing is told for these; but it cannot be nearer to them than to
 * its own, so a latency there that is no less is enough.
 */
static struct nearest by_latency(const struct tier_topology *t, unsigned int cpus)
{
	struct nearest nearest = { 0 }, unseen = { 0 };

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];
		uint64_t latency = node->perf.value[TIER_READ_LATENCY];

		if (node->usability != TIER_USABLE_YES)
			continue;
		if (!knows_latency(node))
			offer(&unseen, node->node, 0);
		else if (is_seen_from(t, cpus, node))
			offer(&nearest, node->node, latency);
		else
			offer(&unseen, node->node, latency);
	}
	if (!nodeset_is_empty(&unseen.nodes) && unseen.value < nearest.value)
		tier_nodeset_zero(&nearest.nodes);
	return nearest;
}

static struct nearest by_distance(const struct tier_topology *t, unsigned int cpus)
{
	const struct node_fact *from = facts_node(&t->facts, cpus);
	struct nearest nearest = { 0 };

	for (size_t i = 0; from && from->distance && i < t->facts.n_nodes; i++) {
		unsigned int to = t->facts.nodes[i].node;

		if (from->distance[i] &&
		    topology_node(t, to)->usability == TIER_USABLE_YES)
			offer(&nearest, to, from->distance[i]);
	}
	return nearest;
}

/* Take the lowest number of those that are equally near. `why` has the value. */
static int settle(struct tier_topology *t, struct tier_node_info *node,
		  const struct nearest *nearest, enum tier_source source, const char *why)
{
	char list[64];
	int ret = 0;

	node->near_memory = (uint32_t)tier_nodeset_next(&nearest->nodes, -1);
	node->flags |= TIER_NODE_KNOWS_NEAR_MEMORY;
	node->near_memory_why.source = source;
	if (tier_nodeset_count(&nearest->nodes) == 1)
		node->near_memory_why.text = topology_text(t, &ret, "%s, the least", why);
	else
		node->near_memory_why.text = topology_text(
			t, &ret, "%s, the same to nodes %s: the lowest number", why,
			nodeset_brief(&nearest->nodes, list, sizeof(list)));
	return ret;
}

/* Of a node with CPUs and no memory to use. */
static int find_elsewhere(struct tier_topology *t, struct tier_node_info *node)
{
	struct nearest nearest = by_latency(t, node->node);
	char why[96];

	if (!nodeset_is_empty(&nearest.nodes)) {
		unsigned int first = (unsigned int)tier_nodeset_next(&nearest.nodes, -1);

		snprintf(why, sizeof(why), "a read latency of %" PRIu64 " ns",
			 nearest.value);
		return settle(t, node, &nearest, topology_node(t, first)->perf.why.source,
			      why);
	}
	nearest = by_distance(t, node->node);
	if (nodeset_is_empty(&nearest.nodes)) {
		node->near_memory_why.text =
			"neither latency nor distance to memory that "
			"may be used is known";
		return 0;
	}
	snprintf(why, sizeof(why), "node%u/distance: %" PRIu64, node->node,
		 nearest.value);
	return settle(t, node, &nearest, TIER_SOURCE_KERNEL, why);
}

int conclude_near_memory(struct tier_topology *t)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < t->n_nodes; i++) {
		struct tier_node_info *node = &t->nodes[i];

		if (!(node->flags & TIER_NODE_HAS_CPUS)) {
			node->near_memory_why.text = "no CPUs there";
		} else if (node->usability == TIER_USABLE_YES) {
			node->near_memory = node->node;
			node->flags |= TIER_NODE_KNOWS_NEAR_MEMORY;
			node->near_memory_why.source = TIER_SOURCE_KERNEL;
			node->near_memory_why.text = "the node's own";
		} else {
			ret = find_elsewhere(t, node);
		}
	}
	return ret;
}
