// SPDX-License-Identifier: GPL-2.0-or-later
// A program that chooses itself, by tiermalloc.h: what its threads ask for, and mappings
// of its own.
//
// explicit TIERS BOUNDARY MODE: how many tiers there are (0: none of their own), the size
// that parts the first two (0: none does, 3: three of four pages are of the first), and
// the mode of mbind(2) that a mapping gets.
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tiermalloc.h"

/* C23's, that the library brings. */
#pragma weak free_sized
#pragma weak free_aligned_sized
void free_sized(void *block, size_t size);
void free_aligned_sized(void *block, size_t alignment, size_t size);

#define PAGE	  4096UL
#define OF_ADDR	  2 /* MPOL_F_ADDR */
#define MODE_BITS 0xff
#define ROUNDS	  400
#define SPREAD	  3
#define HUGE	  (1UL << 30) /* no block of these is as large */

static int tiers, bad;
static size_t boundary;

static void check(bool holds, const char *what, long number)
{
	if (holds)
		return;
	__atomic_add_fetch(&bad, 1, __ATOMIC_RELAXED);
	fprintf(stderr, "%s: %ld\n", what, number);
}

static bool is_zero(const unsigned char *block, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (block[i])
			return false;
	return true;
}

/* One object by each call, all of them in that tier. */
static void check_calls(int tier, size_t size)
{
	unsigned char *blocks[4] = { malloc(size), calloc(2, size), memalign(64, size),
				     realloc(malloc(1), size) };

	check(is_zero(blocks[1], 2 * size), "calloc's is not zero", (long)size);
	for (size_t i = 0; i < 4; i++) {
		memset(blocks[i], 0xa5, size);
		check(tier_of(blocks[i]) == tier, "in another tier", (long)size);
		blocks[i] = realloc(blocks[i], 3 * size);
		check(tier_of(blocks[i]) == tier, "grown in another tier", (long)size);
		check(blocks[i][size - 1] == 0xa5, "lost", (long)size);
		free(blocks[i]);
	}
}

/* One object by each call that names a tier, with every heap of the program's own. */
static void check_objects(int tier, size_t size)
{
	unsigned char *blocks[3] = { tier_malloc(tier, size), tier_calloc(tier, 2, size),
				     tier_aligned_alloc(tier, 4096, size) };

	check(is_zero(blocks[1], 2 * size), "tier_calloc's is not zero", (long)size);
	check(!((uintptr_t)blocks[2] % 4096), "not aligned", (long)size);
	for (size_t i = 0; i < 3; i++) {
		memset(blocks[i], 0xa5, size);
		check(tier_of(blocks[i]) == tier, "object in another tier", (long)size);
		blocks[i] = realloc(blocks[i], 9 * size);
		check(blocks[i][size - 1] == 0xa5, "object lost", (long)size);
		if (boundary == SPREAD || boundary > HUGE)
			check(tier_of(blocks[i]) == tier, "object grown in another tier",
			      (long)size);
		free(blocks[i]);
	}
}

static void check_tier(int tier)
{
	check(!tier_heap_thread(-1), "not taken back", tier);
	for (size_t i = 1; i <= ROUNDS; i += 7)
		check_objects(tier, i * i);
	check(!tier_heap_thread(tier), "refused", tier);
	for (size_t i = 1; i <= ROUNDS; i++)
		check_calls(tier, i * i);
}

/* A ratio's blocks are spread: of many pages each tier has its own. */
static void check_spread(void)
{
	size_t size = 64 << 20;
	char *block = malloc(size);
	size_t count[8] = { 0 };

	for (size_t at = 0; at < size; at += PAGE) {
		int tier = tier_of(block + at);

		check(tier >= 0 && tier < tiers, "spread to no tier", tier);
		count[tier & 7]++;
	}
	check(count[0] > size / PAGE * 74 / 100 && count[0] < size / PAGE * 76 / 100,
	      "not three of four", (long)count[0]);
	free(block);
}

/* Without a choice, by size. */
static void check_policy(void)
{
	if (boundary == SPREAD)
		return check_spread();
	for (size_t i = 1; boundary && i <= ROUNDS; i++) {
		void *block = malloc(i * i);

		check(tier_of(block) == (i * i >= boundary), "not by size",
		      (long)(i * i));
		free(block);
	}
}

/* Sizes decide anew: also of a block that is larger for its alignment only, and behind one
 * that was made smaller where it lay. */
static void check_again(void)
{
	const size_t sizes[] = { 8 * boundary, boundary * 2 / 3, boundary * 9 / 10 };
	unsigned char *block;

	if (boundary <= SPREAD || boundary > HUGE)
		return;
	block = aligned_alloc(2 * PAGE, 128);
	check(tier_of(block) == 0, "aligned in another tier", 0);
	for (size_t i = 0; i < 3; i++) {
		block = realloc(block, sizes[i]);
		check(tier_of(block) == (sizes[i] >= boundary), "again, not by size",
		      (long)sizes[i]);
	}
	free(block);
}

/* Goes on beside threads that choose. */
static void *obey(void *arg)
{
	for (int i = 0; i < 20; i++)
		check_policy();
	return arg;
}

static void check_refusals(void)
{
	const int wrong[] = { -2, tiers ? tiers : 1, 1000 };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		errno = 0;
		check(tier_heap_thread(wrong[i]) == -1 && errno == EINVAL,
		      "thread: not refused", wrong[i]);
		errno = 0;
		check(tier_place(wrong[i], NULL, 0) == -1 && errno == EINVAL,
		      "place: not refused", wrong[i]);
	}
}

/* The child's one thread keeps what it has chosen, and can choose again. */
static void check_fork(int tier)
{
	int status;
	pid_t pid;

	check(!tier_heap_thread(tier), "refused", tier);
	pid = fork();
	if (!pid) {
		check_calls(tier, 100);
		check_tier(0);
		_exit(bad != 0);
	}
	check(waitpid(pid, &status, 0) == pid && !status, "the child", status);
}

static void check_mapping(int mode)
{
	char *start = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int tier = tiers ? tiers - 1 : 0, found = -1;

	check(start != MAP_FAILED, "mmap", errno);
	check(!tier_place(tier, start + PAGE, 8 * PAGE), "place", errno);
	syscall(SYS_get_mempolicy, &found, NULL, 0UL, start + PAGE, (long)OF_ADDR);
	check((found & MODE_BITS) == mode, "mode of the mapping", found);
	syscall(SYS_get_mempolicy, &found, NULL, 0UL, start, (long)OF_ADDR);
	check(!found, "mode of what lies before", found);
	errno = 0;
	if (mode)
		check(tier_place(tier, start + 1, PAGE) == -1 && errno == EINVAL,
		      "half a page", errno);
	munmap(start, 16 * PAGE);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 4 || !tier_malloc || !free_sized || !free_aligned_sized)
		return 2;
	tiers = (int)strtol(argv[1], NULL, 10);
	boundary = strtoul(argv[2], NULL, 10);
	check(tier_heap_tiers() == tiers, "tiers", tier_heap_tiers());
	check_policy();
	check_again();
	if (pthread_create(&thread, NULL, obey, NULL))
		return 2;
	for (int tier = 0; tier < (tiers ? tiers : 1); tier++)
		check_tier(tier);
	check_refusals();
	check_fork(tiers ? tiers - 1 : 0);
	check(!tier_heap_thread(-1), "not taken back", errno);
	check_policy();
	check_mapping((int)strtol(argv[3], NULL, 10));
	pthread_join(thread, NULL);
	printf("%d failures\n", bad);
	return bad != 0;
}
