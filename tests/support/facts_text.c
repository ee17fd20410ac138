// SPDX-License-Identifier: GPL-2.0-or-later
// Facts in words. Each field stands on a line of its own, unknown ones as "-".
#include "facts_text.h"

#include "nodeset.h"
#include "unit.h"

#define PRINT(out, ...) assert_int_equal(strbuf_printf(out, __VA_ARGS__), 0)

static void print_figure(struct strbuf *out, const char *name,
			 const struct figure *figure)
{
	if (figure->known)
		PRINT(out, "%s %llu\n", name, (unsigned long long)figure->value);
	else
		PRINT(out, "%s -\n", name);
}

static void print_text(struct strbuf *out, const char *name, const char *text)
{
	if (text)
		PRINT(out, "%s '%s'\n", name, text);
	else
		PRINT(out, "%s -\n", name);
}

static void print_nodes(struct strbuf *out, const char *name,
			const struct tier_nodeset *nodes)
{
	char list[NODESET_TEXT];

	tier_nodeset_format(nodes, list, sizeof(list));
	PRINT(out, "%s %s\n", name, list);
}

static void print_access(struct strbuf *out, const struct access_fact *access)
{
	print_nodes(out, "initiators", &access->initiators);
	for (int i = 0; i < TIER_FIGURES; i++)
		print_figure(out, "figure", &access->figure[i]);
}

static void print_node(struct strbuf *out, const struct facts *facts,
		       const struct node_fact *node)
{
	PRINT(out, "node %u\ndirectory %d\n", node->node, node->has_directory);
	print_figure(out, "total", &node->total_bytes);
	print_figure(out, "free", &node->free_bytes);
	print_figure(out, "cache", &node->side_cache_bytes);
	print_figure(out, "weight", &node->weight);
	print_figure(out, "failures", &node->failures);
	print_text(out, "cpus", node->cpus);
	for (int class = 0; class < ACCESS_CLASSES; class ++)
		print_access(out, &node->access[class]);
	for (size_t i = 0; node->distance && i < facts->n_nodes; i++)
		PRINT(out, "distance %u\n", node->distance[i]);
	print_text(out, "subtype", node->subtype);
	print_text(out, "hwloc tier", node->hwloc_tier);
}

static void print_sets(struct strbuf *out, const struct facts *facts)
{
	const struct {
		const char *name;
		const struct set_fact *set;
	} sets[] = {
		{ "online", &facts->online },
		{ "possible", &facts->possible },
		{ "has_memory", &facts->has_memory },
		{ "has_normal_memory", &facts->has_normal_memory },
		{ "has_cpu", &facts->has_cpu },
		{ "mems_allowed", &facts->mems_allowed },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		PRINT(out, "known %d\n", sets[i].set->known);
		print_nodes(out, sets[i].name, &sets[i].set->nodes);
	}
	print_nodes(out, "gpu", &facts->gpu);
}

static void print_ranges(struct strbuf *out, const char *name,
			 const struct ranges_fact *ranges)
{
	PRINT(out, "%s %d %llu\n", name, ranges->known,
	      (unsigned long long)ranges->bytes);
	print_text(out, "list", ranges->list);
}

static void print_kmem(struct strbuf *out, const struct kmem_fact *kmem)
{
	PRINT(out, "kmem %d\n", kmem->exists);
	for (int i = 0; i < KMEM_NUMBERS; i++)
		print_figure(out, "number", &kmem->number[i]);
	for (int i = 0; i < KMEM_LISTS; i++)
		print_ranges(out, "ranges", &kmem->list[i]);
}

static void print_rest(struct strbuf *out, const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_tiers; i++) {
		PRINT(out, "tier %u\n", facts->tiers[i].id);
		print_nodes(out, "nodes", &facts->tiers[i].nodes);
	}
	for (size_t i = 0; i < facts->n_dax; i++) {
		const struct dax_fact *dax = &facts->dax[i];

		print_text(out, "dax", dax->name);
		print_text(out, "path", dax->path);
		print_text(out, "driver", dax->driver);
		print_figure(out, "size", &dax->size_bytes);
		PRINT(out, "target %d %d\n", dax->target_known, dax->target_node);
		print_text(out, "state", dax->state);
		print_kmem(out, &dax->kmem);
	}
	PRINT(out, "fake %d\n", facts->is_fake_numa);
	print_figure(out, "demotion", &facts->demotion);
	print_figure(out, "balancing", &facts->numa_balancing);
	print_figure(out, "block", &facts->block_bytes);
	print_text(out, "auto_online", facts->auto_online);
	print_ranges(out, "left behind", &facts->left_behind);
	for (size_t i = 0; i < facts->n_problems; i++)
		PRINT(out, "problem %s: %s\n", facts->problems[i].path,
		      facts->problems[i].words);
}

void facts_text(struct root *root, struct strbuf *out)
{
	struct facts facts = { 0 };

	PRINT(out, "nodes %d\n", facts_read_nodes(root, &facts));
	PRINT(out, "kernel %d\n", facts_read_kernel(root, &facts));
	PRINT(out, "dax %d\n", facts_read_dax(root, &facts));
	PRINT(out, "kmem %d\n", facts_read_kmem(root, &facts));
	for (size_t i = 0; i < facts.n_nodes; i++)
		print_node(out, &facts, &facts.nodes[i]);
	print_sets(out, &facts);
	print_rest(out, &facts);
	facts_free(&facts);
}
