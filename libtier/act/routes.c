// SPDX-License-Identifier: LGPL-2.1-or-later
// Targets by distance. Distance is locality, which is what is wanted: what lay beside a
// socket shall lie beside it in the other tier too.
#include "routes.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "nodeset.h"

static int distance(const struct tier_topology *t, uint32_t from, uint32_t to)
{
	int found = t ? tier_node_distance(t, from, to) : -1;

	return found < 0 ? INT_MAX : found;
}

/* By distance; what is equally near stays in order. Sets are small. */
static void sort(const struct tier_topology *t, const struct tier_migration_route *route,
		 uint32_t *nodes)
{
	for (uint32_t i = 1; i < route->n_to; i++) {
		uint32_t node = nodes[i], at = i;

		for (; at && distance(t, route->from, nodes[at - 1]) >
				     distance(t, route->from, node);
		     at--)
			nodes[at] = nodes[at - 1];
		nodes[at] = node;
	}
}

/* The members of `to`, beginning with number `first` of them. */
static void list_from(const struct tier_nodeset *to, uint32_t count, uint32_t first,
		      uint32_t *nodes)
{
	uint32_t at = 0;

	for_each_node(node, to)
		nodes[(at++ + count - first % count) % count] = (uint32_t)node;
}

int routes_make(struct routes *routes, const struct tier_topology *t,
		const struct tier_nodeset *from, const struct tier_nodeset *to)
{
	uint32_t n_to = (uint32_t)tier_nodeset_count(to);
	size_t n_from = (size_t)tier_nodeset_count(from), at = 0;

	*routes = (struct routes){
		.list = calloc(n_from ? n_from : 1, sizeof(*routes->list)),
		.nodes = calloc(n_from * n_to + 1, sizeof(*routes->nodes)),
		.count = n_from,
	};
	if (!routes->list || !routes->nodes) {
		routes_free(routes);
		return -ENOMEM;
	}
	for_each_node(node, from) {
		uint32_t *nodes = routes->nodes + at * n_to;

		routes->list[at] = (struct tier_migration_route){ .from = (uint32_t)node,
								  .n_to = n_to,
								  .to = nodes };
		if (n_to)
			list_from(to, n_to, (uint32_t)at, nodes);
		sort(t, &routes->list[at++], nodes);
	}
	return 0;
}

void routes_free(struct routes *routes)
{
	free(routes->list);
	free(routes->nodes);
	*routes = (struct routes){ 0 };
}

struct tier_migration_route *routes_find(const struct routes *routes, int from)
{
	for (size_t i = 0; i < routes->count; i++)
		if ((int)routes->list[i].from == from)
			return &routes->list[i];
	return NULL;
}

int route_open_target(const struct tier_migration_route *route,
		      const struct tier_nodeset *closed)
{
	for (uint32_t i = 0; i < route->n_to; i++)
		if (!tier_nodeset_has(closed, route->to[i]))
			return (int)route->to[i];
	return -1;
}
