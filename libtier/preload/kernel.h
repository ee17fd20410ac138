/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The preload's own seam: system calls and files, with nothing of libtier below, as that
 * allocates. Nothing here touches errno. Results are 0 or more, or a negative errno.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>

#include "cleanup.h"
#include "tier.h"

#define KERNEL_PAGE 4096UL

/* Modes of mbind(2); the headers of Debian 12 do not name all. */
enum kernel_mode {
	KERNEL_MODE_DEFAULT = 0,
	KERNEL_MODE_PREFERRED = 1,
	KERNEL_MODE_BIND = 2,
	KERNEL_MODE_INTERLEAVE = 3,
	KERNEL_MODE_PREFERRED_MANY = 5, /* 5.15 */
};

/* Addresses without memory, at a multiple of 2 MiB; NULL: refused. */
void *kernel_reserve(uint64_t size);
void kernel_release(void *address, uint64_t size);

int kernel_open_memory(void *address, uint64_t size); /* for reading and writing */
int kernel_drop_pages(void *address, uint64_t size);  /* they read as zeros then */
int kernel_no_huge_pages(void *address, uint64_t size);
int kernel_place(void *address, uint64_t size, enum kernel_mode mode,
		 const struct tier_nodeset *nodes);

/* How many pages are in memory of up to KERNEL_COUNTED bytes. */
#define KERNEL_COUNTED (4UL << 20)
long kernel_count_pages(void *address, uint64_t size);

/* Nodes that this task may use. */
int kernel_allowed(struct tier_nodeset *nodes);

/* A list of nodes of the kernel's: "has_memory", "has_cpu". -ENOENT, -EINVAL. */
int kernel_nodes(const char *name, struct tier_nodeset *nodes);

/* Nodes of the kernel's memory tier that is `rank`th in its order, 0 the fastest.
 * -ENOENT: there are not as many. */
int kernel_tier(unsigned int rank, struct tier_nodeset *nodes);

/* Nodes that have memory of dax devices; `word` is a part of where they lie in the
 * device tree: "/ndbus". */
int kernel_dax(const char *word, struct tier_nodeset *nodes);

/* The most of addresses that the process may have; UINT64_MAX: no limit. */
uint64_t kernel_address_limit(void);

/* Text for a person, on standard error; what cannot be written is lost. */
void kernel_tell(const char *text, size_t len);

/* "NAME=" in the environment; NULL: not there, or the program runs with more rights
 * than its caller. */
const char *kernel_environment(const char *name);

#endif
