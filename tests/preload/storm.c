// SPDX-License-Identifier: GPL-2.0-or-later
// What breaks allocators: forks while threads allocate, threads that come and go, blocks
// freed while a thread ends, libraries that are opened and closed, heaps of tiers that
// come to life while others fork, sizes that go and others that come.
//
// storm fork | wake | threads | exit | sizes | requests | dlopen LIBRARY...
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tiermalloc.h"

#define CHURNERS 3
#define FORKS	 60

static atomic_bool stop;

/* Small, medium, large; each is written to. */
static void churn_once(unsigned int *seed)
{
	static const size_t most[] = { 100, 5000, 300000 };
	void *blocks[16];

	for (size_t i = 0; i < 16; i++) {
		size_t size = 1 + (size_t)rand_r(seed) % most[i % 3];

		blocks[i] = malloc(size);
		if (!blocks[i])
			abort();
		memset(blocks[i], 1, size);
	}
	for (size_t i = 0; i < 16; i++)
		free(blocks[i]);
}

static void *churn(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;

	while (!atomic_load(&stop))
		churn_once(&seed);
	return NULL;
}

static void child(void)
{
	unsigned int seed = 7;
	pthread_t thread;

	for (int i = 0; i < 20; i++)
		churn_once(&seed);
	/* The stop flag is the parent's: this thread ends by itself. */
	atomic_store(&stop, true);
	if (pthread_create(&thread, NULL, churn, NULL) || pthread_join(thread, NULL))
		_exit(1);
	_exit(0);
}

static int forks(void)
{
	pthread_t threads[CHURNERS];
	int bad = 0;

	for (size_t i = 0; i < CHURNERS; i++)
		pthread_create(&threads[i], NULL, churn, (void *)(i + 1));
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();
		int status;

		if (!pid) {
			alarm(30);
			child();
		}
		bad += pid < 0 || waitpid(pid, &status, 0) != pid || status;
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < CHURNERS; i++)
		pthread_join(threads[i], NULL);
	return bad;
}

/* ---- the first block of a tier ------------------------------------------------------ */

#define GRANDCHILDREN 4

static void *take_of_tier(void *arg)
{
	int tiers = tier_heap_tiers(), tier = tiers ? tiers - 1 : 0;
	char *block = tier_malloc(tier, 100);

	if (!block)
		abort();
	memset(block, 1, 100);
	free(block);
	return arg;
}

/* Nobody has asked for a block of a tier here: a thread does, and this one forks. */
static void wake(void)
{
	pthread_t thread;
	int bad = 0, status;

	if (pthread_create(&thread, NULL, take_of_tier, NULL))
		_exit(1);
	for (int i = 0; i < GRANDCHILDREN; i++) {
		pid_t pid = fork();

		if (!pid) {
			alarm(30);
			take_of_tier(NULL);
			_exit(0);
		}
		bad += pid < 0 || waitpid(pid, &status, 0) != pid || status;
	}
	pthread_join(thread, NULL);
	_exit(bad != 0);
}

static int wakes(void)
{
	int bad = 0;

	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();
		int status;

		if (!pid)
			wake();
		bad += pid < 0 || waitpid(pid, &status, 0) != pid || status;
	}
	return bad;
}

/* ---- threads ------------------------------------------------------------------------ */

static void *live_briefly(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;

	churn_once(&seed);
	return malloc(100 + (size_t)arg % 10000);
}

static int threads(void)
{
	for (size_t i = 0; i < 500; i++) {
		pthread_t pair[4];

		for (size_t k = 0; k < 4; k++)
			if (pthread_create(&pair[k], NULL, live_briefly,
					   (void *)(i * 4 + k)))
				return 1;
		for (size_t k = 0; k < 4; k++) {
			void *block;

			pthread_join(pair[k], &block);
			if (!block)
				return 1;
			free(block);
		}
	}
	return 0;
}

/* Destructors of thread data run after the allocator's own, some of them. */
static pthread_key_t keys[8];

static void at_thread_end(void *block)
{
	unsigned int seed = 3;

	free(block);
	churn_once(&seed);
}

static void *leave_much(void *arg)
{
	for (size_t i = 0; i < 8; i++)
		pthread_setspecific(keys[i], malloc(1000 * (i + 1)));
	return arg;
}

