// SPDX-License-Identifier: GPL-2.0-or-later
// Loads that do little else than allocate, in the ways that part allocators from each
// other. Each does a fixed amount of work, so that its time is what is compared; knows no
// allocator and no clock.
#include "heap_loads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4096

struct worker {
	unsigned int number;
	uint64_t random;
	size_t rounds;
	void **slots;
	size_t (*work)(struct worker *worker);
	size_t blocks; /* that it took */
};

static uint64_t draw(struct worker *worker, uint64_t below)
{
	worker->random ^= worker->random << 13;
	worker->random ^= worker->random >> 7;
	worker->random ^= worker->random << 17;
	return worker->random % below;
}

/* What is allocated is written to, as programs do: its first bytes at least. */
static void *take(size_t size)
{
	char *block = malloc(size);

	if (!block)
		exit(1);
	memset(block, 1, size < 64 ? size : 64);
	return block;
}

/* A pair at a time: nothing but the fast path. */
static size_t pairs(struct worker *worker)
{
	size_t i = 0;

	for (; i < worker->rounds * 20; i++)
		free(take(16 + i % 512));
	return i;
}

/* A table of blocks of mixed sizes, replaced in random order. */
static size_t churn(struct worker *worker)
{
	size_t i = 0;

	for (; i < worker->rounds * 4; i++) {
		void **slot = &worker->slots[draw(worker, SLOTS)];

		free(*slot);
		*slot = take(16 + draw(worker, draw(worker, 16) ? 500 : 20000));
	}
	return i;
}

/* Like a server whose threads free what others allocated. */
static _Atomic(void *) shared[SLOTS];

static size_t larson(struct worker *worker)
{
	size_t i = 0;

	for (; i < worker->rounds * 4; i++)
		free(atomic_exchange(&shared[draw(worker, SLOTS)],
				     take(10 + draw(worker, 500))));
	return i;
}

#define BELT 4096

/* What each thread allocates the next one frees, in the order in which it came: two stages of
 * a pipeline, each of which is also the other's. */
static _Atomic(void *) belts[HEAP_LOAD_THREADS][BELT];

static size_t handover(struct worker *worker)
{
	size_t given = 0, taken = 0, count = worker->rounds * 4;
	_Atomic(void *) *to = belts[worker->number];
	_Atomic(void *) *from = belts[(worker->number + 1) % HEAP_LOAD_THREADS];

	while (given < count || taken < count) {
		size_t before = given + taken;
		void *block;

		if (given < count && !atomic_load(&to[given % BELT]))
			atomic_store(&to[given++ % BELT], take(16 + draw(worker, 1000)));
		if (taken < count &&
		    (block = atomic_exchange(&from[taken % BELT], NULL))) {
			free(block);
			taken++;
		}
		if (given + taken == before)
			(void)sched_yield();
	}
	return given;
}

/* Blocks of an image or a buffer, written to as a whole. */
static size_t large(struct worker *worker)
{
	size_t i = 0;

	for (; i < worker->rounds / 50; i++) {
		size_t size = (64UL << 10) + draw(worker, 2UL << 20);
		void **slot = &worker->slots[draw(worker, 16)];

		free(*slot);
		*slot = take(size);
		memset(*slot, 1, size);
	}
	return i;
}

/* Vectors that double, and some that grow by a little. */
static size_t grow(struct worker *worker)
{
	size_t blocks = 0;

	for (size_t i = 0; i < worker->rounds / 20; i++) {
		char *block = take(16);

		blocks++;
		for (size_t size = 32; size <= 65536; size += size / (1 + i % 4)) {
			block = realloc(block, size);
			if (!block)
				exit(1);
			block[size - 1] = 1;
			blocks++;
		}
		free(block);
	}
	return blocks;
}

/* Every other block goes, others of another size come. */
static size_t fragment(struct worker *worker)
{
	size_t blocks = 0;

	for (size_t round = 0; round < worker->rounds / 1000; round++) {
		size_t size = 24 + 40 * (round % 30);

		for (size_t i = round % 2; i < SLOTS; i += 2, blocks++) {
			free(worker->slots[i]);
			worker->slots[i] = take(size);
		}
	}
	return blocks;
}

#define BRIEF_BLOCKS 64

static void *brief(void *arg)
{
	struct worker worker = { .random = (uintptr_t)arg + 1 };
	void *blocks[BRIEF_BLOCKS];

	for (size_t i = 0; i < BRIEF_BLOCKS; i++)
		blocks[i] = take(16 + draw(&worker, 2000));
	for (size_t i = 0; i < BRIEF_BLOCKS; i++)
		free(blocks[i]);
	return NULL;
}

/* A thread for each request. */
static size_t threads(struct worker *worker)
{
	size_t i = 0;

	for (; i < worker->rounds / 100; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, brief, (void *)i) ||
		    pthread_join(thread, NULL))
			exit(1);
	}
	return i * BRIEF_BLOCKS;
}

const struct heap_load heap_loads[] = {
	{ "pairs", pairs, 60000 },
	{ "churn", churn, 60000 },
	{ "larson", larson, 60000 },
	{ "handover", handover, 60000 },
	{ "large", large, 6000 },
	{ "grow", grow, 40000 },
	{ "fragment", fragment, 30000 },
	{ "threads", threads, 10000 },
	{ NULL, NULL, 0 },
};

const struct heap_load *heap_load_find(const char *name)
{
	for (const struct heap_load *load = heap_loads; load->name; load++)
		if (!strcmp(name, load->name))
			return load;
	return NULL;
}

static void *run_worker(void *arg)
{
	struct worker *worker = arg;

	worker->blocks = worker->work(worker);
	return NULL;
}

int heap_load_run(const struct heap_load *load, size_t rounds, uint64_t *blocks)
{
	static struct worker workers[HEAP_LOAD_THREADS];
	pthread_t ids[HEAP_LOAD_THREADS];

	*blocks = 0;
	for (size_t i = 0; i < HEAP_LOAD_THREADS; i++) {
		workers[i] = (struct worker){ .number = (unsigned int)i,
					      .random = i + 1,
					      .rounds = rounds,
					      .slots = calloc(SLOTS, sizeof(void *)),
					      .work = load->work };
		if (!workers[i].slots ||
		    pthread_create(&ids[i], NULL, run_worker, &workers[i]))
			return -ENOMEM;
	}
	for (size_t i = 0; i < HEAP_LOAD_THREADS; i++) {
		(void)pthread_join(ids[i], NULL);
		*blocks += workers[i].blocks;
	}
	return 0;
}
