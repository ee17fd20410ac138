// SPDX-License-Identifier: LGPL-2.1-or-later
// Which memory is faster, by the best evidence there is: nodes with figures run
// against each other, the others take their place among them by the kernel's
// tiers and, last, by kind. Distance and size never count.
#include <errno.h>
#include <stdlib.h>

#include "parse.h"
#include "topology.h"

#define BIT(figure) (1U << (figure))
#define LATENCIES   (BIT(TIER_READ_LATENCY) | BIT(TIER_WRITE_LATENCY))
#define BANDWIDTHS  (BIT(TIER_READ_BANDWIDTH) | BIT(TIER_WRITE_BANDWIDTH))

/* By which figures nodes are compared. Latency over bandwidth is the kernel's own
 * measure (mm/memory-tiers.c, mt_perf_to_adistance). */
struct criterion {
	const char *words;
	uint32_t latencies;  /* of these the mean, */
	uint32_t bandwidths; /* divided by the mean of these */
};

static const struct criterion criteria[] = {
	{ "latency / bandwidth", LATENCIES, BANDWIDTHS },
	{ "1 / bandwidth", 0, BANDWIDTHS },
	{ "latency", LATENCIES, 0 },
};

/* A node and how slow it is, in a unit that only compares. */
struct runner {
	struct tier_node_info *node;
	double slowness;
};

struct race {
	struct tier_topology *t;
	struct runner *runners;
	size_t count;
};

static bool takes_part(const struct tier_node_info *node)
{
	return node->flags & TIER_NODE_HAS_MEMORY && node->kind != TIER_KIND_GPU;
}

static bool is_ranked(const struct tier_node_info *node)
{
	return node->flags & TIER_NODE_KNOWS_RANK;
}

static void give_rank(struct tier_node_info *node, uint32_t rank, enum tier_source source,
		      const char *words)
{
	node->rank = rank;
	node->flags |= TIER_NODE_KNOWS_RANK;
	node->rank_why = (struct tier_evidence){ source, words };
}

static int by_slowness(const void *a, const void *b)
{
	const struct runner *x = a, *y = b;

	if (x->slowness != y->slowness)
		return x->slowness < y->slowness ? -1 : 1;
	return (x->node->node > y->node->node) - (x->node->node < y->node->node);
}

/* ---- figures ------------------------------------------------------------------- */

static bool can_answer(const struct tier_node_info *node,
		       const struct criterion *criterion)
{
	return (!criterion->latencies || node->perf.known & criterion->latencies) &&
	       (!criterion->bandwidths || node->perf.known & criterion->bandwidths);
}

/* As far as they are known; 1 of no figures. */
static double mean_of(const struct tier_perf *perf, uint32_t figures)
{
	double sum = 0;
	int count = 0;

	if (!figures)
		return 1;
	for (int i = 0; i < TIER_FIGURES; i++) {
		if (!(perf->known & figures & BIT(i)))
			continue;
		sum += (double)perf->value[i];
		count++;
	}
	return sum / count;
}

static double slowness(const struct tier_perf *perf, const struct criterion *criterion)
{
	return mean_of(perf, criterion->latencies) / mean_of(perf, criterion->bandwidths);
}

/* The first criterion that every node with figures can answer; where there is
 * none, the first, and those that cannot answer run by other evidence. */
static const struct criterion *find_criterion(const struct tier_topology *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(criteria); i++) {
		bool all = true;

		for (size_t k = 0; k < t->n_nodes; k++)
			if (takes_part(&t->nodes[k]) && t->nodes[k].perf.known)
				all &= can_answer(&t->nodes[k], &criteria[i]);
		if (all)
			return &criteria[i];
	}
	return &criteria[0];
}

/* Those of the figures that all have who have any of them: a node's reading must not
 * be held against the mean of another's reading and writing. All, if there is none. */
