// SPDX-License-Identifier: GPL-2.0-or-later
// Random calls from several threads, who hand blocks to each other: every block is
// aligned, large enough, holds what was written to it and is nobody else's; what the
// tiers hold at the end is what is still alive, and objects are where sizes say.
//
// property SEED OPERATIONS [BOUNDARY [TIERS]]
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiermalloc.h"

#define THREADS 4
#define SLOTS	512

struct block {
	unsigned char *at;
	size_t size;
	size_t alignment;
	unsigned char mark;
};

/* One table for all: threads take blocks of each other. */
static struct block slots[SLOTS];
static pthread_mutex_t locks[SLOTS];
static size_t boundary, operations;
static atomic_int failures;

struct random {
	uint64_t state;
};

static uint64_t draw(struct random *random, uint64_t below)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return random->state % below;
}

static void fail(const char *what, const struct block *block)
{
	atomic_fetch_add(&failures, 1);
	fprintf(stderr, "%s: %p of %zu bytes, alignment %zu\n", what, (void *)block->at,
		block->size, block->alignment);
}

/* Mostly small, some of many pages, and each power of ten as likely as the next. */
static size_t draw_size(struct random *random)
{
	return draw(random, 1ULL << (1 + draw(random, draw(random, 8) ? 13 : 21)));
}

/* First, last and a few between: whole blocks would be all that the test does. */
static void paint(const struct block *block)
{
	if (block->size <= 4096) {
		memset(block->at, block->mark, block->size);
		return;
	}
	for (size_t i = 0; i < block->size; i += 1021)
		block->at[i] = block->mark;
	block->at[block->size - 1] = block->mark;
}

static void check_paint(const struct block *block, size_t size)
{
	size_t step = block->size <= 4096 ? 1 : 1021;

	for (size_t i = 0; i < size; i += step)
		if (block->at[i] != block->mark) {
			fail("contents changed", block);
			return;
		}
}

static void check_place(const struct block *block)
{
	if (!boundary || !tier_of || !block->size)
		return;
	if (tier_of(block->at) != (block->size >= boundary))
		fail("in the wrong tier", block);
}

static void check_new(struct block *block, struct random *random)
{
	if (!block->at) {
		fail("no block", block);
		return;
	}
	if ((uintptr_t)block->at % block->alignment)
		fail("not aligned", block);
	if (malloc_usable_size(block->at) < block->size)
		fail("too small", block);
	check_place(block);
	block->mark = (unsigned char)draw(random, 256);
	if (block->size)
		paint(block);
}

static void check_zero(const struct block *block)
{
	for (size_t i = 0; i < block->size; i++)
		if (block->at[i]) {
			fail("not zeroed", block);
			return;
		}
}

static void make(struct block *block, struct random *random)
{
	void *found = NULL;

	*block = (struct block){ .size = draw_size(random), .alignment = 1 };
	if (block->size >= 16)
		block->alignment = 16;
	switch (draw(random, 6)) {
	case 0:
		block->at = calloc(1, block->size);
		if (block->at)
			check_zero(block);
		break;
	case 1:
		block->alignment = 1UL << (4 + draw(random, 10));
		block->at = memalign(block->alignment, block->size);
		break;
	case 2:
		block->alignment = 8UL << draw(random, 12);
		if (!posix_memalign(&found, block->alignment, block->size))
			block->at = found;
		break;
	default:
		block->at = malloc(block->size);
	}
	check_new(block, random);
}

static void resize(struct block *block, struct random *random)
{
	size_t size = draw_size(random) + 1, old = block->size;
	uintptr_t before = (uintptr_t)block->at;
	unsigned char *again;

	again = draw(random, 2) ? realloc(block->at, size) :
				  reallocarray(block->at, 1, size);
	if (!again) {
		fail("no realloc", block);
		return;
	}
	block->at = again;
	block->alignment = 1;
	if (block->size <= 4096 || size <= 4096)
		check_paint(block, old < size ? old : size);
	block->size = size;
	if ((uintptr_t)again != before)
		check_place(block);
	block->mark = (unsigned char)draw(random, 256);
	if (malloc_usable_size(again) < size)
		fail("too small", block);
	paint(block);
}

static void drop(struct block *block)
{
	check_paint(block, block->size);
	errno = EXDEV;
	free(block->at);
	if (errno != EXDEV)
		fail("free changed errno", block);
	block->at = NULL;
}

static void *churn(void *arg)
{
	struct random random = { .state = (uintptr_t)arg };

	for (size_t i = 0; i < operations; i++) {
		size_t slot = draw(&random, SLOTS);
		struct block *block = &slots[slot];

		pthread_mutex_lock(&locks[slot]);
		if (!block->at)
			make(block, &random);
		else if (!draw(&random, 4))
			resize(block, &random);
		else
			drop(block);
		pthread_mutex_unlock(&locks[slot]);
	}
	return NULL;
}

/* What is no block of ours: buffers of stdio, and what this thread has in its cache. */
#define OTHERS ((size_t)64 * 1024)

static size_t heap_bytes(void)
{
	return mallinfo2().uordblks;
}

/* Each live block is in one tier, or in none as a whole: the sum over tiers is all, and the
 * heap's own counters have as much more than before. */
static void add_up(int tiers, size_t before)
{
	size_t bytes[8] = { 0 }, all = 0, sum = 0, grown = heap_bytes() - before;

	for (size_t i = 0; i < SLOTS; i++) {
		int tier;

		if (!slots[i].at)
			continue;
		tier = tier_of ? tier_of(slots[i].at) : 0;
		if (tier >= tiers || tier < -1)
			fail("in no tier that there is", &slots[i]);
		else
			bytes[tier + 1] += malloc_usable_size(slots[i].at);
		all += malloc_usable_size(slots[i].at);
	}
	for (size_t i = 0; i < 8; i++)
		sum += bytes[i];
	if (sum != all)
		atomic_fetch_add(&failures, 1);
	if (tier_of && (grown < all || grown > all + OTHERS)) {
		fprintf(stderr, "%zu bytes are alive, the heap counts %zu\n", all, grown);
		atomic_fetch_add(&failures, 1);
	}
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	pthread_t threads[THREADS];
	size_t before;

	operations = argc > 2 ? strtoull(argv[2], NULL, 0) : 20000;
	boundary = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	for (size_t i = 0; i < SLOTS; i++)
		pthread_mutex_init(&locks[i], NULL);
	before = heap_bytes();
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, churn,
				   (void *)(uintptr_t)(seed * THREADS + i + 1)))
			return 2;
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	add_up(argc > 4 ? (int)strtol(argv[4], NULL, 0) : 1, before);
	for (size_t i = 0; i < SLOTS; i++)
		if (slots[i].at)
			drop(&slots[i]);
	printf("%d failures\n", failures);
	return failures != 0;
}
