// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program that happens to have functions of its own with names of ours, which do
 * something else: the library must not call them.
 */
#include <stdio.h>
#include <stdlib.h>

#include <tier.h>

bool tier_nodeset_has(const struct tier_nodeset *set, unsigned int node)
{
	(void)set;
	fprintf(stderr, "abi: the library asks the program for node %u\n", node);
	exit(1);
}

int main(int argc, char **argv)
{
	const struct tier_ctx_config config = { .root = argc > 1 ? argv[1] : NULL };
	struct tier_topology *t = NULL;
	struct tier_ctx *ctx = NULL;
	struct tier_nodeset nodes;

	if (tier_ctx_new(&ctx, &config, sizeof(config), NULL) ||
	    tier_topology_load(ctx, TIER_LOAD_CHEAP, &t, NULL) ||
	    tier_select(t, "dram", &nodes, NULL) || tier_nodeset_count(&nodes) != 2)
		return 1;
	tier_topology_unref(t);
	tier_ctx_unref(ctx);
	return 0;
}
