// SPDX-License-Identifier: GPL-2.0-or-later
// Programs that do little else than allocate, in the ways that part allocators from each
// other. Each does a fixed amount of work, so that its time is what is compared; knows no
// allocator.
//
// heap_load WORKLOAD ROUNDS
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 2
#define SLOTS	4096

struct worker {
	uint64_t random;
	size_t rounds;
	void **slots;
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
static void *pairs(void *arg)
{
	struct worker *worker = arg;

	for (size_t i = 0; i < worker->rounds * 20; i++)
		free(take(16 + i % 512));
	return NULL;
}

/* A table of blocks of mixed sizes, replaced in random order. */
static void *churn(void *arg)
{
	struct worker *worker = arg;

	for (size_t i = 0; i < worker->rounds * 4; i++) {
		void **slot = &worker->slots[draw(worker, SLOTS)];

		free(*slot);
		*slot = take(16 + draw(worker, draw(worker, 16) ? 500 : 20000));
	}
	return NULL;
}

/* Like a server whose threads free what others allocated. */
static _Atomic(void *) shared[SLOTS];

static void *larson(void *arg)
{
	struct worker *worker = arg;

	for (size_t i = 0; i < worker->rounds * 4; i++)
		free(atomic_exchange(&shared[draw(worker, SLOTS)],
				     take(10 + draw(worker, 500))));
	return NULL;
}

/* Blocks of an image or a buffer, written to as a whole. */
static void *large(void *arg)
{
	struct worker *worker = arg;

	for (size_t i = 0; i < worker->rounds / 50; i++) {
		size_t size = (64UL << 10) + draw(worker, 2UL << 20);
		void **slot = &worker->slots[draw(worker, 16)];

		free(*slot);
		*slot = take(size);
		memset(*slot, 1, size);
	}
	return NULL;
}

/* Vectors that double, and some that grow by a little. */
static void *grow(void *arg)
{
	struct worker *worker = arg;

	for (size_t i = 0; i < worker->rounds / 20; i++) {
		char *block = take(16);

		for (size_t size = 32; size <= 65536; size += size / (1 + i % 4)) {
			block = realloc(block, size);
			if (!block)
				exit(1);
			block[size - 1] = 1;
		}
		free(block);
	}
	return NULL;
}

/* Every other block goes, others of another size come. */
static void *fragment(void *arg)
{
	struct worker *worker = arg;

	for (size_t round = 0; round < worker->rounds / 1000; round++) {
		size_t size = 24 + 40 * (round % 30);

		for (size_t i = round % 2; i < SLOTS; i += 2) {
			free(worker->slots[i]);
			worker->slots[i] = take(size);
		}
	}
	return NULL;
}

static void *brief(void *arg)
{
	struct worker worker = { .random = (uintptr_t)arg + 1 };
	void *blocks[64];

	for (size_t i = 0; i < 64; i++)
		blocks[i] = take(16 + draw(&worker, 2000));
	for (size_t i = 0; i < 64; i++)
		free(blocks[i]);
	return NULL;
}

/* A thread for each request. */
static void *threads(void *arg)
{
	struct worker *worker = arg;

	for (size_t i = 0; i < worker->rounds / 100; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, brief, (void *)i) ||
		    pthread_join(thread, NULL))
			exit(1);
	}
	return NULL;
}

static const struct {
	const char *name;
	void *(*work)(void *arg);
} workloads[] = {
	{ "pairs", pairs },	{ "churn", churn }, { "larson", larson },
	{ "large", large },	{ "grow", grow },   { "fragment", fragment },
	{ "threads", threads },
};

int main(int argc, char **argv)
{
	static struct worker workers[THREADS];
	pthread_t ids[THREADS];
	void *(*work)(void *) = NULL;

	for (size_t i = 0; argc == 3 && i < sizeof(workloads) / sizeof(*workloads); i++)
		if (!strcmp(argv[1], workloads[i].name))
			work = workloads[i].work;
	if (!work)
		return 2;
	for (size_t i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .random = i + 1,
					      .rounds = strtoul(argv[2], NULL, 10),
					      .slots = calloc(SLOTS, sizeof(void *)) };
		if (!workers[i].slots || pthread_create(&ids[i], NULL, work, &workers[i]))
			return 1;
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(ids[i], NULL);
	return 0;
}
