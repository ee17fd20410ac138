// SPDX-License-Identifier: LGPL-2.1-or-later
// Words for the weights of weighted interleave: given, in a ratio, by bandwidth, or the
// kernel's own again. Pure.
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "nodeset.h"
#include "parse.h"
#include "policy.h"
#include "remarks.h"
#include "topology.h"
#include "wish.h"

static const char weights_since[] = "this kernel has no weighted interleave (Linux 6.9)";

/* ---- turning weights ------------------------------------------------------------- */

/* 6.16: while the kernel sets them itself, what is written to one node makes the others
 * stay as they are; it is turned off aloud. */
static int turn_auto_off(struct wish *wish)
{
	const struct turn turn = {
		.file = &wish->now->auto_weights,
		.kind = TIER_STEP_SWITCH,
		.wants = "false",
		.why = "the kernel no longer sets the weights itself",
	};

	return wish->now->auto_weights.text ? wish_turn(wish, &turn) : 0;
}

static int turn_weight(struct wish *wish, unsigned int node, uint32_t weight)
{
	const struct node_switches *now = switches_node(wish->now, node);
	char wants[16], why[64];
	struct turn turn = {
		.kind = TIER_STEP_SWITCH,
		.wants = wants,
		.why = why,
		.since = weights_since,
		.node = node,
		.weight = weight,
	};

	if (!now)
		return diag_set(wish->diag, -ENXIO, "there is no node %u", node);
	turn.file = &now->weight;
	snprintf(wants, sizeof(wants), "%u", weight);
	snprintf(why, sizeof(why), "%u page%s in each round on node %u", weight,
		 weight == 1 ? "" : "s", node);
	return wish_turn(wish, &turn);
}

/* ---- weights:SEL=N,... ------------------------------------------------------------- */

struct given {
	struct tier_nodeset nodes;
	uint32_t weight[TIER_MAX_NODES];
};

static int take_part(const struct wish *wish, const struct policy_part *part,
		     struct given *given)
{
	struct tier_nodeset nodes, twice;
	int ret = selector_match(&part->selector, wish->t, &nodes, wish->diag);

	if (ret)
		return ret;
	twice = nodeset_and(&nodes, &given->nodes);
	if (!nodeset_is_empty(&twice))
		return diag_set(wish->diag, -EINVAL, "'%s': node %d has a weight already",
				part->selector.text, tier_nodeset_next(&twice, -1));
	given->nodes = nodeset_or(&given->nodes, &nodes);
	for_each_node(node, &nodes)
		given->weight[node] = part->weight;
	return 0;
}

static int turn_given(struct wish *wish, const struct given *given)
{
	int ret = turn_auto_off(wish);

	for (int node = -1; !ret && (node = tier_nodeset_next(&given->nodes, node)) >= 0;)
		ret = turn_weight(wish, (unsigned int)node, given->weight[node]);
	return ret;
}

/* The grammar is the one of "weighted:". */
static int parse_given(const struct wish *wish, const char *value, struct given *given)
{
	struct tier_policy *policy = NULL;
	char *text = arena_printf(&wish->plan->arena, "weighted:%s", value);
	int ret = text ? tier_policy_parse(text, &policy, wish->diag) : -ENOMEM;

	for (size_t i = 0; !ret && i < policy->count; i++)
		ret = take_part(wish, &policy->parts[i], given);
	tier_policy_free(policy);
	return ret;
}

static int set_weights(struct wish *wish, const char *value)
{
	struct given *given = calloc(1, sizeof(*given));
	int ret = given ? parse_given(wish, value, given) : -ENOMEM;

	if (!ret)
		ret = turn_given(wish, given);
	free(given);
	return ret;
}

/* ---- in the ratio of figures --------------------------------------------------------- */

static int turn_shares(struct wish *wish, struct share *shares, size_t count)
{
	double error = shares_weigh(shares, count);
	int ret = turn_auto_off(wish);

	for (size_t i = 0; !ret && i < count; i++)
		ret = turn_weight(wish, shares[i].node, shares[i].weight);
	if (ret)
		return ret;
	return plan_add_remark(wish->plan,
			       "no share is off its bandwidth's by more than %.1f "
			       "percentage points; rounded toward the fastest",
			       error * 100);
}

/* The next "NODE=FIGURE" of *at. */
static int parse_share(const struct wish *wish, const char **at, struct share *share)
{
	uint64_t node;

	if (parse_digits(at, &node) || node >= TIER_MAX_NODES || *(*at)++ != '=' ||
	    parse_digits(at, &share->figure) || !share->figure || (**at && **at != ','))
		return diag_set(wish->diag, -EINVAL,
				"expected NODE=FIGURE,..., such as 0=38000,2=9000");
	share->node = (unsigned int)node;
	*at += **at == ',';
	return 0;
}

int wish_shares(struct wish *wish, const char *value)
{
	struct tier_nodeset seen = { 0 };
	struct share *shares;
	size_t count = 0;

	shares = arena_array(&wish->plan->arena, TIER_MAX_NODES, sizeof(*shares));
	if (!shares)
		return -ENOMEM;
	do {
		int ret = parse_share(wish, &value, &shares[count]);

		if (ret)
			return ret;
		if (tier_nodeset_has(&seen, shares[count].node))
			return diag_set(wish->diag, -EINVAL, "node %u is there twice",
					shares[count].node);
		(void)tier_nodeset_add(&seen, shares[count++].node);
	} while (*value);
	return turn_shares(wish, shares, count);
}

