// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program with threads, one of which has a page of its heap go bad. Must not know
 * libtier, which it is a witness against: it only calls malloc.
 *
 *   poisoned
 *
 * Prints "pfn PFN" of the page, "kept N blocks" while the bad block is kept, "given back N
 * blocks" once it was freed and malloc_trim() has had the kernel take its pages back: how
 * many could be allocated and written to as a whole. Ends with 1 if the thread whose page it
 * was did not get SIGBUS at that very page, with 3 if another got one.
 */
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES 4096UL
#define BYSTANDERS 3
#define BLOCKS	   200
#define BLOCK	   (256UL << 10)

static atomic_bool stop;

static _Thread_local sigjmp_buf way_out;
static _Thread_local volatile sig_atomic_t expects;
static void *volatile bad_address;

static void on_sigbus(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	if (!expects) {
		char line[64];
		int length = snprintf(line, sizeof(line), "astray: %p, code %d\n",
				      info->si_addr, info->si_code);

		_exit(write(STDERR_FILENO, line, (size_t)length) == length ? 3 : 4);
	}
	bad_address = info->si_addr;
	siglongjmp(way_out, 1);
}

static void *stand_by(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg;
	char *blocks[64] = { 0 };

	while (!atomic_load(&stop)) {
		size_t at = (size_t)rand_r(&seed) % 64;
		size_t size = 1 + (size_t)rand_r(&seed) % (at % 8 ? 2000 : 300000);

		free(blocks[at]);
		blocks[at] = malloc(size);
		if (!blocks[at])
			exit(2);
		memset(blocks[at], 1, size);
	}
	return NULL;
}

/* How many blocks can be had and written to before one is bad. */
static int fill(void)
{
	static char *blocks[BLOCKS]; /* what siglongjmp() must not lose */
	volatile int filled = 0;

	expects = 1;
	if (!sigsetjmp(way_out, 1))
		for (; filled < BLOCKS; filled++) {
			blocks[filled] = malloc(BLOCK);
			if (!blocks[filled])
				break;
			memset(blocks[filled], 2, BLOCK);
		}
	expects = 0;
	for (int i = 0; i < filled; i++)
		free(blocks[i]);
	return filled;
}

static unsigned long pfn_of(const char *page)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 || pread(fd, &entry, sizeof(entry),
			    (off_t)((uintptr_t)page / PAGE_BYTES * sizeof(entry))) !=
			      (ssize_t)sizeof(entry))
		exit(2);
	close(fd);
	return entry & ((1UL << 55) - 1);
}

/* The kernel tells the thread that does this, too. */
static void spoil(char *page)
{
	expects = 1;
	if (!sigsetjmp(way_out, 1) && madvise(page, PAGE_BYTES, MADV_HWPOISON)) {
		perror("madvise");
		exit(2);
	}
	expects = 0;
}

/* Whether reading the page brings SIGBUS there. */
static bool meets(const char *page)
{
	bad_address = NULL;
	expects = 1;
	if (!sigsetjmp(way_out, 1))
		(void)*(const volatile char *)page;
	expects = 0;
	return bad_address == page;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };
	pthread_t threads[BYSTANDERS];
	char *block, *page;
	bool met;

	sigaction(SIGBUS, &action, NULL);
	for (uintptr_t i = 0; i < BYSTANDERS; i++)
		if (pthread_create(&threads[i], NULL, stand_by, (void *)(i + 1)))
			return 2;
	block = malloc(BLOCK);
	if (!block)
		return 2;
	memset(block, 1, BLOCK);
	page = block + BLOCK / 2;
	page -= (uintptr_t)page % PAGE_BYTES;
	printf("pfn %lu at %p\n", pfn_of(page), (void *)page);
	fflush(stdout);
	spoil(page);
	met = meets(page);
	printf("kept %d blocks\n", fill());
	free(block);
	malloc_trim(0);
	printf("given back %d blocks\n", fill());
	atomic_store(&stop, true);
	for (int i = 0; i < BYSTANDERS; i++)
		pthread_join(threads[i], NULL);
	return !met;
}
