// SPDX-License-Identifier: LGPL-2.1-or-later
// From facts to nodes and tiers: the plain parts, and the order of the steps.
#include <errno.h>
#include <stdarg.h>

#include "topology.h"

const char *topology_text(struct tier_topology *t, int *ret, const char *format, ...)
{
	char line[512];
	const char *copy;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	copy = arena_strdup(&t->arena, line);
	if (copy)
		return copy;
	*ret = -ENOMEM;
	return "";
}

static uint32_t flag_if(bool holds, uint32_t flag)
{
	return holds ? flag : 0;
}

/* has_memory lists nodes whose zones are populated; where it cannot be read,
 * MemTotal tells. A node that is listed may still have no page of its own. */
static bool has_memory(const struct facts *facts, const struct node_fact *fact)
{
	if (facts->has_memory.known &&
	    !tier_nodeset_has(&facts->has_memory.nodes, fact->node))
		return false;
	return fact->total_bytes.known ? fact->total_bytes.value > 0 :
					 facts->has_memory.known;
}

/* Where cpulist cannot be read, has_cpu still tells that there are some. */
static bool has_cpus(const struct facts *facts, const struct node_fact *fact)
{
	if (fact->cpus)
		return *fact->cpus;
	return tier_nodeset_has(&facts->has_cpu.nodes, fact->node);
}

static uint32_t node_flags(const struct facts *facts, const struct node_fact *fact)
{
	unsigned int id = fact->node;
	bool memory = has_memory(facts, fact);
	bool normal = !facts->has_memory.known || !facts->has_normal_memory.known ||
		      tier_nodeset_has(&facts->has_normal_memory.nodes, id);

	return flag_if(tier_nodeset_has(&facts->online.nodes, id), TIER_NODE_ONLINE) |
	       flag_if(memory, TIER_NODE_HAS_MEMORY) |
	       flag_if(has_cpus(facts, fact), TIER_NODE_HAS_CPUS) |
	       flag_if(memory && !normal, TIER_NODE_MOVABLE_ONLY) |
	       flag_if(tier_nodeset_has(&facts->mems_allowed.nodes, id),
		       TIER_NODE_ALLOWED) |
	       flag_if(fact->total_bytes.known, TIER_NODE_KNOWS_TOTAL) |
	       flag_if(fact->free_bytes.known, TIER_NODE_KNOWS_FREE) |
	       flag_if(fact->weight.known, TIER_NODE_KNOWS_WEIGHT);
}

static void describe(const struct facts *facts, const struct node_fact *fact,
		     struct tier_node_info *node)
{
	node->flags = node_flags(facts, fact);
	node->total_bytes = fact->total_bytes.value;
	node->free_bytes = fact->free_bytes.value;
	node->side_cache_bytes = fact->side_cache_bytes.value;
	node->weight = (uint32_t)fact->weight.value;
	if (fact->cpus)
		node->cpus = fact->cpus;
	for (size_t i = 0; i < facts->n_tiers; i++) {
		if (!tier_nodeset_has(&facts->tiers[i].nodes, node->node))
			continue;
		node->kernel_tier = facts->tiers[i].id;
		node->flags |= TIER_NODE_KNOWS_KERNEL_TIER;
	}
}

/* Nodes that were read, and nodes that dax devices could become. */
static struct tier_nodeset all_nodes(const struct tier_topology *t)
{
	struct tier_nodeset set = { 0 };

	for (size_t i = 0; i < t->facts.n_nodes; i++)
		(void)tier_nodeset_add(&set, t->facts.nodes[i].node);
	for (size_t i = 0; i < t->n_dax; i++)
		if (t->dax[i].target_node >= 0)
			(void)tier_nodeset_add(&set, (unsigned int)t->dax[i].target_node);
	return set;
}

static int name_devices(struct tier_topology *t)
{
	for (size_t i = 0; i < t->n_dax; i++) {
		const struct tier_dax_info *dax = &t->dax[i];
		struct tier_node_info *node;

		if (dax->target_node < 0)
			continue;
		node = topology_node(t, (unsigned int)dax->target_node);
		node->dax = arena_printf(&t->arena, "%s%s%s", node->dax,
					 *node->dax ? " " : "", dax->name);
		if (!node->dax)
			return -ENOMEM;
	}
	return 0;
}

