/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DAMON's files in sysfs as they are at this moment, and what somebody who steers memory
 * by physical address must know besides: where each node's memory lies, and which control
 * groups forbid which nodes. Changes nothing, and knows no wish.
 */
#ifndef DAMON_H
#define DAMON_H

#include "arena.h"
#include "tier.h"

struct root;

/* What has been written and started, and how to put it back: lost at a reboot, as all
 * that it is about. */
#define AUTO_STATE_PATH "/run/tierkit/auto"

#define DAMON_KDAMONDS "/sys/kernel/mm/damon/admin/kdamonds"
#define DAMON_COUNT    DAMON_KDAMONDS "/nr_kdamonds"

/* Physical addresses from `start` to below `end`. */
struct damon_span {
	uint64_t start;
	uint64_t end;
};

/* Memory of one node, ascending, what touches joined; none: not known. */
struct damon_node {
	unsigned int node;
	struct damon_span *spans;
	size_t n_spans;
};

/* A control group that may not use all nodes. */
struct damon_group {
	const char *path; /* from the top of the hierarchy, "/name" */
	bool is_counted;  /* its pages are charged to it, so they can be told apart */
	struct tier_nodeset mems;
};

struct damon {
	struct arena arena;
	int error;		  /* why nr_kdamonds cannot be read: -ENOENT, no DAMON */
	uint64_t kdamonds;	  /* how many there are */
	const char *who;	  /* has them, or runs another one; NULL: nobody */
	const char *module;	  /* of the kernel, if that is who; NULL */
	bool may_lack_nodes;	  /* a capture, which holds no memory blocks */
	const char *boot;	  /* which boot this is; "" not known */
	struct damon_node *nodes; /* ascending by id */
	size_t n_nodes;
	struct damon_group *groups;
	size_t n_groups;
};

/* Of these nodes. 0 or -ENOMEM: what cannot be read is not known. */
int damon_read(struct root *root, const struct tier_nodeset *nodes,
	       struct damon *damon) MUST_CHECK;
void damon_free(struct damon *damon);

/* Only up to `module`. */
int damon_read_owner(struct root *root, struct damon *damon) MUST_CHECK;

/* The first line of a file, a copy in the arena; NULL with *ret when it cannot be had. */
const char *read_first_line(struct root *root, struct arena *arena, const char *path,
			    int *ret);

/* The id of this boot, "" when it cannot be told; NULL without memory. */
const char *boot_id(struct root *root, struct arena *arena);

/* NULL when that node was not asked for. */
const struct damon_node *damon_node(const struct damon *damon, unsigned int node);

#endif
