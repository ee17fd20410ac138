/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads for allocators: of `tierbench alloc`, and of heap.py, which times them as programs.
 * What they cannot get ends the process, which is one of their own. */
#ifndef HEAP_LOADS_H
#define HEAP_LOADS_H

#include <stddef.h>
#include <stdint.h>

#define HEAP_LOAD_THREADS 2

struct worker;

struct heap_load {
	const char *name;
	size_t (*work)(struct worker *worker); /* how many blocks it took */
	size_t rounds;			       /* that take some tens of milliseconds */
};

extern const struct heap_load heap_loads[]; /* name NULL ends them */

const struct heap_load *heap_load_find(const char *name); /* NULL: none */

/* By two threads, whose blocks are counted; what is left is not freed. Once a process. 0
 * or a negative errno. */
int heap_load_run(const struct heap_load *load, size_t rounds, uint64_t *blocks);

#endif
