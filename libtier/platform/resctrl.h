/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What CPUs move to and from memory, as resctrl counts it where it is mounted (Intel MBM, AMD
 * PQoS; Linux 4.3). A part of the seam. */
#ifndef RESCTRL_H
#define RESCTRL_H

#include "platform.h"

enum { RESCTRL_TOTAL, RESCTRL_LOCAL, RESCTRL_COUNTERS };

/* Of the CPUs below one last-level cache, whichever node the memory is on. */
struct cpu_traffic {
	uint64_t domain;	   /* the cache's number */
	struct tier_nodeset nodes; /* that these CPUs are on */
	uint32_t known;
	uint64_t bytes[RESCTRL_COUNTERS];
};

/* Appends one for each such cache, without nodes. -ENOENT: nothing is mounted, or nothing
 * counted. */
int resctrl_read(struct root *root, struct strbuf *out) MUST_CHECK;
/* Find the nodes of n of them, among these; reads two files and one for each CPU. */
int resctrl_find_nodes(struct root *root, const struct tier_nodeset *among,
		       struct cpu_traffic *traffic, size_t n) MUST_CHECK;

#endif
