/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One load under whatever allocator this process has; how `tierbench alloc` starts us. */
#ifndef ALLOC_WORK_H
#define ALLOC_WORK_H

#include <stdint.h>

/* The first word of such a command line, which no person types. */
#define ALLOC_WORK "alloc-work"

/* What the process prints: three numbers. */
struct alloc_work {
	uint64_t blocks; /* that the load took */
	uint64_t cpu_ns; /* of all its threads */
	uint64_t proved; /* blocks that were seen to lie where the heap shall be */
};

/* In place of a load: only see whose malloc it is. */
#define ALLOC_NOTHING "-"

/* Whose malloc it may be. */
#define ALLOC_LIBC     "libc"
#define ALLOC_JEMALLOC "libjemalloc.so.2"
#define ALLOC_TIERS    "libtiermalloc.so"

/* LOAD LIBRARY: whose it must be. Returns the exit status. */
int alloc_work(char **operands);

#endif
