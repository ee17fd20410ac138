// SPDX-License-Identifier: LGPL-2.1-or-later
// Asking a finished topology. Reads nothing and concludes nothing.
#include "topology.h"

#include <errno.h>
#include <stdlib.h>

#include "fill.h"

struct tier_topology *tier_topology_ref(struct tier_topology *t)
{
	atomic_fetch_add(&t->refs, 1);
	return t;
}

void tier_topology_unref(struct tier_topology *t)
{
	if (!t || atomic_fetch_sub(&t->refs, 1) > 1)
		return;
	facts_free(&t->facts);
	facts_free(&t->witness);
	arena_free(&t->arena);
	free(t);
}

struct tier_node_info *topology_node(const struct tier_topology *t, unsigned int node)
{
	size_t low = 0, high = t->n_nodes;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (t->nodes[middle].node == node)
			return &t->nodes[middle];
		if (t->nodes[middle].node < node)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool topology_only_movable(const struct tier_topology *t,
			   const struct tier_nodeset *nodes)
{
	for_each_node(id, nodes) {
		const struct tier_node_info *node = topology_node(t, (unsigned int)id);

		if (!node || !(node->flags & TIER_NODE_MOVABLE_ONLY))
			return false;
	}
	return !nodeset_is_empty(nodes);
}

void tier_topology_nodes(const struct tier_topology *t, struct tier_nodeset *set)
{
	tier_nodeset_zero(set);
	for (size_t i = 0; i < t->n_nodes; i++)
		(void)tier_nodeset_add(set, t->nodes[i].node);
}

int tier_node_get(const struct tier_topology *t, unsigned int node,
		  struct tier_node_info *info, size_t size)
{
	const struct tier_node_info *found = topology_node(t, node);

	if (!found)
		return -ENOENT;
	fill_struct(info, size, found, sizeof(*found));
	return 0;
}

int tier_node_distance(const struct tier_topology *t, unsigned int from, unsigned int to)
{
	const struct node_fact *row, *column;

	if (!topology_node(t, from) || !topology_node(t, to))
		return -ENOENT;
	row = facts_node(&t->facts, from);
	column = facts_node(&t->facts, to);
	if (!row || !column || !row->distance || !row->distance[column - t->facts.nodes])
		return -ENODATA;
	return row->distance[column - t->facts.nodes];
}

int tier_count(const struct tier_topology *t)
{
	return (int)t->n_tiers;
}

int tier_get(const struct tier_topology *t, unsigned int rank, struct tier_info *info,
	     size_t size)
{
	if (rank >= t->n_tiers)
		return -ENOENT;
	fill_struct(info, size, &t->tiers[rank], sizeof(t->tiers[rank]));
	return 0;
}

int tier_dax_get(const struct tier_topology *t, unsigned int index,
		 struct tier_dax_info *info, size_t size)
{
	if (index >= t->n_dax)
		return -ENOENT;
	fill_struct(info, size, &t->dax[index], sizeof(t->dax[index]));
	return 0;
}

static uint32_t switch_flags(const struct figure *figure, uint32_t knows, uint32_t is_on)
{
	if (!figure->known)
		return 0;
	return knows | (figure->value ? is_on : 0);
}

void tier_kernel_get(const struct tier_topology *t, struct tier_kernel_info *info,
		     size_t size)
{
	const struct facts *facts = &t->facts;
	const struct tier_kernel_info found = {
		.flags = switch_flags(&facts->demotion, TIER_KERNEL_KNOWS_DEMOTION,
				      TIER_KERNEL_DEMOTES) |
			 switch_flags(&facts->auto_weights,
				      TIER_KERNEL_KNOWS_AUTO_WEIGHTS,
				      TIER_KERNEL_SETS_WEIGHTS) |
			 switch_flags(&facts->numa_balancing, TIER_KERNEL_KNOWS_BALANCING,
				      0) |
			 switch_flags(&facts->block_bytes, TIER_KERNEL_KNOWS_BLOCK, 0),
		.numa_balancing = (uint32_t)facts->numa_balancing.value,
		.block_bytes = facts->block_bytes.value,
		.auto_online = facts->auto_online ? facts->auto_online : "",
		.signature = t->signature,
	};

	fill_struct(info, size, &found, sizeof(found));
}

int tier_note_get(const struct tier_topology *t, unsigned int index,
		  struct tier_note *note, size_t size)
{
	if (index >= t->n_notes)
		return -ENOENT;
	fill_struct(note, size, &t->notes[index], sizeof(t->notes[index]));
	return 0;
}
