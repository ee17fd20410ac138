// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a load of heap_loads.h, and proves whose malloc it was and where that put blocks.
// Compares nothing.
#include "alloc_work.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "heap_loads.h"
#include "heap_row.h"
#include "write_all.h"

/* Blocks of all sizes that are looked at, some MiB together. */
#define PROBE_BLOCKS 1024
#define PROBE_MOST   16384

static uint64_t cpu_ns(void)
{
	struct timespec cpu = { 0 };

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	return (uint64_t)cpu.tv_sec * 1000000000 + (uint64_t)cpu.tv_nsec;
}

/* What one library has and no other; it was loaded before all others, so malloc is its
 * own, too. Weak: NULL where it was not loaded. */
extern int tier_heap_tiers(void) __attribute__((weak));
extern int mallctl(const char *name, void *old, size_t *old_size, void *now, size_t size)
	__attribute__((weak));

static const char *whose_malloc(void)
{
	if (tier_heap_tiers)
		return ALLOC_TIERS;
	return mallctl ? ALLOC_JEMALLOC : ALLOC_LIBC;
}

static int prove_allocator(const char *wanted)
{
	const char *found = whose_malloc();

	if (!strcmp(found, wanted))
		return STATUS_DONE;
	return say(STATUS_UNSUPPORTED, "alloc", "malloc is of %s, and not of %s", found,
		   wanted);
}

/* ---- where its blocks are -------------------------------------------------------------- */

static int count_probe(struct tier_page_counts *counts)
{
	static char *blocks[PROBE_BLOCKS];

	*counts = (struct tier_page_counts){ 0 };
	for (size_t i = 0; i < PROBE_BLOCKS; i++) {
		struct tier_page_counts one;
		size_t bytes = 16 + i * (PROBE_MOST / PROBE_BLOCKS);
		int ret;

		/* For the rest of this process. */
		blocks[i] = malloc(bytes);
		if (!blocks[i])
			return -ENOMEM;
		memset(blocks[i], 1, bytes);
		ret = tier_pages_count(blocks[i], 1, &one, sizeof(one));
		if (ret)
			return ret;
		counts->absent += one.absent;
		counts->unknown += one.unknown;
		for (size_t node = 0; node < TIER_MAX_NODES; node++)
			counts->node[node] += one.node[node];
	}
	return 0;
}

/* Each on a node of some tier of the heap; anywhere where nothing was asked for. */
static int prove_blocks(struct bench *bench, uint64_t *proved)
{
	const char *asked = heap_handed_down();
	struct tier_page_counts counts;
	struct place place;
	uint64_t there = 0;
	int status, ret = count_probe(&counts);

	if (ret)
		return say_error("alloc", "cannot ask where blocks lie", ret);
	for (size_t node = 0; node < TIER_MAX_NODES; node++)
		*proved += counts.node[node];
	if (!asked || !*asked)
		return *proved == PROBE_BLOCKS ?
			       STATUS_DONE :
			       say(STATUS_FAILED, "alloc", "blocks lie nowhere");
	status = heap_place(bench, &place, 0);
	if (status)
		return status;
	for (unsigned int i = 0; i < place.count; i++)
		there += counts.node[place.node[i]];
	if (there != PROBE_BLOCKS)
		return say(STATUS_FAILED, "alloc",
			   "%s: %" PRIu64 " of %d blocks are there. There is no result",
			   asked, there, PROBE_BLOCKS);
	return heap_is_there(bench);
}

/* ---- all of it --------------------------------------------------------------------------- */

static int work(struct bench *bench, const struct heap_load *load)
{
	struct alloc_work done = { .cpu_ns = cpu_ns() };
	int ret = heap_load_run(load, load->rounds, &done.blocks), status;
	char line[96];

	done.cpu_ns = cpu_ns() - done.cpu_ns;
	if (ret)
		return say_error("alloc", "threads cannot be started", ret);
	status = prove_blocks(bench, &done.proved);
	if (status)
		return status;
	(void)snprintf(line, sizeof(line), "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		       done.blocks, done.cpu_ns, done.proved);
	return write_all(STDOUT_FILENO, line, strlen(line)) ? STATUS_FAILED : STATUS_DONE;
}

int alloc_work(char **operands)
{
	static struct bench bench;
	const struct heap_load *load = operands[0] ? heap_load_find(operands[0]) : NULL;
	bool nothing = operands[0] && !strcmp(operands[0], ALLOC_NOTHING);
	int status;

	if ((!load && !nothing) || !operands[1])
		return say(STATUS_USAGE, ALLOC_WORK,
			   "for tierbench alloc, which starts it");
	status = prove_allocator(operands[1]);
	if (nothing)
		return status;
	if (!status)
		status = host_open(&bench.machine);
	if (!status)
		status = work(&bench, load);
	host_close(&bench.machine);
	return status;
}
