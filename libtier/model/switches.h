/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's switches for tiers, as they are now: what a change of them starts from.
 * Read anew each time, as other programs turn them too; knows no wish.
 */
#ifndef SWITCHES_H
#define SWITCHES_H

#include "arena.h"
#include "tier.h"

/* One file that is a switch. */
struct switch_file {
	const char *path; /* also where it would be */
	const char *text; /* what it reads, without its newline; NULL: not known */
	int error;	  /* why not: -ENOENT, there is none; 0 */
};

struct node_switches {
	unsigned int node;
	struct switch_file weight;  /* of weighted interleave (6.9) */
	struct switch_file reclaim; /* write-only (6.17) */
};

struct switches {
	struct arena arena;
	struct switch_file demotion;	 /* "true", "false" (5.15) */
	struct switch_file balancing;	 /* bits, see kernel_balancing_path */
	struct switch_file promote_rate; /* MB/s (6.1) */
	struct switch_file auto_weights; /* "true", "false" (6.16) */
	struct node_switches *nodes;	 /* ascending by id */
	size_t n_nodes;
};

struct root;

/* Of these nodes and of the machine. 0 or -ENOMEM: a file that cannot be read has its
 * own error. */
int switches_read(struct root *root, const struct tier_nodeset *nodes,
		  struct switches *switches) MUST_CHECK;
void switches_free(struct switches *switches);

/* NULL when that node was not asked for. */
const struct node_switches *switches_node(const struct switches *switches,
					  unsigned int node);

#endif
