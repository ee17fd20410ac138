// SPDX-License-Identifier: GPL-2.0-or-later
// The one place where it is decided whether memory lies as asked.
#include "place.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct place place_node(unsigned int node)
{
	struct place place = { .count = 1, .node = { node }, .weight = { 1 } };

	(void)snprintf(place.text, sizeof(place.text), "node:%u", node);
	return place;
}

int place_add(struct place *place, unsigned int node, unsigned int weight)
{
	size_t len = strlen(place->text);

	if (place->count == PLACE_NODES)
		return -E2BIG;
	place->node[place->count] = node;
	place->weight[place->count++] = weight;
	(void)snprintf(place->text + len, sizeof(place->text) - len, "%s%u=%u",
		       len ? "," : "node:", node, weight);
	return 0;
}

static unsigned int whole_weight(const struct place *place)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < place->count; i++)
		sum += place->weight[i];
	return sum;
}

unsigned int place_of_page(const struct place *place, uint64_t page)
{
	uint64_t turn = page % whole_weight(place);
	unsigned int i = 0;

	while (turn >= place->weight[i])
		turn -= place->weight[i++];
	return place->node[i];
}

/* ---- the proof ---------------------------------------------------------------------- */

static uint64_t all_pages(const struct tier_page_counts *counts)
{
	uint64_t sum = counts->absent + counts->unknown;

	for (size_t node = 0; node < TIER_MAX_NODES; node++)
		sum += counts->node[node];
	return sum;
}

static int say_counts(const struct tier_page_counts *counts, struct strbuf *why)
{
	int ret = 0;

	for (size_t node = 0; !ret && node < TIER_MAX_NODES; node++)
		if (counts->node[node])
			ret = strbuf_printf(why, ", %" PRIu64 " on node %zu",
					    counts->node[node], node);
	if (!ret && counts->absent)
		ret = strbuf_printf(why, ", %" PRIu64 " nowhere", counts->absent);
	if (!ret && counts->unknown)
		ret = strbuf_printf(why, ", %" PRIu64 " unknown", counts->unknown);
	return ret;
}

/* How many pages are where they may be. */
static uint64_t well_placed(const struct place *place,
			    const struct tier_page_counts *counts)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < place->count; i++)
		if (place->node[i] < TIER_MAX_NODES)
			sum += counts->node[place->node[i]];
	return sum;
}

/* Whether each node has its share of so many pages. By turns a node may have up to its
 * weight more than its share, as the last turn need not be whole. */
static bool shares_hold(const struct place *place, const struct tier_page_counts *counts,
			uint64_t pages)
{
	double whole = whole_weight(place);

	for (unsigned int i = 0; i < place->count; i++) {
		double want = (double)pages * place->weight[i] / whole;
		double slack = place->count == 1 ? 0 : place->weight[i];

		if (place->policy)
			slack = fmax(slack, PLACE_TOLERANCE * (double)pages);
		if (fabs((double)counts->node[place->node[i]] - want) > slack)
			return false;
	}
	return true;
}

int place_check(const struct place *place, const struct tier_page_counts *counts,
		struct strbuf *why)
{
	uint64_t pages = all_pages(counts);
	int ret;

	if (pages && well_placed(place, counts) == pages &&
	    (place->any_of_them || shares_hold(place, counts, pages)))
		return 0;
	ret = strbuf_printf(why, "not placed as asked (%s): of %" PRIu64 " pages",
			    place->text, pages);
	if (!ret)
		ret = say_counts(counts, why);
	return ret ? ret : -EIO;
}
