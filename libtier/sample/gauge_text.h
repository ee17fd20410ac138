/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What meminfo of a node, memory.numa_stat of a control group, and the pressure file say. Pure;
 * opens nothing. */
#ifndef GAUGE_TEXT_H
#define GAUGE_TEXT_H

#include "cleanup.h"
#include "tier.h"

/* "Node 0 MemFree:  123 kB": fills the fields that it finds, and says which. Lines that are
 * not known are passed over: the kernel adds some with each release. */
void node_meminfo(const char *text, struct tier_node_sample *node);

/* "anon N0=1 N1=2": adds bytes by node for anon and file. -EINVAL: no numa_stat. */
struct group_bytes {
	uint64_t *anon, *file; /* n_nodes each */
	size_t n_nodes;
};

int group_numa_stat(const char *text, struct group_bytes *bytes) MUST_CHECK;

/* "some avg10=1.50 ...": the shares of the last ten seconds, in thousandths of a per cent;
 * false: no such text. */
bool pressure_shares(const char *text, uint32_t *some, uint32_t *full);

#endif
