// SPDX-License-Identifier: LGPL-2.1-or-later
// Weighted counts. What is not in memory is no part of the whole, and is counted apart.
#include "tally.h"

#include <errno.h>

void tally_add(struct tally *tally, int node, double weight)
{
	tally->asked++;
	if (node == -ENOENT) {
		tally->absent++;
		return;
	}
	if (node == -EFAULT) {
		tally->outside++;
		return;
	}
	if (node < 0 || (size_t)node >= tally->n_nodes) {
		tally->refused++;
		return;
	}
	tally->found++;
	tally->weight[node] += weight;
	tally->sum += weight;
	tally->squares += weight * weight;
}

void tally_points(struct tally *tally, const struct points *points, struct areas *areas)
{
	for (size_t i = 0; i < points->n; i++) {
		tally_add(tally, points->nodes[i], (double)points->weights[i]);
		cell_learn(&areas->cells[points->cells[i]], points->nodes[i] >= 0);
	}
}

double tally_size(const struct tally *tally)
{
	return tally->squares > 0 ? tally->sum * tally->sum / tally->squares : 0;
}

struct share tally_share(const struct tally *tally, const struct tier_nodeset *nodes)
{
	struct share share = { 0 };
	double weight = 0;

	for (size_t node = 0; node < tally->n_nodes; node++)
		if (tier_nodeset_has(nodes, (unsigned int)node))
			weight += tally->weight[node];
	share.value = tally->sum > 0 ? weight / tally->sum : 0;
	share.range = interval_of(share.value, tally_size(tally));
	return share;
}

static uint32_t rank_of(const struct ranks *ranks, int node)
{
	return (size_t)node < ranks->n ? ranks->rank[node] : UINT32_MAX;
}

void flow_add(struct flow *flow, const struct ranks *ranks, const int nodes[2],
	      double weight)
{
	uint32_t before, after;

	flow->asked++;
	if (nodes[0] < 0 || nodes[1] < 0) {
		flow->gone++;
		return;
	}
	before = rank_of(ranks, nodes[0]);
	after = rank_of(ranks, nodes[1]);
	flow->sum += weight;
	flow->squares += weight * weight;
	if (before == UINT32_MAX || after == UINT32_MAX)
		return;
	flow->up += after < before ? weight : 0;
	flow->down += after > before ? weight : 0;
}

struct share flow_share(const struct flow *flow, double weight)
{
	struct share share = { 0 };

	share.value = flow->sum > 0 ? weight / flow->sum : 0;
	share.range = interval_of(share.value, flow->squares > 0 ? flow->sum * flow->sum /
									   flow->squares :
								   0);
	return share;
}
