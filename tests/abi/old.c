// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program of an earlier release: it knows tier.h as it was then, with fewer fields,
 * and so must not include the one of today. What it knows must come, and nothing may be
 * written behind it.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct tier_ctx;
struct tier_topology;
struct tier_policy;
struct tier_plan;

struct tier_nodeset {
	uint64_t bits[16];
};

struct tier_ctx_config {
	const char *root;
};

struct tier_node_info {
	uint32_t node;
	uint32_t flags;
	uint64_t total_bytes;
};

struct tier_dax_info {
	const char *name;
};

struct tier_step {
	int kind;
	int mode;
	struct tier_nodeset nodes;
};

struct tier_report {
	uint32_t flags;
	uint32_t problems;
};

int tier_ctx_new(struct tier_ctx **out, const struct tier_ctx_config *config, size_t size,
		 void *diag);
void tier_ctx_unref(struct tier_ctx *ctx);
int tier_topology_load(struct tier_ctx *ctx, uint64_t flags, struct tier_topology **out,
		       void *diag);
void tier_topology_unref(struct tier_topology *t);
int tier_node_get(const struct tier_topology *t, unsigned int node,
		  struct tier_node_info *info, size_t size);
int tier_dax_get(const struct tier_topology *t, unsigned int index,
		 struct tier_dax_info *info, size_t size);
int tier_policy_parse(const char *text, struct tier_policy **out, void *diag);
void tier_policy_free(struct tier_policy *policy);
int tier_policy_resolve(const struct tier_policy *policy, const struct tier_topology *t,
			const char *cpus, struct tier_plan **out, void *diag);
int tier_plan_step(const struct tier_plan *plan, unsigned int index,
		   struct tier_step *step, size_t size);
int tier_plan_apply(struct tier_ctx *ctx, const struct tier_plan *plan, uint64_t flags,
		    struct tier_report *report, size_t size);
void tier_plan_free(struct tier_plan *plan);

/* What comes behind a struct in the caller's memory. */
#define GUARD 0x5a5a5a5a5a5a5a5aULL

struct guarded_node {
	struct tier_node_info info;
	uint64_t guard[64];
};

struct guarded_dax {
	struct tier_dax_info info;
	uint64_t guard[64];
};

struct guarded_step {
	struct tier_step step;
	uint64_t guard[64];
};

struct guarded_report {
	struct tier_report report;
	uint64_t guard[128];
};

static int failures;

static void expect(const char *what, int holds)
{
	if (holds)
		return;
	fprintf(stderr, "abi: old program: %s\n", what);
	failures++;
}

static int is_whole(const uint64_t *guard, size_t bytes)
{
	for (size_t i = 0; i < bytes / sizeof(*guard); i++)
		if (guard[i] != GUARD)
			return 0;
	return 1;
}

static void ask_machine(const struct tier_topology *t)
{
	struct guarded_node node;
	struct guarded_dax dax;

	memset(&node, 0x5a, sizeof(node));
	memset(&dax, 0x5a, sizeof(dax));
	expect("a node", !tier_node_get(t, 2, &node.info, sizeof(node.info)));
	expect("a node's fields", node.info.node == 2 && node.info.total_bytes > 0);
	expect("behind a node", is_whole(node.guard, sizeof(node.guard)));
	expect("a dax device", !tier_dax_get(t, 0, &dax.info, sizeof(dax.info)));
	expect("a dax device's name", !strcmp(dax.info.name, "dax0.0"));
	expect("behind a dax device", is_whole(dax.guard, sizeof(dax.guard)));
}

static void use_plan(struct tier_ctx *ctx, const struct tier_plan *plan)
{
	struct guarded_step step;
	struct guarded_report report;

	memset(&step, 0x5a, sizeof(step));
	memset(&report, 0x5a, sizeof(report));
	expect("a step", !tier_plan_step(plan, 0, &step.step, sizeof(step.step)));
	expect("a step's nodes", step.step.nodes.bits[0] == 0x3);
	expect("behind a step", is_whole(step.guard, sizeof(step.guard)));
	expect("applying elsewhere",
	       tier_plan_apply(ctx, plan, 0, &report.report, sizeof(report.report)) ==
		       -EOPNOTSUPP);
	expect("a report's flags", report.report.flags == 0);
	expect("behind a report", is_whole(report.guard, sizeof(report.guard)));
}

int main(int argc, char **argv)
{
	struct tier_ctx_config config = { argc > 1 ? argv[1] : NULL };
	struct tier_ctx *ctx = NULL;
	struct tier_topology *t = NULL;
	struct tier_policy *policy = NULL;
	struct tier_plan *plan = NULL;

	if (tier_ctx_new(&ctx, &config, sizeof(config), NULL) ||
	    tier_topology_load(ctx, 1, &t, NULL) ||
	    tier_policy_parse("prefer:dram", &policy, NULL) ||
	    tier_policy_resolve(policy, t, NULL, &plan, NULL)) {
		fprintf(stderr, "abi: old program: cannot begin\n");
		return 1;
	}
	ask_machine(t);
	use_plan(ctx, plan);
	tier_plan_free(plan);
	tier_policy_free(policy);
	tier_topology_unref(t);
	tier_ctx_unref(ctx);
	return failures ? 1 : 0;
}
