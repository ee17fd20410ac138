// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program with a heap: allocates in a pattern, touches all of it, and says on which nodes
 * the heap's pages are while its threads still live, as what has no thread any more is given back. Asks malloc and the kernel only; must not know libtiermalloc.so, which
 * it is a witness against.
 *
 *   heaps PATTERN MIB THREADS [BOUNDARY]
 *
 * PATTERN: equal, small, mixed, large, one; churn frees and allocates half of it three times,
 * grow makes blocks by realloc, again frees all, has the kernel take the pages back, prints
 * "left 0 PAGES" of what has a policy and is still there, and allocates all once more; of the blocks
 * of wide only the first bytes are touched. Prints
 * "node N PAGES" for all memory that has a policy of its own, "plain N PAGES" for the rest of what
 * is anonymous, "huge 0 PAGES" for what of both is in huge pages, "placed 0 N" for the mappings with
 * such a policy, "mappings 0 N" for all of the process; with BOUNDARY "below N BLOCKS" and
 * "above N BLOCKS", by where each block begins. A page is 4 KiB.
 */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NODES 16
#define MIB   (1UL << 20)

static const struct pattern {
	const char *name;
	size_t least, most;
	int churns, grows, refills;
	size_t touched; /* of each block, or all of it */
} patterns[] = {
	{ "equal", 100, 100, 0, 0, 0, 0 },
	{ "small", 16, 2000, 0, 0, 0, 0 },
	{ "mixed", 16, 40000, 0, 0, 0, 0 },
	{ "large", 1 << 20, 3 << 20, 0, 0, 0, 0 },
	{ "one", SIZE_MAX, SIZE_MAX, 0, 0, 0, 0 },
	{ "churn", 16, 40000, 3, 0, 0, 0 },
	{ "grow", 16, 300000, 0, 1, 0, 0 },
	{ "again", 16, 40000, 0, 0, 1, 0 },
	{ "wide", 1 << 20, 3 << 20, 0, 0, 0, 64 },
};

struct block {
	char *at;
	size_t size;
};

struct worker {
	const struct pattern *pattern;
	size_t bytes;
	unsigned int seed;
	struct block *blocks;
	size_t count, room;
};

static size_t draw_size(struct worker *worker)
{
	const struct pattern *pattern = worker->pattern;

	if (pattern->least == SIZE_MAX)
		return worker->bytes | 1;
	return pattern->least +
	       (size_t)rand_r(&worker->seed) % (pattern->most - pattern->least + 1);
}

static void fill_block(struct worker *worker, struct block *block)
{
	const struct pattern *pattern = worker->pattern;

	block->size = draw_size(worker);
	block->at = malloc(pattern->grows ? 16 : block->size);
	for (size_t size = 32; pattern->grows && size < block->size; size *= 2)
		block->at = realloc(block->at, size);
	if (pattern->grows)
		block->at = realloc(block->at, block->size);
	if (!block->at)
		exit(2);
	memset(block->at, 1, pattern->touched ? pattern->touched : block->size);
}

static unsigned long count_pages(unsigned long pages[2][NODES]);

static void fill_again(struct worker *worker)
{
	unsigned long pages[2][NODES] = { { 0 } }, left = 0;

	for (size_t k = 0; k < worker->count; k++)
		free(worker->blocks[k].at);
	malloc_trim(0);
	count_pages(pages);
	for (int i = 0; i < NODES; i++)
		left += pages[0][i];
	printf("left 0 %lu\n", left);
	for (size_t k = 0; k < worker->count; k++)
		fill_block(worker, &worker->blocks[k]);
}

static void allocate(struct worker *worker)
{
	size_t used = 0;

	while (used < worker->bytes && worker->count < worker->room) {
		fill_block(worker, &worker->blocks[worker->count]);
		used += worker->blocks[worker->count++].size;
	}
	for (int i = 0; i < worker->pattern->churns; i++) {
		for (size_t k = 0; k < worker->count; k += 2)
			free(worker->blocks[k].at);
		for (size_t k = 0; k < worker->count; k += 2)
			fill_block(worker, &worker->blocks[k]);
	}
	for (int i = 0; i < worker->pattern->refills; i++)
		fill_again(worker);
}

/* All have allocated; it has been looked at. */
static pthread_barrier_t done, seen;

static void *work(void *arg)
{
	allocate(arg);
	pthread_barrier_wait(&done);
	pthread_barrier_wait(&seen);
	return NULL;
}

