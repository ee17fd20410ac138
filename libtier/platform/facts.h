/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was read of a machine, before anything is concluded from it. Filled by
 * this floor, read by the model; no opinion in here.
 */
#ifndef FACTS_H
#define FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "tier.h"

/* A number that may be unknown. */
struct figure {
	bool known;
	uint64_t value;
};

/* accessN/initiators of one node, by enum tier_figure, in bytes/s and ns. The
 * kernel's 0 is kept: what it means is the model's to say. */
struct access_fact {
	struct figure figure[TIER_FIGURES];
	struct tier_nodeset initiators; /* the nearest ones, all equally near */
};

#define ACCESS_CLASSES 2 /* access0: any initiator, access1: CPUs (5.10) */

/* Runs of physical addresses, both ends included. */
struct ranges_fact {
	bool known;
	uint64_t bytes;
	char *list; /* "0x108000000-0x10fffffff 0x120000000-0x120000fff", "" for none */
};

/* What tierkit's kmem driver counts of a device that is bound to it. */
enum kmem_number {
	KMEM_ADDED = 0,	    /* bytes that are memory now */
	KMEM_LOST_ALIGN,    /* bytes in no whole memory block */
	KMEM_LOST_BADBLOCK, /* bytes of memory blocks left out for bad blocks */
	KMEM_POISONED,	    /* pages, of KMEM_PAGE_BYTES */
	KMEM_NUMBERS,
};

/* And what it lists. A list may hold less than was counted: the kernel's files end at
 * one page, and the driver joins poison that lies close together. */
enum kmem_list {
	KMEM_SKIPPED = 0,
	KMEM_FAILED, /* the kernel would not add them */
	KMEM_POISON,
	KMEM_LISTS,
};

/* PAGE_SIZE where kmem-driver is built: x86-64. */
#define KMEM_PAGE_BYTES 4096

struct kmem_fact {
	bool exists; /* the driver tells; the kernel's own one does not */
	struct figure number[KMEM_NUMBERS];
	struct ranges_fact list[KMEM_LISTS];
};

struct node_fact {
	unsigned int node;
	bool has_directory; /* nodeN exists, so the node is or was online */
	struct figure total_bytes;
	struct figure free_bytes;
	struct figure side_cache_bytes;
	struct figure weight;
	struct figure failures; /* pages with memory failures since boot (6.3) */
	char *cpus;		/* kernel list, "" for none, NULL when not known */
	struct access_fact access[ACCESS_CLASSES];
	uint16_t *distance; /* by position in facts.nodes, 0 unknown; or NULL */
	char *subtype;	    /* hwloc's word ("HBM", "SPM", "MCDRAM"), or NULL */
	char *hwloc_tier;   /* hwloc's MemoryTier info (2.10), or NULL */
};

struct dax_fact {
	const char *name;
	char *path;	    /* resolved, below /sys/devices; or NULL */
	const char *driver; /* "kmem", "device_dax", "" when unbound */
	struct figure size_bytes;
	bool target_known;
	int32_t target_node; /* -1: none */
	char *state;	     /* "online_movable", ...; or NULL */
	struct kmem_fact kmem;
};

struct kernel_tier_fact {
	unsigned int id;
	struct tier_nodeset nodes;
};

/* A list file and whether it could be read. */
struct set_fact {
	bool known;
	struct tier_nodeset nodes;
};

/* A file that is there and does not make sense. */
struct problem_fact {
	char *path;
	char *words;
};

struct facts {
	struct arena arena; /* owns everything below */

	struct node_fact *nodes; /* ascending by id */
	size_t n_nodes;
	struct dax_fact *dax; /* by name */
	size_t n_dax;
	struct kernel_tier_fact *tiers; /* ascending by id */
	size_t n_tiers;
	struct problem_fact *problems;
	size_t n_problems;

	struct set_fact online;
	struct set_fact possible;
	struct set_fact has_memory;
	struct set_fact has_normal_memory;
	struct set_fact has_cpu;
	struct set_fact mems_allowed; /* /proc/self/status */
	struct tier_nodeset gpu;      /* nvidia's numa_status */

	bool is_fake_numa;		/* numa=fake= on the kernel's command line */
	struct figure demotion;		/* demotion_enabled: 0 or 1 */
	struct figure auto_weights;	/* 1: the kernel sets the weights itself */
	struct figure numa_balancing;	/* bit 1: promotion between tiers */
	struct figure block_bytes;	/* memory block, the unit of hotplug */
	char *auto_online;		/* "offline", "online", "online_movable"; NULL */
	struct ranges_fact left_behind; /* memory whose device was unbound from kmem */
};

/* Where the demotion switch is, for messages. */
extern const char kernel_demotion_path[];

/* Texts on nodes that no kernel writes, and where they are. */
enum user_text { USER_TEXT_WORDS = 0, USER_TEXT_MEASURED, USER_TEXTS };
extern const char *const user_text_paths[USER_TEXTS];

/* The fact of one node, NULL when there is none. */
struct node_fact *facts_node(const struct facts *facts, unsigned int node);

/* The same, added in its place when missing; NULL when out of memory. Pointers
 * taken before are no longer valid. */
struct node_fact *facts_add_node(struct facts *facts, unsigned int node);

/* One more dax device, in order of name; NULL when out of memory. Pointers
 * taken before are no longer valid. */
struct dax_fact *facts_add_dax(struct facts *facts, const char *name);

/* Remember that a file is broken. 0 or -ENOMEM. */
int facts_add_problem(struct facts *facts, const char *path,
		      const char *words) MUST_CHECK;

void facts_free(struct facts *facts);

#endif
