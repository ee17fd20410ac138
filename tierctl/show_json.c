// SPDX-License-Identifier: GPL-2.0-or-later
// `tierctl show --json`: everything that is known, with its evidence.
#include "json.h"

#include <string.h>

#include "cmd.h"
#include "nodeset.h"
#include "notes.h"
#include "show.h"

static const uint64_t *if_known(bool known, const uint64_t *value)
{
	return known ? value : NULL;
}

static void add_kind(struct out *out, struct json_object *in, const char *key,
		     enum tier_kind kind)
{
	js_text(out, in, key, kind ? tier_kind_name(kind) : NULL);
}

static void add_why(struct out *out, struct json_object *in,
		    const struct tier_evidence *why)
{
	bool is_known = why->source != TIER_SOURCE_NONE;

	js_text(out, in, "source", is_known ? tier_source_name(why->source) : NULL);
	js_text(out, in, "evidence", why->text);
}

static void add_tiers(struct out *out, struct json_object *in,
		      const struct tier_topology *topology)
{
	struct json_object *list = js_list(out, in, "tiers");
	struct tier_info tier;

	for (unsigned int i = 0; !tier_get(topology, i, &tier, sizeof(tier)); i++) {
		struct json_object *entry = js_item(out, list);

		js_number(out, entry, "rank", tier.rank);
		add_kind(out, entry, "kind", tier.kind);
		js_nodes(out, entry, "nodes", &tier.nodes);
		js_known(out, entry, "total_bytes",
			 if_known(tier.flags & TIER_NODE_KNOWS_TOTAL, &tier.total_bytes));
		js_known(out, entry, "free_bytes",
			 if_known(tier.flags & TIER_NODE_KNOWS_FREE, &tier.free_bytes));
	}
}

static void add_performance(struct out *out, struct json_object *in, const char *key,
			    const struct tier_perf *perf)
{
	static const char *const names[TIER_FIGURES] = {
		[TIER_READ_BANDWIDTH] = "read_bandwidth_bytes_per_sec",
		[TIER_WRITE_BANDWIDTH] = "write_bandwidth_bytes_per_sec",
		[TIER_READ_LATENCY] = "read_latency_ns",
		[TIER_WRITE_LATENCY] = "write_latency_ns",
	};
	struct json_object *child = js_child(out, in, key);

	for (int figure = 0; figure < TIER_FIGURES; figure++)
		js_known(out, child, names[figure],
			 if_known(knows_figure(perf, figure), &perf->value[figure]));
	add_why(out, child, &perf->why);
}

/* Kind, performance, rank, usability and the memory nearest to the node's CPUs, each with its
 * evidence. */
static void add_facts(struct out *out, struct json_object *in,
		      const struct tier_node_info *info)
{
	uint64_t rank = info->rank, near = info->near_memory;
	struct json_object *child;

	child = js_child(out, in, "kind");
	add_kind(out, child, "value", info->kind);
	add_why(out, child, &info->kind_why);
	add_performance(out, in, "performance", &info->perf);
	if (info->measured.known)
		add_performance(out, in, "measured", &info->measured);
	else
		js_null(out, in, "measured");
	child = js_child(out, in, "rank");
	js_known(out, child, "value",
		 if_known(info->flags & TIER_NODE_KNOWS_RANK, &rank));
	add_why(out, child, &info->rank_why);
	child = js_child(out, in, "usability");
	js_text(out, child, "value",
		info->usability ? tier_usability_name(info->usability) : NULL);
	add_why(out, child, &info->usability_why);
	child = js_child(out, in, "near_memory");
	js_known(out, child, "value",
		 if_known(info->flags & TIER_NODE_KNOWS_NEAR_MEMORY, &near));
	add_why(out, child, &info->near_memory_why);
}

/* "dax0.0 dax0.1" as a list of names. */
static void add_words(struct out *out, struct json_object *in, const char *key,
		      const char *words)
{
	struct json_object *list = js_list(out, in, key);

	while (*words) {
		size_t len = strcspn(words, " ");
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)len, words);
		js_append_text(out, list, name);
		words += len;
		words += strspn(words, " ");
	}
}