/* ---- weights:auto ---------------------------------------------------------------------- */

/* The bandwidths that a node may be weighed by, the best first. */
static const uint32_t measures[] = {
	1u << TIER_READ_BANDWIDTH | 1u << TIER_WRITE_BANDWIDTH,
	1u << TIER_READ_BANDWIDTH,
	1u << TIER_WRITE_BANDWIDTH,
};

static uint64_t bandwidth(const struct tier_perf *perf, uint32_t measure)
{
	uint64_t read = perf->value[TIER_READ_BANDWIDTH];
	uint64_t write = perf->value[TIER_WRITE_BANDWIDTH];

	if ((perf->known & measure) != measure)
		return 0;
	if (measure == measures[0])
		return read / 2 + write / 2;
	return measure == measures[1] ? read : write;
}

/* Usable nodes by one measure; those that lack it go to `without`. */
static size_t measure_nodes(const struct wish *wish, uint32_t measure,
			    struct share *shares, struct tier_nodeset *without)
{
	size_t count = 0;

	tier_nodeset_zero(without);
	for (size_t i = 0; i < wish->t->n_nodes; i++) {
		const struct tier_node_info *node = &wish->t->nodes[i];
		uint64_t figure = bandwidth(&node->perf, measure);

		if (node->usability != TIER_USABLE_YES)
			continue;
		if (figure)
			shares[count++] =
				(struct share){ .node = node->node, .figure = figure };
		else
			(void)tier_nodeset_add(without, node->node);
	}
	return count;
}

/* The measure that the most nodes have, so that all are weighed by the same. */
static size_t best_measure(const struct wish *wish, struct share *shares,
			   struct tier_nodeset *without)
{
	size_t best = 0, most = 0;

	for (size_t i = 0; i < ARRAY_SIZE(measures); i++) {
		size_t count = measure_nodes(wish, measures[i], shares, without);

		if (count > most) {
			most = count;
			best = i;
		}
	}
	return measure_nodes(wish, measures[best], shares, without);
}

static int set_by_bandwidth(struct wish *wish)
{
	struct tier_nodeset without;
	struct share *shares;
	char list[64];
	size_t count;
	int ret;

	shares = arena_array(&wish->plan->arena, wish->t->n_nodes, sizeof(*shares));
	if (!shares)
		return -ENOMEM;
	count = best_measure(wish, shares, &without);
	if (count < 2)
		return diag_set(wish->diag, -ENODATA,
				"the bandwidth of node %s is not known, so there is no "
				"ratio; measure it, or tell it in TIERKIT_NODES",
				nodeset_brief(&without, list, sizeof(list)));
	ret = remark_nodes(wish->plan, &without,
			   "its bandwidth is not known, so its weight stays");
	return ret ? ret : turn_shares(wish, shares, count);
}

/* ---- weights:reset ----------------------------------------------------------------------- */

/* Without bandwidths the kernel answers ENODEV to "true" (mm/mempolicy.c). */
static bool kernel_knows_bandwidths(const struct tier_topology *t)
{
	for (size_t i = 0; i < t->n_nodes; i++)
		if (bandwidth(&t->nodes[i].perf, measures[1]) &&
		    t->nodes[i].perf.why.source != TIER_SOURCE_USER)
			return true;
	return false;
}

static int turn_auto_on(struct wish *wish)
{
	const struct turn turn = {
		.file = &wish->now->auto_weights,
		.kind = TIER_STEP_SWITCH,
		.wants = "true",
		.why = "the kernel sets the weights by its own table of bandwidths",
	};

	return wish_turn(wish, &turn);
}

/* 6.9 to 6.15 take a 0 for their own weight, 6.16 refuses it and knows `auto`. */
static int reset_node(struct wish *wish, const struct node_switches *now)
{
	const struct turn turn = {
		.file = &now->weight,
		.kind = TIER_STEP_ORDER,
		.wants = "0",
		.why = "the kernel's own weight again, which is 1",
		.since = weights_since,
		.node = now->node,
	};

	if (now->weight.text && !strcmp(now->weight.text, "1"))
		return 0;
	if (wish->now->auto_weights.text)
		return turn_weight(wish, now->node, 1);
	return wish_turn(wish, &turn);
}

static int reset_weights(struct wish *wish)
{
	bool has_auto = wish->now->auto_weights.text;
	size_t weights = 0;
	int ret = 0;

	if (has_auto && kernel_knows_bandwidths(wish->t))
		return turn_auto_on(wish);
	/* A node that is not online may have none, when others have. */
	for (size_t i = 0; !ret && i < wish->now->n_nodes; i++) {
		if (wish->now->nodes[i].weight.error == -ENOENT)
			continue;
		weights++;
		ret = reset_node(wish, &wish->now->nodes[i]);
	}
	if (!weights && wish->now->n_nodes)
		return reset_node(wish, &wish->now->nodes[0]);
	return ret;
}

int wish_weights(struct wish *wish, const char *value)
{
	if (!strcmp(value, "auto"))
		return set_by_bandwidth(wish);
	if (!strcmp(value, "reset"))
		return reset_weights(wish);
	return set_weights(wish, value);
}
