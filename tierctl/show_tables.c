// SPDX-License-Identifier: GPL-2.0-or-later
// `tierctl show` as tables, made for 80 columns.
#include <string.h>

#include "cmd.h"
#include "kinds.h"
#include "nodeset.h"
#include "notes.h"
#include "show.h"
#include "table.h"

/* Above this many nodes the matrix of distances is a wall of numbers. */
#define MATRIX_NODES 16

typedef void add_row(struct table *table, const struct out *out,
		     const struct tier_node_info *info);

static enum tint usable_tint(const char *cell)
{
	return strncmp(cell, "yes", 3) != 0 ? TINT_YELLOW : TINT_NONE;
}

static void print_tiers(struct out *out, const struct tier_topology *topology)
{
	static const struct column columns[] = {
		{ "TIER", COLUMN_RIGHT, NULL }, { "KIND", 0, kind_tint },
		{ "NODES", 0, NULL },		{ "TOTAL", COLUMN_RIGHT, NULL },
		{ "FREE", COLUMN_RIGHT, NULL }, { 0 },
	};
	char text[FIGURE_BYTES], kinds[KINDS_BYTES], nodes[2 * LIST_SHOWN_BYTES];
	struct table table;
	struct tier_info tier;

	table_begin(&table, columns);
	for (unsigned int i = 0; !tier_get(topology, i, &tier, sizeof(tier)); i++) {
		table_cell(&table, figure_count(true, tier.rank, text));
		table_cell(&table, kinds_text(topology, &tier.nodes, kinds));
		table_cell(&table, nodes_text(&tier.nodes, nodes, sizeof(nodes)));
		table_cell(&table, figure_size(out, tier.flags & TIER_NODE_KNOWS_TOTAL,
					       tier.total_bytes, text));
		table_cell(&table, figure_size(out, tier.flags & TIER_NODE_KNOWS_FREE,
					       tier.free_bytes, text));
	}
	if (!tier_count(topology))
		out_text(out, "No tiers: no usable node can be ranked.\n");
	table_end(&table, out);
}

static const char *usable_text(const struct tier_node_info *info, char buf[FIGURE_BYTES])
{
	bool movable = info->flags & TIER_NODE_MOVABLE_ONLY;

	if (info->usability == TIER_USABLE_UNKNOWN)
		return "-";
	snprintf(buf, FIGURE_BYTES, "%s%s", tier_usability_name(info->usability),
		 movable && info->usability == TIER_USABLE_YES ? ", movable" : "");
	return buf;
}

static void add_node(struct table *table, const struct out *out,
		     const struct tier_node_info *info)
{
	bool knows_total = info->flags & TIER_NODE_KNOWS_TOTAL;
	bool knows_free = info->flags & TIER_NODE_KNOWS_FREE;
	char text[FIGURE_BYTES], list[LIST_SHOWN_BYTES + 1];

	table_cell(table, figure_count(true, info->node, text));
	table_cell(table, rank_text(info, text));
	table_cell(table, kind_text(info->kind));
	table_cell(table, figure_size(out, knows_total, info->total_bytes, text));
	table_cell(table, figure_size(out, knows_free, info->free_bytes, text));
	table_cell(table, list_short(info->cpus, list, sizeof(list)));
	table_cell(table, nodes_text(&info->near_nodes, list, sizeof(list)));
	table_cell(table, usable_text(info, text));
	table_cell(table, *info->dax ? info->dax : "-");
}

static const struct column node_columns[] = {
	{ "NODE", COLUMN_RIGHT, NULL },
	{ "TIER", COLUMN_RIGHT, NULL },
	{ "KIND", 0, kind_tint },
	{ "TOTAL", COLUMN_RIGHT, NULL },
	{ "FREE", COLUMN_RIGHT, NULL },
	{ "CPUS", 0, NULL },
	{ "NEAR", 0, NULL },
	{ "USABLE", 0, usable_tint },
	{ "DAX", COLUMN_IF_KNOWN, NULL },
	{ 0 },
};

