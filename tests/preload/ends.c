// SPDX-License-Identifier: GPL-2.0-or-later
// The ends of a heap: calls before anything of a program or of its libraries has run, and
// those for which there is no memory.
//
// ends early | full LEAST_MIB
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiermalloc.h"

/* ---- the end of memory ---------------------------------------------------------------- */

struct link {
	struct link *next;
	size_t size;
};

#define MIB 1048576UL

static struct link *chain;

/* Blocks of three sizes, their first bytes written to, until there are no more. */
static size_t fill_up(void)
{
	static const size_t sizes[] = { 200, 5000, MIB };
	size_t got = 0;

	for (size_t i = 0; got < 64UL << 30; i++) {
		struct link *block = malloc(sizes[i % 3]);

		if (!block)
			break;
		*block = (struct link){ chain, sizes[i % 3] };
		chain = block;
		got += block->size;
	}
	return got;
}

/* How many blocks were not as they were left. */
static int empty_all(void)
{
	int bad = 0;

	while (chain) {
		struct link *block = chain;

		chain = block->next;
		bad += malloc_usable_size(block) < block->size;
		free(block);
	}
	return bad;
}

/* Every call says ENOMEM, and no more than that: what was there stays. */
static int refuses(void)
{
	struct link *last = chain, was = *last;
	void *block = NULL;
	int bad = 0;

	errno = 0;
	bad += malloc(4 * MIB) != NULL || errno != ENOMEM;
	errno = 0;
	bad += calloc(4, MIB) != NULL || errno != ENOMEM;
	errno = 0;
	bad += memalign(4096, 4 * MIB) != NULL || errno != ENOMEM;
	errno = 0;
	bad += realloc(last, 4 * MIB) != NULL || errno != ENOMEM;
	bad += posix_memalign(&block, 64, 4 * MIB) != ENOMEM || block;
	return bad + (last->next != was.next || last->size != was.size);
}

/* Blocks of all sizes, when all are free. */
static int allocate(void)
{
	int bad = 0;

	for (size_t size = 1; size <= MIB; size *= 2) {
		void *block = malloc(size);

		bad += !block;
		free(block);
	}
	return bad;
}

/* Twice full, and as good as new behind it. */
static int full(size_t least)
{
	int bad = 0;

	for (int i = 0; i < 2; i++) {
		size_t got = fill_up();

		if (got < least)
			fprintf(stderr, "round %d: %zu MiB\n", i, got / MIB);
		bad += got < least || refuses();
		bad += empty_all();
		bad += allocate();
	}
	return bad;
}

/* ---- before constructors -------------------------------------------------------------- */

#define EARLY 40

static char *early_blocks[EARLY];

/* The loader calls these before the constructors of all libraries. */
static void take_early(void)
{
	for (size_t i = 0; i < EARLY; i++) {
		early_blocks[i] = malloc(i * i * 100 + 1);
		if (early_blocks[i])
			memset(early_blocks[i], (int)i + 1, i * i * 100 + 1);
	}
}

typedef void (*function)(void);
__attribute__((section(".preinit_array"), used)) static const function first = take_early;

/* They are whole, the first of all is in a tier where there are such, and they can be grown
 * and freed. */
static int early(void)
{
	int bad = tier_of && tier_heap_tiers() > 0 && tier_of(early_blocks[0]) < 0;

	for (size_t i = 0; i < EARLY; i++) {
		size_t size = i * i * 100 + 1;
		char *block = early_blocks[i];

		bad += !block || block[size - 1] != (char)(i + 1);
		block = realloc(block, 3 * size);
		bad += !block || block[size - 1] != (char)(i + 1);
		free(block);
	}
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 2;

	if (argc == 2 && !strcmp(argv[1], "early"))
		bad = early();
	else if (argc == 3 && !strcmp(argv[1], "full"))
		bad = full(strtoul(argv[2], NULL, 10) * MIB);
	printf("%d bad\n", bad);
	return bad != 0;
}
