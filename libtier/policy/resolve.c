// SPDX-License-Identifier: LGPL-2.1-or-later
// Policy and topology to plan: the same input gives the same plan. Reads nothing
// and changes nothing.
#include <errno.h>
#include <string.h>

#include "cpus.h"
#include "diag.h"
#include "nodeset.h"
#include "plan.h"
#include "policy.h"
#include "remarks.h"
#include "topology.h"

/* Enough for each place that adds one, in the order of this file. */
#define MOST_REMARKS 8

struct resolver {
	const struct tier_topology *t;
	struct tier_plan *plan;
	struct tier_diag *diag;
	struct tier_nodeset chosen; /* by all parts together */
};

static struct tier_nodeset having(const struct tier_topology *t,
				  const struct tier_nodeset *set,
				  enum tier_usability usability)
{
	struct tier_nodeset found = { 0 };

	for_each_node(node, set)
		if (topology_node(t, (unsigned int)node)->usability == usability)
			(void)tier_nodeset_add(&found, (unsigned int)node);
	return found;
}

/* Nodes that were meant and cannot be used now. A node without memory stays in
 * the policy: memory may come to it (dynamic capacity), and until then the
 * kernel leaves it out. */
static int leave_out(struct resolver *r)
{
	static const struct {
		enum tier_usability usability;
		bool stays;
		const char *words;
	} reasons[] = {
		{ TIER_USABLE_NOT_ALLOWED, false,
		  "this task may not use it, so it is left out" },
		{ TIER_USABLE_OFFLINE, false, "it is not online, so it is left out" },
		{ TIER_USABLE_NO_MEMORY, true, "has no memory now" },
	};
	struct tier_nodeset usable = r->chosen;

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		struct tier_nodeset some = having(r->t, &r->chosen, reasons[i].usability);

		if (remark_nodes(r->plan, &some, reasons[i].words))
			return -ENOMEM;
		usable = nodeset_minus(&usable, &some);
		if (!reasons[i].stays)
			r->chosen = nodeset_minus(&r->chosen, &some);
	}
	if (nodeset_is_empty(&usable))
		return diag_set(r->diag, -ENXIO, "nothing can be used: %s",
				tier_plan_remark(r->plan,
						 (unsigned int)r->plan->n_remarks - 1));
	return 0;
}

static int resolve_part(struct resolver *r, const struct policy_part *part,
			struct tier_nodeset *nodes)
{
	int ret = selector_match(&part->selector, r->t, nodes, r->diag);

	if (!ret && selector_guesses_dram(&part->selector, r->t))
		ret = plan_add_remark(
			r->plan, "no node is known to be DRAM: the memory beside the "
				 "CPUs is meant");
	return ret;
}

static int add_weight(struct resolver *r, const struct policy_part *part)
{
	struct tier_step step = { .kind = TIER_STEP_WEIGHT, .weight = part->weight };
	struct tier_nodeset twice;
	int ret = resolve_part(r, part, &step.nodes);

	if (ret)
		return ret;
	twice = nodeset_and(&step.nodes, &r->chosen);
	if (!nodeset_is_empty(&twice))
		return diag_set(r->diag, -EINVAL, "'%s': node %d has a weight already",
				part->selector.text, tier_nodeset_next(&twice, -1));
	r->chosen = nodeset_or(&r->chosen, &step.nodes);
	plan_add_step(r->plan, &step);
	return 0;
}

/* The last step: the policy itself, over what the parts chose. */
static int add_policy(struct resolver *r, enum tier_mode mode)
{
	const struct tier_step step = { .kind = TIER_STEP_MEMPOLICY,
					.mode = mode,
					.nodes = r->chosen };

	plan_add_step(r->plan, &step);
	return remark_policy(r->plan, r->t, &step);
}

static struct tier_nodeset near_of(const struct tier_topology *t,
				   const struct tier_nodeset *nodes)
{
	struct tier_nodeset near = { 0 };

	for_each_node(node, nodes) {
		const struct tier_node_info *info = topology_node(t, (unsigned int)node);

		near = nodeset_or(&near, &info->near_nodes);
	}
	return near;
}

/* The CPUs of all these nodes as one list. */
static int join_cpus(struct resolver *r, const struct tier_nodeset *nodes,
		     const char **cpus)
{
	SCOPED_STRBUF struct strbuf list = { 0 };
	struct cpus all = { 0 };
	int ret;

	for_each_node(node, nodes) {
		struct cpus some;

		if (!cpus_parse(topology_node(r->t, (unsigned int)node)->cpus, &some))
			CPU_OR_S(sizeof(all.set), all.set, all.set, some.set);
	}
	ret = cpus_format(&all, &list);
	if (ret)
		return ret;
	if (!list.len)
		return diag_set(
			r->diag, -ENXIO,
			"no CPUs to run on: none are known beside the nodes chosen");
	*cpus = arena_strdup(&r->plan->arena, strbuf_text(&list));
	return *cpus ? 0 : -ENOMEM;
}

static int add_cpus(struct resolver *r, const char *cpus)
{
	struct tier_step step = { .kind = TIER_STEP_CPUS };
	struct tier_nodeset nodes;
	int ret = 0;

	if (!cpus)
		return 0;
	if (strcmp(cpus, "near"))
		ret = tier_select(r->t, cpus, &nodes, r->diag);
	else if (nodeset_is_empty(&r->chosen))
		ret = diag_set(r->diag, -EINVAL,
			       "near what? the default policy has no nodes");
	else
		nodes = near_of(r->t, &r->chosen);
	if (!ret)
		ret = join_cpus(r, &nodes, &step.cpus);
	if (!ret)
		plan_add_step(r->plan, &step);
	return ret;
}

static int resolve(struct resolver *r, const struct tier_policy *policy, const char *cpus)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < policy->count; i++)
		ret = policy->mode == TIER_MODE_WEIGHTED ?
			      add_weight(r, &policy->parts[i]) :
			      resolve_part(r, &policy->parts[i], &r->chosen);
	if (!ret && policy->mode != TIER_MODE_DEFAULT)
		ret = leave_out(r);
	if (!ret)
		ret = add_cpus(r, cpus);
	return ret ? ret : add_policy(r, policy->mode);
}

int tier_policy_resolve(const struct tier_policy *policy, const struct tier_topology *t,
			const char *cpus, struct tier_plan **out, struct tier_diag *diag)
{
	struct resolver resolver = { .t = t, .diag = diag };
	int ret = -ENOMEM;

	resolver.plan = plan_new(policy->count + 2, policy->count + MOST_REMARKS);
	if (resolver.plan)
		ret = resolve(&resolver, policy, cpus);
	if (ret) {
		tier_plan_free(resolver.plan);
		return ret == -ENOMEM ? diag_set(diag, ret, "out of memory") : ret;
	}
	*out = resolver.plan;
	return 0;
}