static int exits(void)
{
	for (size_t i = 0; i < 8; i++)
		if (pthread_key_create(&keys[i], at_thread_end))
			return 1;
	for (int i = 0; i < 500; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, leave_much, NULL) ||
		    pthread_join(thread, NULL))
			return 1;
	}
	return 0;
}

static int opens(char **libraries)
{
	int opened = 0;

	for (int i = 0; i < 50; i++)
		for (char **name = libraries; *name; name++) {
			void *library = dlopen(*name, RTLD_NOW | RTLD_LOCAL);
			unsigned int seed = 5;

			if (!library)
				continue;
			opened++;
			churn_once(&seed);
			dlclose(library);
		}
	return !opened;
}

/* ---- sizes -------------------------------------------------------------------------- */

#define LIVE_BYTES (48UL << 20)
#define MOST_KIB   (100L << 10)
#define SMALL	   200
#define LARGE	   6000

static void fill_and_free(size_t size)
{
	static char *blocks[LIVE_BYTES / SMALL];
	size_t count = LIVE_BYTES / size;

	for (size_t i = 0; i < count; i++) {
		blocks[i] = malloc(size);
		if (!blocks[i])
			abort();
		memset(blocks[i], 1, size);
	}
	for (size_t i = 0; i < count; i++)
		free(blocks[i]);
}

/* Small objects, then large ones of another tier, and again: what the ones have left free
 * does not lie beside the others. */
static int sizes(void)
{
	struct rusage usage;

	for (int i = 0; i < 2; i++) {
		fill_and_free(SMALL);
		fill_and_free(LARGE);
	}
	getrusage(RUSAGE_SELF, &usage);
	if (usage.ru_maxrss > MOST_KIB)
		fprintf(stderr, "%ld KiB at most\n", usage.ru_maxrss);
	return usage.ru_maxrss > MOST_KIB;
}

#define REQUESTS      500L
#define REQUEST_PAGES 25 /* that each thread may fault; of fresh memory it would be 38 */
#define LEFT_KIB      3584 /* 1,920 of them are the table of fill_and_free() */

static void *serve(void *arg)
{
	char *blocks[64];

	for (size_t i = 0; i < 64; i++) {
		size_t size = 16 + (i * 641 + (uintptr_t)arg) % 2000;

		blocks[i] = malloc(size);
		memset(blocks[i], 1, size < 64 ? size : 64);
	}
	for (size_t i = 0; i < 64; i++)
		free(blocks[i]);
	return NULL;
}

static void *serve_much(void *arg)
{
	fill_and_free(SMALL);
	return arg;
}

static void in_a_thread(void *(*work)(void *), size_t number)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, (void *)number) ||
	    pthread_join(thread, NULL))
		exit(3);
}

static long resident_kib(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	char line[256], *second;

	if (!file || !fgets(line, sizeof(line), file))
		exit(3);
	fclose(file);
	second = strchr(line, ' ');
	return second ? strtol(second, NULL, 10) * 4 : 0;
}

/* A thread for each request: it finds what the last one has left, but that is not much. */
static int requests(void)
{
	struct rusage before, after;
	long faults, left = resident_kib();

	in_a_thread(serve_much, 0);
	left = resident_kib() - left;
	in_a_thread(serve, 0);
	getrusage(RUSAGE_SELF, &before);
	for (size_t i = 0; i < REQUESTS; i++)
		in_a_thread(serve, i);
	getrusage(RUSAGE_SELF, &after);
	faults = after.ru_minflt - before.ru_minflt;
	if (faults > REQUESTS * REQUEST_PAGES || left > LEFT_KIB)
		fprintf(stderr, "%ld pages, %ld KiB left\n", faults, left);
	return (faults > REQUESTS * REQUEST_PAGES) + (left > LEFT_KIB);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int bad = 2;

	if (!strcmp(what, "fork"))
		bad = forks();
	else if (!strcmp(what, "wake") && tier_malloc)
		bad = wakes();
	else if (!strcmp(what, "threads"))
		bad = threads();
	else if (!strcmp(what, "exit"))
		bad = exits();
	else if (!strcmp(what, "sizes"))
		bad = sizes();
	else if (!strcmp(what, "requests"))
		bad = requests();
	else if (!strcmp(what, "dlopen"))
		bad = opens(argv + 2);
	printf("%s: %d bad\n", what, bad);
	return bad != 0;
}
