// SPDX-License-Identifier: GPL-2.0-or-later
// Where a process's memory lies. Does not know whose it is, or when.
#include "placement.h"

#include "json.h"
#include "kinds.h"
#include "nodeset.h"
#include "table.h"

/* Above this many nodes only those that hold something are listed. */
#define NODES_SHOWN 16

int placement_add_process(struct placement *placement, struct tier_ctx *ctx, int pid)
{
	uint64_t bytes[TIER_MAX_NODES] = { 0 };
	int count = tier_process_bytes(ctx, pid, bytes, TIER_MAX_NODES);

	for (int node = 0; node < count; node++)
		placement->node_bytes[node] += bytes[node];
	return count < 0 ? count : 0;
}

void placement_take(struct placement *placement, const struct tier_sample *sample)
{
	const struct tier_process_sample *process = &sample->processes[0];

	for (int node = 0; node < TIER_MAX_NODES; node++)
		placement->node_bytes[node] = sample->node_places[node].bytes;
	for (uint32_t tier = 0; tier < sample->n_tiers; tier++) {
		placement->tier_bytes[tier] = process->tiers[tier].bytes;
		placement->total_bytes += process->tiers[tier].bytes;
	}
	placement->unranked_bytes = process->tiers[sample->n_tiers].bytes;
	placement->total_bytes += placement->unranked_bytes;
	if (process->how != TIER_PLACED_SAMPLED)
		return;
	placement->tier_places = process->tiers;
	placement->node_places = sample->node_places;
}

static uint64_t bytes_on(const struct placement *placement,
			 const struct tier_nodeset *nodes)
{
	uint64_t bytes = 0;

	for_each_node(node, nodes)
		bytes += placement->node_bytes[node];
	return bytes;
}

void placement_sum(struct placement *placement, const struct tier_topology *topology)
{
	struct tier_info tier;
	uint64_t ranked = 0;

	placement->total_bytes = 0;
	for (int node = 0; node < TIER_MAX_NODES; node++)
		placement->total_bytes += placement->node_bytes[node];
	for (unsigned int i = 0; !tier_get(topology, i, &tier, sizeof(tier)); i++) {
		placement->tier_bytes[i] = bytes_on(placement, &tier.nodes);
		ranked += placement->tier_bytes[i];
	}
	placement->unranked_bytes = placement->total_bytes - ranked;
}

static void raise_to(uint64_t *peak, uint64_t now)
{
	if (now > *peak)
		*peak = now;
}

void placement_raise(struct placement *peak, const struct placement *now)
{
	for (int i = 0; i < TIER_MAX_NODES; i++) {
		raise_to(&peak->node_bytes[i], now->node_bytes[i]);
		raise_to(&peak->tier_bytes[i], now->tier_bytes[i]);
	}
	raise_to(&peak->unranked_bytes, now->unranked_bytes);
	raise_to(&peak->total_bytes, now->total_bytes);
}

/* Nodes to list: with memory, or holding pages although nobody told us of them. */
static struct tier_nodeset nodes_to_show(const struct tier_topology *topology,
					 const struct placement *placement)
{
	struct tier_nodeset nodes, all;
	struct tier_node_info info;
	bool every;

	tier_topology_nodes(topology, &all);
	every = tier_nodeset_count(&all) <= NODES_SHOWN;
	tier_nodeset_zero(&nodes);
	for (unsigned int node = 0; node < TIER_MAX_NODES; node++) {
		bool wanted = placement->node_bytes[node] > 0;

		if (!wanted && every && tier_nodeset_has(&all, node) &&
		    !tier_node_get(topology, node, &info, sizeof(info)))
			wanted = info.flags & TIER_NODE_HAS_MEMORY;
		if (wanted)
			tier_nodeset_add(&nodes, node);
	}
	return nodes;
}

static const char *bytes_title(const struct placement *placement)
{
	return placement->is_peak ? "PEAK" : "MEMORY";
}

/* "12.3-14.1 %", nothing when it was counted. */
static const char *range_text(const struct tier_place *place, uint64_t whole,
			      char text[FIGURE_BYTES])
{
	if (!place || !whole)
		return "-";
	snprintf(text, FIGURE_BYTES, "%.1f-%.1f %%",
		 100 * (double)place->lowest_bytes / (double)whole,
		 100 * (double)place->highest_bytes / (double)whole);
	return text;
}

static void add_figures(struct table *table, struct out *out, uint64_t bytes,
			const struct placement *placement, const struct tier_place *place)
{
	uint64_t whole = placement->is_peak ? 0 : placement->total_bytes;
	char text[FIGURE_BYTES];

	table_cell(table, figure_size(out, true, bytes, text));
	table_cell(table, figure_share(bytes, whole, text));
	table_cell(table, range_text(place, whole, text));
}

static const struct tier_place *nth(const struct tier_place *places, unsigned int n)
{
	return places ? &places[n] : NULL;
}

