// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads that take memory when they are told to, and say where the kernel put it. Must not know
 * libtier, which it is a witness against.
 *
 *   grow [FILE]
 *
 * At each line of standard input, the first thread and three others touch 4 MiB each of new memory
 * in small pages; with FILE, the first touches 4 MiB more of a mapping of it instead. Then "new",
 * "node N PAGES" for each node that has any of that, "all", the same for all that was touched so
 * far, and "end".
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE_BYTES 4096UL
#define STEP_PAGES 1024UL
#define STEP_BYTES (STEP_PAGES * PAGE_BYTES)
#define THREADS	   4
#define MOST_STEPS 256
#define NODES_MAX  1024

struct grower {
	char *steps[MOST_STEPS];
	size_t count;
};

static struct grower growers[THREADS];
static pthread_barrier_t barrier;
static char *file_map;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void grow(struct grower *grower)
{
	char *step;

	if (grower->count == MOST_STEPS)
		die("too often");
	if (file_map && grower != growers)
		return;
	if (file_map) {
		step = file_map + grower->count * STEP_BYTES;
	} else {
		step = mmap(NULL, STEP_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (step == MAP_FAILED)
			die("mmap");
		madvise(step, STEP_BYTES, MADV_NOHUGEPAGE);
	}
	for (size_t page = 0; page < STEP_PAGES; page++)
		*(volatile char *)(step + page * PAGE_BYTES) = 1;
	grower->steps[grower->count++] = step;
}

static void *grow_always(void *arg)
{
	for (;;) {
		pthread_barrier_wait(&barrier);
		grow(arg);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void add(char *step, unsigned long nodes[NODES_MAX])
{
	void *pages[STEP_PAGES];
	int status[STEP_PAGES];

	for (size_t page = 0; page < STEP_PAGES; page++)
		pages[page] = step + page * PAGE_BYTES;
	if (syscall(SYS_move_pages, 0, STEP_PAGES, pages, NULL, status, 0))
		die("move_pages");
	for (size_t page = 0; page < STEP_PAGES; page++)
		if (status[page] >= 0 && status[page] < NODES_MAX)
			nodes[status[page]]++;
}

static void count(const char *word, size_t from_last)
{
	unsigned long nodes[NODES_MAX] = { 0 };

	for (int i = 0; i < THREADS; i++)
		for (size_t k = from_last && growers[i].count ? growers[i].count - 1 : 0;
		     k < growers[i].count; k++)
			add(growers[i].steps[k], nodes);
	puts(word);
	for (int node = 0; node < NODES_MAX; node++)
		if (nodes[node])
			printf("node %d %lu\n", node, nodes[node]);
}

static void map_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)(MOST_STEPS * STEP_BYTES)))
		die(path);
	file_map = mmap(NULL, MOST_STEPS * STEP_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			fd, 0);
	if (file_map == MAP_FAILED)
		die("mmap");
}

int main(int argc, char **argv)
{
	char line[64];

	if (argc > 1)
		map_file(argv[1]);
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (int i = 1; i < THREADS; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, grow_always, &growers[i]))
			die("pthread_create");
	}
	while (fgets(line, sizeof(line), stdin)) {
		pthread_barrier_wait(&barrier);
		grow(&growers[0]);
		pthread_barrier_wait(&barrier);
		count("new", 1);
		count("all", 0);
		puts("end");
		fflush(stdout);
	}
	return 0;
}
