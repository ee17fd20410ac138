// SPDX-License-Identifier: LGPL-2.1-or-later
// "reclaim:dram=1G": how much each node is to give up. Pure.
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "diag.h"
#include "nodeset.h"
#include "parse.h"
#include "remarks.h"
#include "selector.h"
#include "topology.h"
#include "wish.h"

/* The kernel reclaims whole pages. */
#define PAGE 4096ull

struct amount {
	struct tier_nodeset nodes;
	uint64_t bytes;
};

static int parse_amount(const struct wish *wish, const char *value, struct amount *amount)
{
	const char *equals = strrchr(value, '=');
	struct selector_span span = { value, value, 0 };
	struct selector selector;
	int ret;

	if (!equals || parse_figure(equals + 1, units_bytes, &amount->bytes) ||
	    amount->bytes < PAGE)
		return diag_set(
			wish->diag, -EINVAL,
			"'%.60s': expected an amount of at least %llu bytes, such "
			"as 512M",
			equals ? equals + 1 : value, PAGE);
	span.len = (size_t)(equals - value);
	ret = selector_parse(span, &wish->plan->arena, &selector, wish->diag);
	return ret ? ret : selector_match(&selector, wish->t, &amount->nodes, wish->diag);
}

/* 0 where nothing is known, as nothing can be taken there then. */
static uint64_t used_bytes(const struct tier_topology *t, int id)
{
	const struct tier_node_info *node = topology_node(t, (unsigned int)id);
	const uint32_t both = TIER_NODE_KNOWS_TOTAL | TIER_NODE_KNOWS_FREE;

	if ((node->flags & both) != both || node->free_bytes > node->total_bytes)
		return 0;
	return node->total_bytes - node->free_bytes;
}

static int order(struct wish *wish, int id, uint64_t bytes)
{
	const struct node_switches *now = switches_node(wish->now, (unsigned int)id);
	char wants[24];
	const struct turn turn = {
		.file = &now->reclaim,
		.kind = TIER_STEP_ORDER,
		.wants = wants,
		.why = "so many bytes of the node are demoted, dropped or swapped out",
		.since = "this kernel cannot reclaim from one node (Linux 6.17)",
		.node = (unsigned int)id,
	};

	snprintf(wants, sizeof(wants), "%" PRIu64, bytes);
	return wish_turn(wish, &turn);
}

/* Each node its part of the amount, by what is used there. */
static int order_all(struct wish *wish, const struct amount *amount)
{
	uint64_t used = 0;

	for_each_node(node, &amount->nodes)
		used += used_bytes(wish->t, node);
	if (!used)
		return diag_set(wish->diag, -ENXIO,
				"nothing is known to be used there, so there is nothing "
				"to reclaim");
	for_each_node(node, &amount->nodes) {
		double part = (double)used_bytes(wish->t, node) / (double)used;
		uint64_t bytes = (uint64_t)(part * (double)amount->bytes) / PAGE * PAGE;
		int ret = bytes ? order(wish, node, bytes) : 0;

		if (ret)
			return ret;
	}
	return 0;
}

static int remark_where_to(struct wish *wish, const struct tier_nodeset *nodes)
{
	struct tier_nodeset last = { 0 };

	if (wish->now->demotion.text && strcmp(wish->now->demotion.text, "true") != 0)
		return plan_add_remark(wish->plan,
				       "demotion is off, so pages are dropped or swapped "
				       "out, and not demoted");
	for_each_node(id, nodes) {
		const struct tier_node_info *node =
			topology_node(wish->t, (unsigned int)id);

		if (node->flags & TIER_NODE_KNOWS_RANK &&
		    node->rank + 1 == wish->t->n_tiers)
			(void)tier_nodeset_add(&last, node->node);
	}
	return remark_nodes(wish->plan, &last,
			    "in the slowest tier, so pages are dropped or swapped out");
}

int wish_reclaim(struct wish *wish, const char *value)
{
	struct amount amount = { 0 };
	int ret = parse_amount(wish, value, &amount);

	if (!ret)
		ret = order_all(wish, &amount);
	return ret ? ret : remark_where_to(wish, &amount.nodes);
}