static void print_tiers(struct out *out, const struct tier_topology *topology,
			const struct placement *placement)
{
	const struct column columns[] = {
		{ "TIER", COLUMN_RIGHT, NULL },
		{ "KIND", 0, kind_tint },
		{ "NODES", 0, NULL },
		{ bytes_title(placement), COLUMN_RIGHT, NULL },
		{ "SHARE", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
		{ "95 % SURE", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
		{ 0 },
	};
	char text[FIGURE_BYTES], kinds[KINDS_BYTES], nodes[LIST_SHOWN_BYTES * 2];
	struct table table;
	struct tier_info tier;

	table_begin(&table, columns);
	for (unsigned int i = 0; !tier_get(topology, i, &tier, sizeof(tier)); i++) {
		table_cell(&table, figure_count(true, i, text));
		table_cell(&table, kinds_text(topology, &tier.nodes, kinds));
		table_cell(&table, nodes_text(&tier.nodes, nodes, sizeof(nodes)));
		add_figures(&table, out, placement->tier_bytes[i], placement,
			    nth(placement->tier_places, i));
	}
	if (placement->unranked_bytes) {
		table_cell(&table, "-");
		table_cell(&table, "-");
		table_cell(&table, "-");
		add_figures(&table, out, placement->unranked_bytes, placement,
			    nth(placement->tier_places,
				(unsigned int)tier_count(topology)));
	}
	table_end(&table, out);
}

static void print_nodes(struct out *out, const struct tier_topology *topology,
			const struct placement *placement)
{
	const struct column columns[] = {
		{ "NODE", COLUMN_RIGHT, NULL },
		{ "TIER", COLUMN_RIGHT, NULL },
		{ "KIND", 0, kind_tint },
		{ bytes_title(placement), COLUMN_RIGHT, NULL },
		{ "SHARE", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
		{ "95 % SURE", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
		{ 0 },
	};
	struct tier_nodeset nodes = nodes_to_show(topology, placement);
	char text[FIGURE_BYTES];
	struct table table;

	table_begin(&table, columns);
	for_each_node(node, &nodes) {
		struct tier_node_info info = { 0 };

		/* A node that came after discovery has no facts: "-". */
		if (tier_node_get(topology, (unsigned int)node, &info, sizeof(info)))
			info = (struct tier_node_info){ 0 };
		table_cell(&table, figure_count(true, (uint64_t)node, text));
		table_cell(&table, rank_text(&info, text));
		table_cell(&table, kind_text(info.kind));
		add_figures(&table, out, placement->node_bytes[node], placement,
			    nth(placement->node_places, (unsigned int)node));
	}
	table_end(&table, out);
}

void placement_print(struct out *out, const struct tier_topology *topology,
		     const struct placement *placement)
{
	print_tiers(out, topology, placement);
	out_text(out, "\n");
	print_nodes(out, topology, placement);
}

static void add_share(struct out *out, struct json_object *in, uint64_t bytes,
		      const struct placement *placement, const struct tier_place *place)
{
	uint64_t whole = placement->total_bytes;
	double share = whole ? (double)bytes / (double)whole : 0;
	char text[FIGURE_BYTES];

	if (placement->is_peak) {
		js_number(out, in, "peak_bytes", bytes);
		return;
	}
	snprintf(text, sizeof(text), "%.6f", share);
	js_number(out, in, "bytes", bytes);
	if (whole)
		js_figure(out, in, "share", share, text);
	else
		js_null(out, in, "share");
	if (!place)
		return;
	js_number(out, in, "lowest_bytes", place->lowest_bytes);
	js_number(out, in, "highest_bytes", place->highest_bytes);
}

static void add_tiers(struct out *out, struct json_object *in,
		      const struct tier_topology *topology,
		      const struct placement *placement)
{
	struct json_object *list = js_list(out, in, "tiers");
	struct tier_info tier;

	for (unsigned int i = 0; !tier_get(topology, i, &tier, sizeof(tier)); i++) {
		struct json_object *entry = js_item(out, list);

		js_number(out, entry, "rank", i);
		js_text(out, entry, "kind", tier.kind ? tier_kind_name(tier.kind) : NULL);
		js_nodes(out, entry, "nodes", &tier.nodes);
		add_share(out, entry, placement->tier_bytes[i], placement,
			  nth(placement->tier_places, i));
	}
	js_number(out, in, "unranked_bytes", placement->unranked_bytes);
}

void placement_json(struct out *out, struct json_object *in,
		    const struct tier_topology *topology,
		    const struct placement *placement)
{
	struct tier_nodeset nodes = nodes_to_show(topology, placement);
	struct json_object *list;

	js_number(out, in, placement->is_peak ? "peak_bytes" : "total_bytes",
		  placement->total_bytes);
	add_tiers(out, in, topology, placement);
	list = js_list(out, in, "nodes");
	for_each_node(node, &nodes) {
		struct json_object *entry = js_item(out, list);

		js_number(out, entry, "node", (uint64_t)node);
		add_share(out, entry, placement->node_bytes[node], placement,
			  nth(placement->node_places, (unsigned int)node));
	}
}