/* ---- where it is --------------------------------------------------------------------- */

/* "ADDRESS POLICY ... anon=9 ... N0=5 N2=4": anonymous memory by node, with a policy
 * of its own and without. Returns how many mappings have such. */
static unsigned long count_pages(unsigned long pages[2][NODES])
{
	unsigned long placed = 0;
	FILE *maps = fopen("/proc/self/numa_maps", "r");
	char line[4096];

	while (maps && fgets(line, sizeof(line), maps)) {
		int plain = strstr(line, " default") != NULL;

		placed += !plain;
		if (!strstr(line, " anon=") || strstr(line, " file=") ||
		    strstr(line, " stack"))
			continue;
		for (char *at = strstr(line, " N"); at; at = strstr(at + 1, " N")) {
			char *end;
			unsigned long node = strtoul(at + 2, &end, 10);

			if (*end == '=' && node < NODES)
				pages[plain][node] += strtoul(end + 1, NULL, 10);
		}
	}
	if (maps)
		fclose(maps);
	return placed;
}

static void print_pages(void)
{
	unsigned long pages[2][NODES] = { { 0 } }, placed = count_pages(pages);

	for (int i = 0; i < NODES; i++) {
		if (pages[0][i])
			printf("node %d %lu\n", i, pages[0][i]);
		if (pages[1][i])
			printf("plain %d %lu\n", i, pages[1][i]);
	}
	printf("placed 0 %lu\n", placed);
}

static void print_huge(void)
{
	FILE *sums = fopen("/proc/self/smaps_rollup", "r");
	unsigned long kib = 0;
	char line[256];

	while (sums && fgets(line, sizeof(line), sums))
		if (!strncmp(line, "AnonHugePages:", 14))
			kib = strtoul(line + 14, NULL, 10);
	if (sums)
		fclose(sums);
	printf("huge 0 %lu\n", kib / 4);
}

static void count_mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long count = 0;
	int c;

	while (maps && (c = getc(maps)) != EOF)
		count += c == '\n';
	if (maps)
		fclose(maps);
	printf("mappings 0 %lu\n", count);
}

static void count_blocks(const struct worker *workers, size_t threads, size_t boundary)
{
	unsigned long blocks[2][NODES] = { { 0 } };

	for (size_t i = 0; i < threads; i++)
		for (size_t k = 0; k < workers[i].count; k++) {
			const struct block *block = &workers[i].blocks[k];
			void *address = block->at;
			int node = -1;

			syscall(SYS_move_pages, 0, 1, &address, NULL, &node, 0);
			if (node < 0)
				continue;
			blocks[block->size >= boundary][node]++;
		}
	for (int i = 0; i < NODES; i++) {
		if (blocks[0][i])
			printf("below %d %lu\n", i, blocks[0][i]);
		if (blocks[1][i])
			printf("above %d %lu\n", i, blocks[1][i]);
	}
}

static const struct pattern *find_pattern(const char *name)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		if (!strcmp(name, patterns[i].name))
			return &patterns[i];
	return NULL;
}

int main(int argc, char **argv)
{
	static struct worker workers[64];
	const struct pattern *pattern = argc > 3 ? find_pattern(argv[1]) : NULL;
	size_t threads = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	pthread_t ids[64];

	if (!pattern || !threads || threads > 64 ||
	    pthread_barrier_init(&done, NULL, (unsigned int)threads + 1) ||
	    pthread_barrier_init(&seen, NULL, (unsigned int)threads + 1))
		return 2;
	for (size_t i = 0; i < threads; i++) {
		struct worker *worker = &workers[i];

		worker->pattern = pattern;
		worker->seed = (unsigned int)i + 1;
		worker->bytes = strtoul(argv[2], NULL, 10) * MIB / threads;
		worker->room = worker->bytes / 50 + 1;
		/* Not of the heap, which is what is looked at, and not anonymous. */
		worker->blocks = mmap(NULL, worker->room * sizeof(*worker->blocks),
				      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				      -1, 0);
		if (worker->blocks == MAP_FAILED ||
		    pthread_create(&ids[i], NULL, work, worker))
			return 2;
	}
	pthread_barrier_wait(&done);
	print_pages();
	print_huge();
	count_mappings();
	if (argc > 4)
		count_blocks(workers, threads, strtoul(argv[4], NULL, 10));
	pthread_barrier_wait(&seen);
	for (size_t i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	printf("end\n");
	return 0;
}
