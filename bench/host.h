/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine as a benchmark needs it: its nodes and their CPUs, its cache, and whether
 * its speed is an emulator's. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "cpus.h"
#include "tier.h"

enum page_size { PAGES_4K = 0, PAGES_THP, PAGES_HUGE, PAGE_SIZES };

extern const char *const page_size_names[PAGE_SIZES];

#define HUGE_BYTES (2UL << 20)

struct host {
	struct tier_ctx *ctx;
	struct tier_topology *topology;
	uint64_t cache_bytes;		    /* last level; 0: not known */
	const char *huge_pages, *balancing; /* as in struct run */
	const char *emulator;		    /* "QEMU TCG"; NULL: none that is known */
	struct cpus allowed; /* that this process may run on, as it began */
	char kernel[64], signature[64];
};

/* 0 or an exit status, said. */
int host_open(struct host *machine) MUST_CHECK;
void host_close(struct host *machine);

/* Nodes with memory that a selector means and this process may use. 0 or a status. */
int host_nodes(const struct host *machine, const char *selector,
	       struct tier_nodeset *nodes) MUST_CHECK;

/* Node numbers of CPUs that this process may run on. */
void host_cpu_nodes(const struct host *machine, struct tier_nodeset *nodes);

/* The CPUs of a node that this process may run on, at most `room`; how many. */
size_t host_cpus(const struct host *machine, unsigned int node, int *cpus, size_t room);

/* The node whose CPUs are nearest to a node's memory, of those that may be used. */
unsigned int host_nearest(const struct host *machine, unsigned int node);

#endif