/* Each way of losing memory, with its evidence; null when nobody tells of any. */
static void add_losses(struct out *out, struct json_object *in,
		       const struct tier_losses *losses)
{
	static const char *const names[TIER_LOSSES] = {
		[TIER_LOSS_ALIGNMENT] = "alignment",
		[TIER_LOSS_BAD_BLOCKS] = "bad_blocks",
		[TIER_LOSS_FAILED] = "failed",
		[TIER_LOSS_POISON] = "poison",
	};
	struct json_object *child;

	bool told = false;

	for (int loss = 0; loss < TIER_LOSSES; loss++)
		told |= is_told(losses, loss);
	if (!told) {
		js_null(out, in, "losses");
		return;
	}
	child = js_child(out, in, "losses");
	for (int loss = 0; loss < TIER_LOSSES; loss++) {
		struct json_object *entry = js_child(out, child, names[loss]);

		js_known(out, entry, "bytes",
			 if_known(knows_loss(losses, loss), &losses->bytes[loss]));
		add_why(out, entry, &losses->why[loss]);
	}
}

static void add_node(struct out *out, struct json_object *in,
		     const struct tier_node_info *info)
{
	uint64_t tier = info->kernel_tier, weight = info->weight;

	js_number(out, in, "node", info->node);
	js_bool(out, in, "online", info->flags & TIER_NODE_ONLINE);
	js_known(out, in, "total_bytes",
		 if_known(info->flags & TIER_NODE_KNOWS_TOTAL, &info->total_bytes));
	js_known(out, in, "free_bytes",
		 if_known(info->flags & TIER_NODE_KNOWS_FREE, &info->free_bytes));
	js_number(out, in, "side_cache_bytes", info->side_cache_bytes);
	js_text(out, in, "cpus", info->cpus);
	js_nodes(out, in, "near_nodes", &info->near_nodes);
	js_bool(out, in, "movable_only", info->flags & TIER_NODE_MOVABLE_ONLY);
	js_known(out, in, "kernel_tier",
		 if_known(info->flags & TIER_NODE_KNOWS_KERNEL_TIER, &tier));
	js_known(out, in, "weight",
		 if_known(info->flags & TIER_NODE_KNOWS_WEIGHT, &weight));
	add_words(out, in, "dax", info->dax);
	add_facts(out, in, info);
	add_losses(out, in, &info->losses);
}

static void add_nodes(struct out *out, struct json_object *in,
		      const struct tier_topology *topology)
{
	struct json_object *list = js_list(out, in, "nodes");
	struct tier_nodeset nodes;
	struct tier_node_info info;

	tier_topology_nodes(topology, &nodes);
	for_each_node(node, &nodes)
		if (!tier_node_get(topology, (unsigned int)node, &info, sizeof(info)))
			add_node(out, js_item(out, list), &info);
}

/* "[10, 21, null]": what the kernel says of the way from one node to each. */
static int row_text(struct strbuf *row, const struct tier_topology *topology,
		    const struct tier_nodeset *nodes, int from)
{
	int ret = strbuf_puts(row, "[");

	for_each_node(to, nodes) {
		int distance = tier_node_distance(topology, (unsigned int)from,
						  (unsigned int)to);

		if (!ret)
			ret = strbuf_puts(row, row->len > 1 ? ", " : "");
		if (!ret && distance < 0)
			ret = strbuf_puts(row, "null");
		else if (!ret)
			ret = strbuf_printf(row, "%d", distance);
	}
	return ret ? ret : strbuf_puts(row, "]");
}

static void add_distances(struct out *out, struct json_object *in,
			  const struct tier_topology *topology)
{
	struct json_object *child = js_child(out, in, "distances");
	struct json_object *rows;
	struct tier_nodeset nodes;

	tier_topology_nodes(topology, &nodes);
	js_nodes(out, child, "nodes", &nodes);
	rows = js_list(out, child, "rows");
	for_each_node(node, &nodes) {
		SCOPED_STRBUF struct strbuf row = { 0 };

		if (row_text(&row, topology, &nodes, node))
			out->lost = true;
		else
			js_append_row(out, rows, row.text);
	}
}

/* A list of ranges, null when it is not known. */
static void add_ranges(struct out *out, struct json_object *in, const char *key,
		       const char *ranges)
{
	if (ranges)
		add_words(out, in, key, ranges);
	else
		js_null(out, in, key);
}

