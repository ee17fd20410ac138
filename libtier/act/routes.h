/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* To which node each node's pages go: the nearest of those asked for, then the next.
 * Pure; moves nothing. */
#ifndef ROUTES_H
#define ROUTES_H

#include "tier.h"

struct routes {
	struct tier_migration_route *list; /* by ascending `from` */
	uint32_t *nodes;		   /* all their targets */
	size_t count;
};

/* `t` may be NULL: no distance is known. Targets that are equally near take turns, so
 * that two sockets do not fill the same node. -ENOMEM. */
int routes_make(struct routes *routes, const struct tier_topology *t,
		const struct tier_nodeset *from, const struct tier_nodeset *to);
void routes_free(struct routes *routes);

/* The route of a node's pages; NULL: they stay. */
struct tier_migration_route *routes_find(const struct routes *routes, int from);

/* Its first target that is not closed, -1 when there is none. */
int route_open_target(const struct tier_migration_route *route,
		      const struct tier_nodeset *closed);

#endif
