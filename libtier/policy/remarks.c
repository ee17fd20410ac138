// SPDX-License-Identifier: LGPL-2.1-or-later
// What can go wrong with a policy on this machine, said before it does: one function
// per remark, one table. Changes no step.
#include "remarks.h"

#include "nodeset.h"
#include "proportion.h"
#include "topology.h"

int remark_nodes(struct tier_plan *plan, const struct tier_nodeset *nodes,
		 const char *words)
{
	char list[64];

	if (nodeset_is_empty(nodes))
		return 0;
	return plan_add_remark(plan, "node %s: %s",
			       nodeset_brief(nodes, list, sizeof(list)), words);
}

/* The kernel's weights are system-wide. Applying compares them and fails; a remark
 * says so before. */
static int weights_differ(struct tier_plan *plan, const struct tier_topology *t,
			  const struct tier_step *policy)
{
	struct proportion proportion = { 0 };
	struct tier_nodeset missing = { 0 };
	int ret;

	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct tier_step *step = &plan->steps[i];
		struct tier_nodeset nodes = nodeset_and(&step->nodes, &policy->nodes);

		if (step->kind != TIER_STEP_WEIGHT)
			continue;
		for_each_node(id, &nodes) {
			const struct tier_node_info *node =
				topology_node(t, (unsigned int)id);

			if (node->flags & TIER_NODE_KNOWS_WEIGHT)
				proportion_add(&proportion, node->node, step->weight,
					       node->weight);
			else
				(void)tier_nodeset_add(&missing, node->node);
		}
	}
	ret = remark_nodes(plan, &missing,
			   "no weight in the kernel: weighted interleave came with Linux "
			   "6.9");
	if (ret || !proportion.is_off)
		return ret;
	return remark_nodes(plan, &proportion.differ,
			    "the kernel's own weight differs, so this would be refused");
}

/* Whether all memory of the policy is movable; nodes that have none do not count. */
static int bound_to_movable(struct tier_plan *plan, const struct tier_topology *t,
			    const struct tier_step *policy)
{
	struct tier_nodeset filled = { 0 };

	for_each_node(id, &policy->nodes)
		if (topology_node(t, (unsigned int)id)->flags & TIER_NODE_HAS_MEMORY)
			(void)tier_nodeset_add(&filled, (unsigned int)id);
	if (!topology_only_movable(t, &filled))
		return 0;
	return remark_nodes(
		plan, &filled,
		"holds movable memory only, so a strict bind can run out of "
		"memory for page tables and pinned pages; a preference does not");
}

/*
 * The kernel fills the preferred nodes to the brim before it spills. Page tables and
 * the kernel's own memory cannot go to movable memory, and without demotion nothing
 * makes room for them in the full nodes: seen on 6.1 and 6.12 as an OOM kill with most
 * of the slow memory free.
 */
static int spills_to_movable(struct tier_plan *plan, const struct tier_topology *t,
			     const struct tier_step *policy)
{
	struct tier_nodeset rest = { 0 };
	char list[64];

	if (!t->facts.demotion.known || t->facts.demotion.value)
		return 0;
	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];

		if (node->usability != TIER_USABLE_YES ||
		    tier_nodeset_has(&policy->nodes, node->node))
			continue;
		(void)tier_nodeset_add(&rest, node->node);
	}
	if (!topology_only_movable(t, &rest))
		return 0;
	return plan_add_remark(
		plan,
		"what does not fit goes to node %s, which holds movable memory "
		"only: page tables find no room then, and the program may be "
		"killed; demotion makes room: tierctl tiering demotion on",
		nodeset_brief(&rest, list, sizeof(list)));
}

static const struct {
	enum tier_mode mode;
	int (*remark)(struct tier_plan *plan, const struct tier_topology *t,
		      const struct tier_step *policy);
} remarks[] = {
	{ TIER_MODE_WEIGHTED, weights_differ },
	{ TIER_MODE_BIND, bound_to_movable },
	{ TIER_MODE_PREFER, spills_to_movable },
};

int remark_policy(struct tier_plan *plan, const struct tier_topology *t,
		  const struct tier_step *policy)
{
	for (size_t i = 0; i < ARRAY_SIZE(remarks); i++) {
		int ret = 0;

		if (remarks[i].mode == policy->mode)
			ret = remarks[i].remark(plan, t, policy);
		if (ret)
			return ret;
	}
	return 0;
}