static int conclude_nodes(struct tier_topology *t)
{
	struct tier_nodeset all = all_nodes(t);

	t->nodes = arena_array(&t->arena, (size_t)tier_nodeset_count(&all),
			       sizeof(*t->nodes));
	if (!t->nodes)
		return -ENOMEM;
	for_each_node(id, &all) {
		struct tier_node_info *node = &t->nodes[t->n_nodes++];
		const struct node_fact *fact = facts_node(&t->facts, (unsigned int)id);

		*node = (struct tier_node_info){ .node = (uint32_t)id,
						 .cpus = "",
						 .dax = "" };
		node->kind_why.text = node->perf.why.text = node->rank_why.text =
			node->usability_why.text = node->measured.why.text =
				node->near_memory_why.text = "";
		for (int loss = 0; loss < TIER_LOSSES; loss++)
			node->losses.why[loss].text = "";
		if (fact)
			describe(&t->facts, fact, node);
	}
	topology_sign(t);
	return name_devices(t);
}

/* The nodes with CPUs at the smallest distance, all of them when equal. */
static struct tier_nodeset nearest_by_distance(const struct tier_topology *t,
					       const struct node_fact *fact)
{
	struct tier_nodeset nearest = { 0 };
	uint16_t best = 0;

	for (size_t i = 0; fact && fact->distance && i < t->facts.n_nodes; i++) {
		const struct node_fact *other = &t->facts.nodes[i];
		uint16_t distance = fact->distance[i];

		if (!has_cpus(&t->facts, other) || !distance || (best && distance > best))
			continue;
		if (distance != best)
			tier_nodeset_zero(&nearest);
		best = distance;
		(void)tier_nodeset_add(&nearest, other->node);
	}
	return nearest;
}

/* Of a node's initiators, those that have CPUs. */
static struct tier_nodeset nearest_initiators(const struct tier_topology *t,
					      const struct node_fact *fact, int class)
{
	struct tier_nodeset nearest = { 0 };

	for_each_node(id, &fact->access[class].initiators) {
		const struct tier_node_info *initiator =
			topology_node(t, (unsigned int)id);

		if (initiator && initiator->flags & TIER_NODE_HAS_CPUS)
			(void)tier_nodeset_add(&nearest, (unsigned int)id);
	}
	return nearest;
}

static void find_near(const struct tier_topology *t, struct tier_node_info *node)
{
	const struct node_fact *fact = facts_node(&t->facts, node->node);

	if (node->flags & TIER_NODE_HAS_CPUS) {
		(void)tier_nodeset_add(&node->near_nodes, node->node);
		return;
	}
	for (int class = ACCESS_CLASSES - 1; fact && class >= 0; class --) {
		node->near_nodes = nearest_initiators(t, fact, class);
		if (!nodeset_is_empty(&node->near_nodes))
			return;
	}
	node->near_nodes = nearest_by_distance(t, fact);
}

static void add_to_tier(struct tier_info *tier, const struct tier_node_info *node)
{
	const uint32_t sizes = TIER_NODE_KNOWS_TOTAL | TIER_NODE_KNOWS_FREE;

	if (nodeset_is_empty(&tier->nodes)) {
		tier->kind = node->kind;
		tier->flags = sizes;
	}
	if (tier->kind != node->kind)
		tier->kind = TIER_KIND_UNKNOWN;
	tier->flags &= node->flags;
	(void)tier_nodeset_add(&tier->nodes, node->node);
	tier->rank = node->rank;
	tier->total_bytes += node->total_bytes;
	tier->free_bytes += node->free_bytes;
}

int conclude_tiers(struct tier_topology *t)
{
	t->tiers = arena_array(&t->arena, t->n_nodes, sizeof(*t->tiers));
	if (!t->tiers)
		return -ENOMEM;
	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];

		if (!(node->flags & TIER_NODE_KNOWS_RANK))
			continue;
		add_to_tier(&t->tiers[node->rank], node);
		if (t->n_tiers <= node->rank)
			t->n_tiers = node->rank + 1;
	}
	return 0;
}

int topology_conclude(struct tier_topology *t)
{
	static int (*const steps[])(struct tier_topology *) = {
		conclude_dax,	conclude_nodes,	    conclude_losses, conclude_figures,
		conclude_kinds, conclude_usability, conclude_ranks,  conclude_tiers,
	};

	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(steps); i++)
		ret = steps[i](t);
	if (ret)
		return ret;
	for (size_t i = 0; i < t->n_nodes; i++)
		find_near(t, &t->nodes[i]);
	ret = conclude_near_memory(t);
	return ret ? ret : conclude_notes(t);
}