static void add_figures(struct table *table, const struct out *out,
			const struct tier_node_info *info)
{
	const struct tier_perf *perf = &info->perf;
	bool knows_tier = info->flags & TIER_NODE_KNOWS_KERNEL_TIER;
	bool knows_weight = info->flags & TIER_NODE_KNOWS_WEIGHT;
	char text[FIGURE_BYTES];

	table_cell(table, figure_count(true, info->node, text));
	for (int figure = 0; figure < TIER_FIGURES; figure++) {
		bool known = knows_figure(perf, figure);

		table_cell(table,
			   figure < TIER_READ_LATENCY ?
				   figure_rate(out, known, perf->value[figure], text) :
				   figure_time(out, known, perf->value[figure], text));
	}
	table_cell(table, perf->known ? tier_source_name(perf->why.source) : "-");
	table_cell(table, figure_count(knows_tier, info->kernel_tier, text));
	table_cell(table, figure_count(knows_weight, info->weight, text));
}

static const struct column figure_columns[] = {
	{ "NODE", COLUMN_RIGHT, NULL },
	{ "READ BW", COLUMN_RIGHT, NULL },
	{ "WRITE BW", COLUMN_RIGHT, NULL },
	{ "READ LAT", COLUMN_RIGHT, NULL },
	{ "WRITE LAT", COLUMN_RIGHT, NULL },
	{ "FROM", 0, NULL },
	{ "KERNEL TIER", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
	{ "WEIGHT", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
	{ 0 },
};

static void add_rows(struct table *table, const struct out *out,
		     const struct tier_topology *topology, add_row *add)
{
	struct tier_nodeset nodes;
	struct tier_node_info info;

	tier_topology_nodes(topology, &nodes);
	for_each_node(node, &nodes)
		if (!tier_node_get(topology, (unsigned int)node, &info, sizeof(info)))
			add(table, out, &info);
}

static void print_nodes(struct out *out, const struct tier_topology *topology)
{
	struct table table;

	table_begin(&table, node_columns);
	add_rows(&table, out, topology, add_node);
	out_text(out, "\n");
	table_end(&table, out);

	table_begin(&table, figure_columns);
	add_rows(&table, out, topology, add_figures);
	out_text(out, "\n");
	table_end(&table, out);
}

/* ---- losses ------------------------------------------------------------------- */

static bool has_losses(const struct tier_node_info *info)
{
	for (int loss = 0; loss < TIER_LOSSES; loss++)
		if (info->losses.bytes[loss])
			return true;
	return false;
}

static void add_losses(struct table *table, const struct out *out,
		       const struct tier_node_info *info)
{
	char text[FIGURE_BYTES];

	if (!has_losses(info))
		return;
	table_cell(table, figure_count(true, info->node, text));
	for (int loss = 0; loss < TIER_LOSSES; loss++)
		table_cell(table, figure_size(out, knows_loss(&info->losses, loss),
					      info->losses.bytes[loss], text));
}

static void print_losses(struct out *out, const struct tier_topology *topology)
{
	static const struct column columns[] = {
		{ "NODE", COLUMN_RIGHT, NULL },	    { "UNALIGNED", COLUMN_RIGHT, NULL },
		{ "SKIPPED", COLUMN_RIGHT, NULL },  { "FAILED", COLUMN_RIGHT, NULL },
		{ "POISONED", COLUMN_RIGHT, NULL }, { 0 },
	};
	struct table table;

	table_begin(&table, columns);
	add_rows(&table, out, topology, add_losses);
	if (table.count)
		out_text(out, "\n");
	table_end(&table, out);
}

/* ---- distances ---------------------------------------------------------------- */

/* Nodes that have a row in the kernel's matrix. */
static struct tier_nodeset nodes_with_distance(const struct tier_topology *topology)
{
	struct tier_nodeset nodes, with;

	tier_topology_nodes(topology, &nodes);
	tier_nodeset_zero(&with);
	for_each_node(node, &nodes) {
		unsigned int self = (unsigned int)node;

		if (tier_node_distance(topology, self, self) >= 0)
			(void)tier_nodeset_add(&with, self);
	}
	return with;
}

static void print_row(struct out *out, const struct tier_topology *topology,
		      const struct tier_nodeset *nodes, int from)
{
	out_text(out, "%s%8d%s", out_tint(out, TINT_BOLD), from,
		 out_plain(out, TINT_BOLD));
	for_each_node(to, nodes) {
		int distance = tier_node_distance(topology, (unsigned int)from,
						  (unsigned int)to);

		if (distance < 0)
			out_text(out, "%4s", "-");
		else
			out_text(out, "%4d", distance);
	}
	out_text(out, "\n");
}

static void print_matrix(struct out *out, const struct tier_topology *topology,
			 const struct tier_nodeset *nodes)
{
	out_text(out, "\n%sDISTANCE", out_tint(out, TINT_BOLD));
	for_each_node(node, nodes)
		out_text(out, "%4d", node);
	out_text(out, "%s\n", out_plain(out, TINT_BOLD));
	for_each_node(node, nodes)
		print_row(out, topology, nodes, node);
}

static void print_distances(struct out *out, const struct tier_topology *topology,
			    bool all)
{
	struct tier_nodeset nodes = nodes_with_distance(topology);
	int count = tier_nodeset_count(&nodes);

	if (count < 2)
		return;
	if (all || count <= MATRIX_NODES)
		print_matrix(out, topology, &nodes);
	else
		out_text(out, "\nDistances between %d nodes: tierctl show --distances\n",
			 count);
}

static const char *becomes(const struct tier_dax_info *dax, char buf[FIGURE_BYTES])
{
	if (dax->target_node < 0)
		return "none: kmem refuses it";
	if (dax->flags & TIER_DAX_TOO_SMALL)
		return "none: it is too small";
	snprintf(buf, FIGURE_BYTES, "%s%d",
		 dax->mode == TIER_DAX_SYSTEM_RAM ? "" : "could become node ",
		 (int)dax->target_node);
	return buf;
}

static void print_dax(struct out *out, const struct tier_topology *topology)
{
	static const struct column columns[] = {
		{ "DAX", 0, NULL },
		{ "SIZE", COLUMN_RIGHT, NULL },
		{ "MODE", 0, NULL },
		{ "STATE", COLUMN_IF_KNOWN, NULL },
		{ "KIND", 0, kind_tint },
		{ "NODE", 0, NULL },
		{ 0 },
	};
	char text[FIGURE_BYTES];
	struct table table;
	struct tier_dax_info dax;

	table_begin(&table, columns);
	for (unsigned int i = 0; !tier_dax_get(topology, i, &dax, sizeof(dax)); i++) {
		table_cell(&table, dax.name);
		table_cell(&table, figure_size(out, dax.flags & TIER_DAX_KNOWS_SIZE,
					       dax.size_bytes, text));
		table_cell(&table, dax.mode == TIER_DAX_UNKNOWN ?
					   "-" :
					   tier_dax_mode_name(dax.mode));
		table_cell(&table, *dax.state ? dax.state : "-");
		table_cell(&table, kind_text(dax.kind));
		table_cell(&table, becomes(&dax, text));
	}
	if (table.count)
		out_text(out, "\n");
	table_end(&table, out);
}

void show_tables(struct ctl *ctl, bool all_distances)
{
	struct out *out = &ctl->out;

	print_tiers(out, ctl->topology);
	print_nodes(out, ctl->topology);
	print_losses(out, ctl->topology);
	print_distances(out, ctl->topology, all_distances);
	print_dax(out, ctl->topology);
	notes_print(out, ctl->topology);
}