static uint32_t common_figures(const struct tier_topology *t, uint32_t figures)
{
	uint32_t common = figures;

	for (size_t i = 0; i < t->n_nodes; i++)
		if (takes_part(&t->nodes[i]) && t->nodes[i].perf.known & figures)
			common &= t->nodes[i].perf.known;
	return common ? common : figures;
}

static struct criterion common_criterion(const struct tier_topology *t)
{
	struct criterion criterion = *find_criterion(t);

	criterion.latencies = common_figures(t, criterion.latencies);
	criterion.bandwidths = common_figures(t, criterion.bandwidths);
	return criterion;
}

/* A tier begins where a node is not alike its tier's fastest one. */
static int rank_by_figures(struct race *race)
{
	const struct criterion criterion = common_criterion(race->t);
	double first = 0;
	uint32_t rank = 0;
	int ret = 0;

	race->count = 0;
	for (size_t i = 0; i < race->t->n_nodes; i++) {
		struct tier_node_info *node = &race->t->nodes[i];

		if (!takes_part(node) || !node->perf.known ||
		    !can_answer(node, &criterion))
			continue;
		race->runners[race->count++] =
			(struct runner){ node, slowness(&node->perf, &criterion) };
	}
	qsort(race->runners, race->count, sizeof(*race->runners), by_slowness);
	for (size_t i = 0; i < race->count; i++) {
		struct runner *runner = &race->runners[i];
		double ratio = runner->slowness / race->runners[0].slowness;

		if (!i)
			first = runner->slowness;
		if (!figures_alike(first, runner->slowness)) {
			first = runner->slowness;
			rank++;
		}
		give_rank(runner->node, rank, TIER_SOURCE_PERFORMANCE,
			  topology_text(race->t, &ret,
					"%s: %.2f times the fastest node's",
					criterion.words, ratio));
	}
	return ret;
}

/* ---- taking a place among the ranked ----------------------------------------------- */

/* Other evidence: an order of its own, smaller is faster, that may not know
 * every node. */
struct evidence {
	enum tier_source source;
	/* One rank for all memory is what it says too when it knows nothing. */
	bool must_differ;
	const char *words;
	bool (*order)(const struct tier_topology *t, const struct tier_node_info *node,
		      uint32_t *key);
};

static bool kernel_order(const struct tier_topology *t, const struct tier_node_info *node,
			 uint32_t *key)
{
	(void)t;
	*key = node->kernel_tier;
	return node->flags & TIER_NODE_KNOWS_KERNEL_TIER;
}

static bool hwloc_order(const struct tier_topology *t, const struct tier_node_info *node,
			uint32_t *key)
{
	const struct node_fact *seen = facts_node(&t->witness, node->node);
	uint64_t tier;

	if (!seen || !seen->hwloc_tier || parse_u64(seen->hwloc_tier, &tier) ||
	    tier >= TIER_MAX_NODES)
		return false;
	*key = (uint32_t)tier;
	return true;
}

static bool kind_order(const struct tier_topology *t, const struct tier_node_info *node,
		       uint32_t *key)
{
	static const uint32_t order[] = {
		[TIER_KIND_HBM] = 1,
		[TIER_KIND_DRAM] = 2,
		[TIER_KIND_CXL] = 3,
		[TIER_KIND_PMEM] = 4,
	};

	(void)t;
	*key = order[node->kind];
	return node->kind != TIER_KIND_UNKNOWN;
}

/* The better first. */
static const struct evidence evidences[] = {
	{ TIER_SOURCE_KERNEL_TIER, true, "the kernel's memory tiers, smaller is faster",
	  kernel_order },
	{ TIER_SOURCE_HWLOC, true, "hwloc's memory tiers (2.10), smaller is faster",
	  hwloc_order },
	{ TIER_SOURCE_KIND_ORDER, false,
	  "by kind for want of figures: HBM, DRAM, CXL, pmem", kind_order },
};

static bool tells_apart(const struct tier_topology *t, const struct evidence *evidence)
{
	uint32_t first = 0, key;
	bool any = false;

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];

		if (!takes_part(node) || !evidence->order(t, node, &key))
			continue;
		if (any && key != first)
			return true;
		first = key;
		any = true;
	}
	return false;
}

