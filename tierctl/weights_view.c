// SPDX-License-Identifier: GPL-2.0-or-later
// Weights as shares of what is interleaved, by node and by tier. Sets none.
#include <errno.h>

#include "json.h"
#include "kinds.h"
#include "nodeset.h"
#include "table.h"
#include "weights.h"

/* The weight that a step leaves; 0: the kernel decides. */
static uint32_t weight_of(const struct tier_step *step)
{
	/* A 0 is taken for the kernel's own weight, which is 1 (6.9 to 6.15). */
	if (step->kind == TIER_STEP_ORDER)
		return 1;
	return step->weight;
}

static void take_steps(struct weights *weights, const struct tier_plan *plan)
{
	struct tier_step step;

	for (unsigned int i = 0; !tier_plan_step(plan, i, &step, sizeof(step)); i++) {
		for_each_node(node, &step.nodes)
			weights->then[node] = weight_of(&step);
		weights->changes |= tier_nodeset_count(&step.nodes) > 0;
		/* `auto` is no node's. */
		weights->is_open |= !tier_nodeset_count(&step.nodes) &&
				    step.wants[0] == 't';
	}
}

void weights_read(struct weights *weights, const struct tier_topology *topology,
		  const struct tier_plan *plan)
{
	struct tier_nodeset nodes;
	struct tier_node_info info;

	*weights = (struct weights){ .topology = topology };
	tier_topology_nodes(topology, &nodes);
	for_each_node(node, &nodes) {
		if (tier_node_get(topology, (unsigned int)node, &info, sizeof(info)) ||
		    !(info.flags & TIER_NODE_KNOWS_WEIGHT))
			continue;
		(void)tier_nodeset_add(&weights->nodes, info.node);
		weights->now[node] = info.weight;
		weights->then[node] = info.weight;
		if (info.flags & TIER_NODE_HAS_MEMORY)
			(void)tier_nodeset_add(&weights->used, info.node);
	}
	if (plan)
		take_steps(weights, plan);
	for_each_node(node, &weights->used)
		weights->sum += weights->then[node];
}

static uint64_t sum_of(const struct weights *weights, const struct tier_nodeset *nodes)
{
	const struct tier_nodeset used = nodeset_and(nodes, &weights->used);
	uint64_t sum = 0;

	for_each_node(node, &used)
		sum += weights->then[node];
	return sum;
}

static const char *share_text(const struct weights *weights, uint64_t part,
			      char buf[FIGURE_BYTES])
{
	if (weights->is_open || !part)
		return figure_count(false, 0, buf);
	return figure_share(part, weights->sum, buf);
}

static const struct column node_columns[] = {
	{ "NODE", COLUMN_RIGHT, NULL },
	{ "TIER", COLUMN_RIGHT, NULL },
	{ "KIND", 0, kind_tint },
	{ "WEIGHT", COLUMN_RIGHT, NULL },
	{ "THEN", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
	{ "SHARE", COLUMN_RIGHT, NULL },
	{ 0 },
};

static void print_nodes(struct out *out, const struct weights *weights)
{
	struct tier_node_info info;
	char text[FIGURE_BYTES];
	struct table table;

	table_begin(&table, node_columns);
	for_each_node(node, &weights->nodes) {
		uint32_t then = weights->then[node];
		bool used = tier_nodeset_has(&weights->used, (unsigned int)node);

		if (tier_node_get(weights->topology, (unsigned int)node, &info,
				  sizeof(info)))
			continue;
		table_cell(&table, figure_count(true, info.node, text));
		table_cell(&table, rank_text(&info, text));
		table_cell(&table, kind_text(info.kind));
		table_cell(&table, figure_count(true, weights->now[node], text));
		table_cell(&table, figure_count(weights->changes && !weights->is_open,
						then, text));
		table_cell(&table, share_text(weights, used ? then : 0, text));
	}
	table_end(&table, out);
}

static void print_tiers(struct out *out, const struct weights *weights)
{
	static const struct column columns[] = {
		{ "TIER", COLUMN_RIGHT, NULL },
		{ "KIND", 0, kind_tint },
		{ "NODES", 0, NULL },
		{ "SHARE", COLUMN_RIGHT, NULL },
		{ 0 },
	};
	char text[FIGURE_BYTES], kinds[KINDS_BYTES], nodes[2 * LIST_SHOWN_BYTES];
	struct table table;
	struct tier_info tier;

	table_begin(&table, columns);
	for (unsigned int i = 0; !tier_get(weights->topology, i, &tier, sizeof(tier));
	     i++) {
		table_cell(&table, figure_count(true, tier.rank, text));
		table_cell(&table, kinds_text(weights->topology, &tier.nodes, kinds));
		table_cell(&table, nodes_text(&tier.nodes, nodes, sizeof(nodes)));
		table_cell(&table,
			   share_text(weights, sum_of(weights, &tier.nodes), text));
	}
	table_end(&table, out);
}

void weights_print(struct out *out, const struct weights *weights)
{
	print_nodes(out, weights);
	out_text(out, "\n");
	print_tiers(out, weights);
}

/* A share of 1, or null. */
static void json_share(struct out *out, struct json_object *in,
		       const struct weights *weights, uint64_t part)
{
	char text[FIGURE_BYTES];
	double share;

	if (weights->is_open || !part || !weights->sum) {
		js_null(out, in, "share");
		return;
	}
	share = (double)part / (double)weights->sum;
	snprintf(text, sizeof(text), "%.4f", share);
	js_figure(out, in, "share", share, text);
}

void weights_json(struct out *out, struct json_object *in, const struct weights *weights)
{
	struct json_object *list = js_list(out, in, "nodes");
	struct tier_info tier;

	for_each_node(node, &weights->nodes) {
		struct json_object *entry = js_item(out, list);
		const uint64_t then = weights->then[node];
		bool used = tier_nodeset_has(&weights->used, (unsigned int)node);

		js_number(out, entry, "node", (uint64_t)node);
		js_number(out, entry, "weight", weights->now[node]);
		js_known(out, entry, "then", weights->is_open ? NULL : &then);
		json_share(out, entry, weights, used ? then : 0);
	}
	list = js_list(out, in, "tiers");
	for (unsigned int i = 0; !tier_get(weights->topology, i, &tier, sizeof(tier));
	     i++) {
		struct json_object *entry = js_item(out, list);

		js_number(out, entry, "tier", tier.rank);
		js_nodes(out, entry, "nodes", &tier.nodes);
		json_share(out, entry, weights, sum_of(weights, &tier.nodes));
	}
}

/* The nodes that are to have the same weight as `first`. */
static struct tier_nodeset alike(const struct weights *weights, int first)
{
	struct tier_nodeset same = { 0 };

	for_each_node(node, &weights->nodes)
		if (weights->then[node] == weights->then[first])
			(void)tier_nodeset_add(&same, (unsigned int)node);
	return same;
}

int weights_spec(const struct weights *weights, struct strbuf *spec)
{
	struct tier_nodeset left = weights->nodes;
	int ret = 0;

	for (int node; !ret && (node = tier_nodeset_next(&left, -1)) >= 0;) {
		const struct tier_nodeset same = alike(weights, node);
		char list[NODES_TEXT_BYTES];

		tier_nodeset_format(&same, list, sizeof(list));
		ret = strbuf_printf(spec, "%snode:%s=%u", spec->len ? "," : "", list,
				    weights->then[node]);
		left = nodeset_minus(&left, &same);
	}
	return ret;
}
