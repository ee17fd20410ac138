/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of memory by node and by tier: of one moment, or the peaks over many. */
#ifndef PLACEMENT_H
#define PLACEMENT_H

#include <stdint.h>

#include "tier.h"

struct json_object;
struct out;

struct placement {
	uint64_t node_bytes[TIER_MAX_NODES];
	uint64_t tier_bytes[TIER_MAX_NODES];
	uint64_t unranked_bytes; /* on nodes that are in no tier */
	uint64_t total_bytes;
	bool is_peak; /* each figure has its own moment, so there are no shares */
	/* Of a sample: its intervals; NULL: counted. As long as its sampler is not used. */
	const struct tier_place *tier_places;
	const struct tier_place *node_places;
};

/* Add a process's pages to node_bytes. 0 or a negative errno and nothing added. */
int placement_add_process(struct placement *placement, struct tier_ctx *ctx, int pid);

/* The one process of a sample, by node and by tier: nothing has to be worked out. */
void placement_take(struct placement *placement, const struct tier_sample *sample);

/* Work out tiers and total from node_bytes. */
void placement_sum(struct placement *placement, const struct tier_topology *topology);

/* Raise each figure of `peak` that `now` exceeds. */
void placement_raise(struct placement *peak, const struct placement *now);

/* Two tables, by tier and by node. */
void placement_print(struct out *out, const struct tier_topology *topology,
		     const struct placement *placement);
/* "total_bytes", "tiers", "nodes" into `in`. */
void placement_json(struct out *out, struct json_object *in,
		    const struct tier_topology *topology,
		    const struct placement *placement);

#endif
