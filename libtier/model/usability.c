// SPDX-License-Identifier: LGPL-2.1-or-later
// May this task allocate on a node? Says nothing about how good it would be.
#include "topology.h"

static bool is_offline(const struct tier_topology *t, const struct tier_node_info *node)
{
	(void)t;
	return !(node->flags & TIER_NODE_ONLINE);
}

static bool is_empty(const struct tier_topology *t, const struct tier_node_info *node)
{
	(void)t;
	return !(node->flags & TIER_NODE_HAS_MEMORY);
}

static bool is_gpu(const struct tier_topology *t, const struct tier_node_info *node)
{
	(void)t;
	return node->kind == TIER_KIND_GPU;
}

static bool is_forbidden(const struct tier_topology *t, const struct tier_node_info *node)
{
	return t->facts.mems_allowed.known && !(node->flags & TIER_NODE_ALLOWED);
}

/* The first reason that holds. */
static const struct {
	bool (*holds)(const struct tier_topology *t, const struct tier_node_info *node);
	enum tier_usability usability;
	const char *words;
} reasons[] = {
	{ is_offline, TIER_USABLE_OFFLINE, "it is not online" },
	{ is_empty, TIER_USABLE_NO_MEMORY, "it has no memory" },
	{ is_forbidden, TIER_USABLE_NOT_ALLOWED,
	  "this task may not use it (Mems_allowed_list)" },
	{ is_gpu, TIER_USABLE_GPU, "a GPU's memory is used only when named" },
};

static void decide(const struct tier_topology *t, struct tier_node_info *node)
{
	node->usability_why.source = TIER_SOURCE_KERNEL;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (!reasons[i].holds(t, node))
			continue;
		node->usability = reasons[i].usability;
		node->usability_why.text = reasons[i].words;
		return;
	}
	node->usability = TIER_USABLE_YES;
	node->usability_why.text =
		t->facts.mems_allowed.known ?
			"has memory and is in Mems_allowed_list" :
			"has memory; Mems_allowed_list could not be read";
}

int conclude_usability(struct tier_topology *t)
{
	for (size_t i = 0; i < t->n_nodes; i++)
		decide(t, &t->nodes[i]);
	return 0;
}