/* The first rank behind every ranked node that the evidence has in front. */
static uint32_t rank_behind(const struct tier_topology *t,
			    const struct evidence *evidence, uint32_t key)
{
	uint32_t behind = 0, other;

	for (size_t i = 0; i < t->n_nodes; i++)
		if (is_ranked(&t->nodes[i]) && evidence->order(t, &t->nodes[i], &other) &&
		    other < key && t->nodes[i].rank >= behind)
			behind = t->nodes[i].rank + 1;
	return behind;
}

/* Join the first tier from `behind` on that holds an equal, or open one there. */
static uint32_t join_or_open(struct tier_topology *t, const struct evidence *evidence,
			     uint32_t key, uint32_t behind)
{
	const struct tier_node_info *equal = NULL;
	uint32_t other;

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];

		if (is_ranked(node) && node->rank >= behind &&
		    evidence->order(t, node, &other) && other == key &&
		    (!equal || node->rank < equal->rank))
			equal = node;
	}
	if (equal)
		return equal->rank;
	for (size_t i = 0; i < t->n_nodes; i++)
		if (is_ranked(&t->nodes[i]) && t->nodes[i].rank >= behind)
			t->nodes[i].rank++;
	return behind;
}

static void rank_by_evidence(struct race *race, const struct evidence *evidence)
{
	uint32_t last_key = 0, rank = 0;

	race->count = 0;
	if (evidence->must_differ && !tells_apart(race->t, evidence))
		return;
	for (size_t i = 0; i < race->t->n_nodes; i++) {
		struct tier_node_info *node = &race->t->nodes[i];
		uint32_t key;

		if (takes_part(node) && !is_ranked(node) &&
		    evidence->order(race->t, node, &key))
			race->runners[race->count++] = (struct runner){ node, key };
	}
	qsort(race->runners, race->count, sizeof(*race->runners), by_slowness);
	for (size_t i = 0; i < race->count; i++) {
		struct runner *runner = &race->runners[i];
		uint32_t key = (uint32_t)runner->slowness;

		/* Equals come together: the first one's place is theirs. */
		if (!i || key != last_key)
			rank = join_or_open(race->t, evidence, key,
					    rank_behind(race->t, evidence, key));
		last_key = key;
		give_rank(runner->node, rank, evidence->source, evidence->words);
	}
}

/* ---- the rest -------------------------------------------------------------------------- */

static void explain_unranked(struct tier_node_info *node)
{
	if (is_ranked(node))
		return;
	if (takes_part(node))
		node->rank_why.text =
			"no figures, no kernel tiers that differ, no kind to rank it by";
	else if (node->kind == TIER_KIND_GPU)
		node->rank_why.text = "a GPU's memory is not ranked";
	else
		node->rank_why.text = "no memory to rank";
}

/* Memory that is alone needs no evidence. */
static void rank_only_node(struct tier_topology *t)
{
	struct tier_node_info *only = NULL;

	for (size_t i = 0; i < t->n_nodes; i++) {
		if (!takes_part(&t->nodes[i]))
			continue;
		if (only)
			return;
		only = &t->nodes[i];
	}
	if (only && !is_ranked(only))
		give_rank(only, 0, TIER_SOURCE_KERNEL, "the only node with memory");
}

int conclude_ranks(struct tier_topology *t)
{
	struct race race = { .t = t };
	int ret;

	race.runners = arena_array(&t->arena, t->n_nodes, sizeof(*race.runners));
	if (!race.runners)
		return -ENOMEM;
	ret = rank_by_figures(&race);
	if (ret)
		return ret;
	for (size_t i = 0; i < ARRAY_SIZE(evidences); i++)
		rank_by_evidence(&race, &evidences[i]);
	rank_only_node(t);
	for (size_t i = 0; i < t->n_nodes; i++)
		explain_unranked(&t->nodes[i]);
	return 0;
}