/* What tierkit's kmem driver tells of a device, by the names of its files. */
static void add_counts(struct out *out, struct json_object *in,
		       const struct tier_dax_info *dax)
{
	const struct {
		const char *key;
		uint32_t known;
		const uint64_t *value;
		const char *ranges;
	} files[] = {
		{ "added_bytes", TIER_DAX_KNOWS_ADDED, &dax->added_bytes, NULL },
		{ "lost_align_bytes", TIER_DAX_KNOWS_LOST_ALIGN, &dax->lost_align_bytes,
		  NULL },
		{ "lost_badblock_bytes", TIER_DAX_KNOWS_LOST_BADBLOCK,
		  &dax->lost_badblock_bytes, NULL },
		{ "skipped_blocks", TIER_DAX_KNOWS_SKIPPED_BLOCKS, NULL,
		  dax->skipped_blocks },
		{ "failed_ranges", TIER_DAX_KNOWS_FAILED_RANGES, NULL,
		  dax->failed_ranges },
		{ "poisoned_pages", TIER_DAX_KNOWS_POISONED_PAGES, &dax->poisoned_pages,
		  NULL },
		{ "poisoned_ranges", TIER_DAX_KNOWS_POISONED_RANGES, NULL,
		  dax->poisoned_ranges },
	};
	struct json_object *child;

	if (!(dax->flags & TIER_DAX_HAS_COUNTS)) {
		js_null(out, in, "kmem");
		return;
	}
	child = js_child(out, in, "kmem");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		bool known = dax->flags & files[i].known;

		if (files[i].value)
			js_known(out, child, files[i].key,
				 if_known(known, files[i].value));
		else
			add_ranges(out, child, files[i].key,
				   known ? files[i].ranges : NULL);
	}
}

static void add_dax(struct out *out, struct json_object *in,
		    const struct tier_topology *topology)
{
	struct json_object *list = js_list(out, in, "dax");
	struct tier_dax_info dax;

	for (unsigned int i = 0; !tier_dax_get(topology, i, &dax, sizeof(dax)); i++) {
		struct json_object *entry = js_item(out, list);
		uint64_t target = (uint64_t)dax.target_node;

		js_text(out, entry, "name", dax.name);
		js_text(out, entry, "path", dax.path);
		js_text(out, entry, "mode",
			dax.mode ? tier_dax_mode_name(dax.mode) : NULL);
		add_kind(out, entry, "kind", dax.kind);
		js_known(out, entry, "size_bytes",
			 if_known(dax.flags & TIER_DAX_KNOWS_SIZE, &dax.size_bytes));
		js_bool(out, entry, "too_small", dax.flags & TIER_DAX_TOO_SMALL);
		js_known(out, entry, "target_node",
			 if_known(dax.target_node >= 0, &target));
		js_text(out, entry, "state", *dax.state ? dax.state : NULL);
		add_counts(out, entry, &dax);
	}
}

static void add_switch(struct out *out, struct json_object *in, const char *key,
		       bool is_known, bool is_on)
{
	if (is_known)
		js_bool(out, in, key, is_on);
	else
		js_null(out, in, key);
}

static void add_kernel(struct out *out, struct json_object *in,
		       const struct tier_topology *topology)
{
	struct json_object *entry = js_child(out, in, "kernel");
	struct tier_kernel_info kernel;
	uint64_t balancing;

	tier_kernel_get(topology, &kernel, sizeof(kernel));
	balancing = kernel.numa_balancing;
	add_switch(out, entry, "demotion", kernel.flags & TIER_KERNEL_KNOWS_DEMOTION,
		   kernel.flags & TIER_KERNEL_DEMOTES);
	js_known(out, entry, "numa_balancing",
		 if_known(kernel.flags & TIER_KERNEL_KNOWS_BALANCING, &balancing));
	add_switch(out, entry, "automatic_weights",
		   kernel.flags & TIER_KERNEL_KNOWS_AUTO_WEIGHTS,
		   kernel.flags & TIER_KERNEL_SETS_WEIGHTS);
	js_known(out, entry, "block_bytes",
		 if_known(kernel.flags & TIER_KERNEL_KNOWS_BLOCK, &kernel.block_bytes));
	js_text(out, entry, "auto_online",
		*kernel.auto_online ? kernel.auto_online : NULL);
}

void show_json(struct ctl *ctl)
{
	struct out *out = &ctl->out;
	struct json_object *document = js_document(out);

	js_bool(out, document, "live", tier_ctx_is_live(ctl->ctx));
	add_tiers(out, document, ctl->topology);
	add_nodes(out, document, ctl->topology);
	add_distances(out, document, ctl->topology);
	add_dax(out, document, ctl->topology);
	add_kernel(out, document, ctl->topology);
	notes_json(out, document, ctl->topology);
	js_finish(out, document, &ctl->errors);
}
