// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Load this machine twice, with hwloc and libdaxctl and from kernel files alone, and say where
 * the two differ: one line for each difference, exit status 1 if there is any. Uses the public
 * header only.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <tier.h>

static int differences;

static void compare_words(const char *what, unsigned int number, const char *full,
			  const char *cheap)
{
	if (!strcmp(full, cheap))
		return;
	printf("%s of %u: '%s' with hwloc and libdaxctl, '%s' without\n", what, number,
	       full, cheap);
	differences++;
}

static void compare_numbers(const char *what, unsigned int number, uint64_t full,
			    uint64_t cheap)
{
	char a[24], b[24];

	snprintf(a, sizeof(a), "%llu", (unsigned long long)full);
	snprintf(b, sizeof(b), "%llu", (unsigned long long)cheap);
	compare_words(what, number, a, b);
}

static void compare_sets(const char *what, unsigned int number,
			 const struct tier_nodeset *full,
			 const struct tier_nodeset *cheap)
{
	char a[512], b[512];

	tier_nodeset_format(full, a, sizeof(a));
	tier_nodeset_format(cheap, b, sizeof(b));
	compare_words(what, number, a, b);
}

static void compare_perf(unsigned int node, const struct tier_perf *full,
			 const struct tier_perf *cheap)
{
	compare_numbers("known figures", node, full->known, cheap->known);
	for (int i = 0; i < TIER_FIGURES; i++) {
		if (full->known & cheap->known & (1u << i))
			compare_numbers("a figure", node, full->value[i],
					cheap->value[i]);
	}
}

/* Free memory changes between the two, and is left out. */
static void compare_nodes(unsigned int node, const struct tier_node_info *full,
			  const struct tier_node_info *cheap)
{
	compare_numbers("flags", node, full->flags, cheap->flags);
	compare_numbers("bytes", node, full->total_bytes, cheap->total_bytes);
	compare_numbers("rank", node, full->rank, cheap->rank);
	compare_numbers("kernel tier", node, full->kernel_tier, cheap->kernel_tier);
	compare_numbers("weight", node, full->weight, cheap->weight);
	compare_words("kind", node, tier_kind_name(full->kind),
		      tier_kind_name(cheap->kind));
	compare_words("usability", node, tier_usability_name(full->usability),
		      tier_usability_name(cheap->usability));
	compare_words("CPUs", node, full->cpus, cheap->cpus);
	compare_words("dax devices", node, full->dax, cheap->dax);
	compare_sets("near nodes", node, &full->near_nodes, &cheap->near_nodes);
	compare_perf(node, &full->perf, &cheap->perf);
}

static void compare_dax(unsigned int index, const struct tier_dax_info *full,
			const struct tier_dax_info *cheap)
{
	compare_words("name", index, full->name, cheap->name);
	compare_words("path", index, full->path, cheap->path);
	compare_words("mode", index, tier_dax_mode_name(full->mode),
		      tier_dax_mode_name(cheap->mode));
	compare_numbers("size", index, full->size_bytes, cheap->size_bytes);
	compare_numbers("target", index, (uint64_t)full->target_node,
			(uint64_t)cheap->target_node);
}

static unsigned int count_dax(const struct tier_topology *t)
{
	struct tier_dax_info dax;
	unsigned int count = 0;

	while (!tier_dax_get(t, count, &dax, sizeof(dax)))
		count++;
	return count;
}

static int compare(const struct tier_topology *full, const struct tier_topology *cheap)
{
	struct tier_nodeset full_nodes, cheap_nodes;
	unsigned int compared = 0;

	tier_topology_nodes(full, &full_nodes);
	tier_topology_nodes(cheap, &cheap_nodes);
	compare_sets("nodes", 0, &full_nodes, &cheap_nodes);
	compare_numbers("tiers", 0, (uint64_t)tier_count(full),
			(uint64_t)tier_count(cheap));
	for (unsigned int node = 0; node < TIER_MAX_NODES; node++) {
		struct tier_node_info a, b;

		if (tier_node_get(full, node, &a, sizeof(a)) ||
		    tier_node_get(cheap, node, &b, sizeof(b)))
			continue;
		compare_nodes(node, &a, &b);
		compared++;
	}
	compare_numbers("dax devices", 0, count_dax(full), count_dax(cheap));
	for (unsigned int i = 0; i < count_dax(full); i++) {
		struct tier_dax_info a, b;

		if (tier_dax_get(full, i, &a, sizeof(a)) ||
		    tier_dax_get(cheap, i, &b, sizeof(b)))
			continue;
		compare_dax(i, &a, &b);
	}
	printf("%u nodes, %u dax devices, %d differences\n", compared, count_dax(full),
	       differences);
	return differences || !compared;
}

int main(void)
{
	struct tier_topology *full = NULL, *cheap = NULL;
	struct tier_ctx *ctx;
	int ret = tier_ctx_new(&ctx, NULL, sizeof(struct tier_ctx_config), NULL);

	if (ret)
		return fprintf(stderr, "providers: %s\n", tier_strerror(ret)), 2;
	ret = tier_topology_load(ctx, 0, &full, NULL);
	if (!ret)
		ret = tier_topology_load(ctx, TIER_LOAD_CHEAP, &cheap, NULL);
	if (ret)
		fprintf(stderr, "providers: %s\n", tier_strerror(ret));
	else
		ret = compare(full, cheap);
	tier_topology_unref(full);
	tier_topology_unref(cheap);
	tier_ctx_unref(ctx);
	return ret ? 1 : 0;
}
