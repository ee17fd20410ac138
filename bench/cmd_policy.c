// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench policy: where the kernel's policies put memory, and how fast that is then.
#include <stdio.h>
#include <string.h>

#include "cmds.h"

/* What is tried. The nodes that a policy means are its own plan's. */
static const struct {
	const char *name;
	const char *policy;
} policies[] = {
	{ "first-touch", "default" },	    { "bind", "bind:fastest" },
	{ "prefer", "prefer:fastest" },	    { "prefer-many", "prefer:all" },
	{ "interleave", "interleave:all" }, { "weighted", NULL },
};

/* "weighted:node:0=3,node:2=1" with the weights that the kernel has; 0 when it has none. */
static size_t weighted_policy(const struct bench *bench, char *text, size_t size)
{
	size_t len = (size_t)snprintf(text, size, "weighted:");
	struct tier_nodeset nodes;
	unsigned int count = 0;

	if (tier_select(bench->machine.topology, "all", &nodes, NULL))
		return 0;
	for (int node = -1; (node = tier_nodeset_next(&nodes, node)) >= 0;) {
		struct tier_node_info info;

		if (tier_node_get(bench->machine.topology, (unsigned int)node, &info,
				  sizeof(info)) ||
		    info.usability != TIER_USABLE_YES)
			continue;
		if (!(info.flags & TIER_NODE_KNOWS_WEIGHT) || len + 40 > size)
			return 0;
		len += (size_t)snprintf(text + len, size - len, "%snode:%d=%u",
					count++ ? "," : "", node, info.weight);
	}
	return count ? len : 0;
}

/* A node of a plan's step, with what the step's mode gives it. */
static int add_node(const struct bench *bench, const struct tier_step *step,
		    unsigned int node, struct place *place)
{
	struct tier_node_info info;
	bool weighted = step->mode == TIER_MODE_WEIGHTED;

	if (tier_node_get(bench->machine.topology, node, &info, sizeof(info)) ||
	    info.usability != TIER_USABLE_YES)
		return 0;
	return place_add(place, node, weighted ? info.weight : 1);
}

/* Memory of the CPUs' own node first, which may have none; then anywhere. */
static int fill_default(const struct bench *bench, struct place *place)
{
	struct tier_nodeset nodes;
	int ret = tier_select(bench->machine.topology, "all", &nodes, NULL);

	for (int node = -1; !ret && (node = tier_nodeset_next(&nodes, node)) >= 0;) {
		const struct tier_step anything = { .mode = TIER_MODE_PREFER };

		ret = add_node(bench, &anything, (unsigned int)node, place);
	}
	place->any_of_them = true;
	return ret;
}

static int fill_place(const struct bench *bench, const struct tier_plan *plan,
		      struct place *place)
{
	struct tier_step step;
	int ret = 0;

	for (unsigned int i = 0; !ret && !tier_plan_step(plan, i, &step, sizeof(step));
	     i++) {
		if (step.kind != TIER_STEP_MEMPOLICY)
			continue;
		if (step.mode == TIER_MODE_DEFAULT)
			return fill_default(bench, place);
		for (int node = -1;
		     !ret && (node = tier_nodeset_next(&step.nodes, node)) >= 0;)
			ret = add_node(bench, &step, (unsigned int)node, place);
		place->any_of_them = step.mode == TIER_MODE_PREFER ||
				     step.mode == TIER_MODE_BIND;
	}
	return ret;
}

/* What a policy means here, as a place that can be checked. */
static int resolve(const struct bench *bench, const char *text, struct place *place)
{
	struct tier_policy *policy = NULL;
	struct tier_plan *plan = NULL;
	struct tier_diag diag = { 0 };
	int ret = tier_policy_parse(text, &policy, &diag);

	*place = (struct place){ .policy = text };
	if (!ret)
		ret = tier_policy_resolve(policy, bench->machine.topology, NULL, &plan,
					  &diag);
	if (ret)
		(void)say(STATUS_NOT_FOUND, text, "%s",
			  diag.message[0] ? diag.message : tier_strerror(ret));
	else
		ret = fill_place(bench, plan, place);
	tier_plan_free(plan);
	tier_policy_free(policy);
	return ret ? STATUS_NOT_FOUND : STATUS_DONE;
}

static int measure_policy(struct bench *bench, const char *name, const char *policy)
{
	static struct spot spot;
	struct place place;
	unsigned int cpu_node = 0;
	int status = resolve(bench, policy, &place);

	if (!status)
		status = initiator_of(bench, place.node[0], &cpu_node);
	if (status)
		return status;
	(void)snprintf(place.text, sizeof(place.text), "%s", name);
	status = spot_open(bench, &place, cpu_node, 1, &spot);
	if (status)
		return status;
	status = measure_bandwidth(bench, &spot, "policy", job_find("read"));
	spot_close(&spot);
	return status;
}

static int run(struct bench *bench, char **operands)
{
	char weighted[512];
	int status = STATUS_DONE;

	(void)operands;
	bench->planned = (unsigned int)ARRAY_SIZE(policies);
	for (size_t i = 0; !status && i < ARRAY_SIZE(policies) && !interrupted(); i++) {
		const char *policy = policies[i].policy;

		if (!is_wanted(bench, policies[i].name))
			continue;
		if (!policy && weighted_policy(bench, weighted, sizeof(weighted)))
			policy = weighted;
		if (policy)
			status = measure_policy(bench, policies[i].name, policy);
		else if (bench->options.only)
			status =
				say(STATUS_UNSUPPORTED, "weighted",
				    "this kernel has no weighted interleave (Linux 6.9)");
	}
	return status;
}

const struct cmd cmd_policy = {
	.name = "policy",
	.summary = "where memory policies put pages, proved, and how fast that is",
	.about = "Has the kernel place a buffer under each policy, looks at every page, and "
		 "measures reads: first-touch, bind, prefer, prefer-many, interleave and, from "
		 "Linux 6.9 on, weighted with the weights that the kernel has. Shares must be "
		 "right to 0.1 percentage points.",
	.flags = CMD_MEASURES | CMD_ONLY,
	.run = run,
	.examples = {
		{ "tierbench policy", "All of them." },
		{ "tierbench policy --only weighted", "Does weighted interleave hold its ratio?" },
	},
};
