// SPDX-License-Identifier: LGPL-2.1-or-later
// Notes on the machine's memory and its dax devices: what it lacks or mixes.
#include "notes.h"

static bool has_side_cache(const struct tier_topology *t,
			   const struct tier_node_info *node)
{
	(void)t;
	return node->side_cache_bytes > 0;
}

static int memory_side_cache(struct tier_topology *t, const char *id)
{
	struct tier_nodeset nodes = pick_nodes(t, has_side_cache);

	return note_nodes(t, id, &nodes, "memory of node",
			  "is cached by faster memory that has no node of its own");
}

/* Whether all memory is of one known kind, so that figures would tell nothing. */
static bool is_uniform(const struct tier_topology *t, const struct tier_nodeset *memory)
{
	const struct tier_node_info *first = NULL;

	for_each_node(id, memory) {
		const struct tier_node_info *node = topology_node(t, (unsigned int)id);

		if (!first)
			first = node;
		if (!node->kind || node->kind != first->kind)
			return false;
	}
	return true;
}

static bool lacks_figures(const struct tier_topology *t,
			  const struct tier_node_info *node)
{
	return has_ranked_memory(t, node) && !node->perf.known;
}

static int no_performance(struct tier_topology *t, const char *id)
{
	struct tier_nodeset memory = pick_nodes(t, has_ranked_memory);
	struct tier_nodeset without = pick_nodes(t, lacks_figures);

	if (is_uniform(t, &memory))
		return 0;
	return note_nodes(t, id, &without, "no latency or bandwidth is known for node",
			  "(TIERKIT_NODES can name them)");
}

static int no_dram(struct tier_topology *t, const char *id)
{
	struct tier_nodeset memory = pick_nodes(t, has_ranked_memory);
	struct tier_nodeset dram = pick_nodes(t, is_dram);

	if (!nodeset_is_empty(&dram) || nodeset_is_empty(&memory))
		return 0;
	return note_add(
		t, id, &dram,
		"no node is known to be DRAM: `dram` means the memory beside CPUs");
}

/* ---- dax devices ------------------------------------------------------------- */

static int dax_no_target_node(struct tier_topology *t, const char *id)
{
	const struct tier_nodeset none = { 0 };

	for (size_t i = 0; i < t->n_dax; i++) {
		int ret = 0;

		if (t->dax[i].target_node >= 0)
			continue;
		ret = note_add(t, id, &none,
			       topology_text(t, &ret,
					     "%s has no target node: kmem refuses it",
					     t->dax[i].name));
		if (ret)
			return ret;
	}
	return 0;
}

static int dax_too_small(struct tier_topology *t, const char *id)
{
	const struct tier_nodeset none = { 0 };
	const struct figure *block = &t->facts.block_bytes;

	for (size_t i = 0; i < t->n_dax; i++) {
		int ret = 0;

		if (!(t->dax[i].flags & TIER_DAX_TOO_SMALL))
			continue;
		ret = note_add(
			t, id, &none,
			topology_text(t, &ret,
				      "%s is smaller than a memory block (%llu MiB): "
				      "it cannot become memory",
				      t->dax[i].name,
				      (unsigned long long)block->value >> 20));
		if (ret)
			return ret;
	}
	return 0;
}

static const struct note_rule memory_rules[] = {
	{ "memory-side-cache", memory_side_cache },
	{ "no-performance", no_performance },
	{ "no-dram", no_dram },
};

int note_memory(struct tier_topology *t)
{
	return note_all(t, memory_rules, ARRAY_SIZE(memory_rules));
}

static const struct note_rule dax_rules[] = {
	{ "dax-no-target-node", dax_no_target_node },
	{ "dax-too-small", dax_too_small },
};

int note_dax(struct tier_topology *t)
{
	return note_all(t, dax_rules, ARRAY_SIZE(dax_rules));
}
