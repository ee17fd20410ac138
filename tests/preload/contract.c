// SPDX-License-Identifier: GPL-2.0-or-later
// What the C library promises of its allocator, written down call by call: the same
// program says the same without a preload and with one.
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1UL << 20)

/* Sizes that the compiler does not see through. */
static volatile size_t huge = SIZE_MAX, half = PTRDIFF_MAX, nothing, one = 1;

static void say(const char *call, const void *block)
{
	int kept = errno;

	printf("%-34s %-6s errno %d\n", call, block ? "block" : "NULL", kept);
	errno = 0;
}

static void say_aligned(const char *call, const void *block, size_t alignment)
{
	int kept = errno;

	printf("%-34s %-6s errno %d, aligned %d\n", call, block ? "block" : "NULL", kept,
	       (uintptr_t)block % alignment == 0);
	errno = 0;
}

#define BLOCK(call)               \
	do {                      \
		void *b = (call); \
		say(#call, b);    \
		free(b);          \
	} while (0)

#define ALIGNED(call, alignment)                  \
	do {                                      \
		void *b = (call);                 \
		say_aligned(#call, b, alignment); \
		free(b);                          \
	} while (0)

static void sizes(void)
{
	BLOCK(malloc(nothing));
	BLOCK(malloc(one));
	BLOCK(malloc(half));
	BLOCK(malloc(huge));
	BLOCK(malloc(half + 1));
	BLOCK(calloc(nothing, one));
	BLOCK(calloc(one, nothing));
	BLOCK(calloc(huge, 2));
	BLOCK(calloc(huge / 2 + 1, 2));
	BLOCK(calloc(half, one));
	BLOCK(reallocarray(NULL, huge, 2));
	BLOCK(reallocarray(NULL, 3, 5));
	BLOCK(reallocarray(NULL, huge / 2 + 2, 2));
	printf("usable of NULL: %zu\n", malloc_usable_size(NULL));
}

static void growing(void)
{
	char *block = malloc(10), *again;

	memcpy(block, "contents!", 10);
	again = realloc(block, half);
	say("realloc(block, PTRDIFF_MAX)", again);
	printf("the block is whole: %d\n", !strcmp(block, "contents!"));
	again = reallocarray(block, huge, huge);
	say("reallocarray(block, max, max)", again);
	printf("the block is whole: %d\n", !strcmp(block, "contents!"));
	again = realloc(block, 1 << 20);
	say("realloc(block, 1 MiB)", again);
	printf("the block is whole: %d\n", !strcmp(again, "contents!"));
	block = realloc(again, 10);
	printf("the block is whole: %d\n", !strcmp(block, "contents!"));
	say("realloc(block, 0)", realloc(block, nothing));
	BLOCK(realloc(NULL, nothing));
	BLOCK(realloc(NULL, 77));
}

static void alignments(void)
{
	static const size_t bad[] = { 0, 1, 2, 3, 4, 7, 12, 24, 100, SIZE_MAX };

	ALIGNED(memalign(0, 10), 1);
	ALIGNED(memalign(1, 10), 1);
	ALIGNED(memalign(24, 10), 32);
	ALIGNED(memalign(64, nothing), 64);
	ALIGNED(memalign(1 << 21, 10), 1 << 21);
	ALIGNED(memalign(1UL << 63, 10), 1);
	ALIGNED(memalign(huge, 10), 1);
	ALIGNED(memalign(64, half), 1);
	ALIGNED(memalign(64, huge), 1);
	ALIGNED(aligned_alloc(64, 100), 64);
	ALIGNED(aligned_alloc(48, 100), 64);
	ALIGNED(aligned_alloc(nothing, 100), 1);
	ALIGNED(aligned_alloc(4096, huge), 1);
	ALIGNED(valloc(10), 4096);
	ALIGNED(valloc(nothing), 4096);
	ALIGNED(valloc(huge), 1);
	ALIGNED(pvalloc(10), 4096);
	ALIGNED(pvalloc(nothing), 4096);
	ALIGNED(pvalloc(huge), 1);
	ALIGNED(pvalloc(huge - 4095), 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		void *block = &block;
		int ret = posix_memalign(&block, bad[i], 10);

		printf("posix_memalign(%zu): %d, untouched %d, errno %d\n", bad[i], ret,
		       block == &block, errno);
	}
}

static void posix(void)
{
	void *block = &block;
	int ret;

	errno = EILSEQ;
	ret = posix_memalign(&block, 64, huge);
	printf("posix_memalign(64, max): %d, untouched %d, errno kept %d\n", ret,
	       block == &block, errno == EILSEQ);
	ret = posix_memalign(&block, 256, nothing);
	printf("posix_memalign(256, 0): %d, aligned %d, errno kept %d\n", ret,
	       (uintptr_t)block % 256 == 0, errno == EILSEQ);
	free(block);
	errno = 0;
}

static void zeroed(void)
{
	size_t sums = 0;

	for (size_t size = 1; size < 4 << 20; size = size * 3 + 1) {
		unsigned char *block = malloc(size);

		memset(block, 0xff, size);
		free(block);
		block = calloc(1, size);
		for (size_t i = 0; i < size; i++)
			sums += block[i];
		free(block);
	}
	printf("what calloc gives adds up to %zu\n", sums);
}

/* Large blocks are unmapped or purged by free, which may not touch errno. */
static void keeping(void)
{
	int changed = 0;

	for (size_t size = 1; size < 64 << 20; size *= 2) {
		void *block = malloc(size);

		memset(block, 1, size);
		errno = EXDEV;
		free(block);
		changed += errno != EXDEV;
	}
	errno = EXDEV;
	free(NULL);
	changed += errno != EXDEV;
	printf("free changed errno %d times\n", changed);
	errno = 0;
}

/* ---- figures ------------------------------------------------------------------------ */

/* C23's, which the C library of Debian 12 has not. */
#pragma weak free_sized
#pragma weak free_aligned_sized
void free_sized(void *block, size_t size);
void free_aligned_sized(void *block, size_t alignment, size_t size);

static size_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	/* The C library counts what it takes from mmap(2) apart. */
	return info.uordblks + info.hblkhd;
}

static void counting(void)
{
	size_t before = in_use(), with;
	void *block = malloc(10 * MIB);

	memset(block, 1, 10 * MIB);
	with = in_use();
	free(block);
	printf("mallinfo2: 10 MiB are in use %d, and are not %d\n",
	       with - before > 9 * MIB && with - before < 11 * MIB,
	       in_use() - before + MIB < 2 * MIB);
}

/* As many as would be seen, were they not freed. */
static void sized(void)
{
	size_t before = in_use();

	for (int i = 0; i < 20000; i++) {
		void *block = malloc(1000), *table = aligned_alloc(64, 640);

		if (free_sized)
			free_sized(block, 1000);
		else
			free(block);
		if (free_aligned_sized)
			free_aligned_sized(table, 64, 640);
		else
			free(table);
	}
	printf("sized frees leave nothing: %d\n", in_use() - before + MIB < 2 * MIB);
}

static long resident_mib(void)
{
	char line[128] = "", *end;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file)
		return -1;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	(void)strtol(line, &end, 10);
	return strtol(end, NULL, 10) / 256;
}

/* The last block keeps the others below the end of the heap. */
static void trimming(void)
{
	static void *blocks[64 * MIB / 1000];
	long full, empty;

	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++)
		memset(blocks[i] = malloc(1000), 1, 1000);
	for (size_t i = 0; i + 1 < sizeof(blocks) / sizeof(*blocks); i++)
		free(blocks[i]);
	full = resident_mib();
	errno = EXDEV;
	printf("malloc_trim: %d, errno kept %d\n", malloc_trim(0), errno == EXDEV);
	empty = resident_mib();
	free(blocks[sizeof(blocks) / sizeof(*blocks) - 1]);
	printf("malloc_trim gives back most: %d\n", empty > 0 && full - empty > 50);
}

int main(void)
{
	errno = 0;
	sizes();
	growing();
	alignments();
	posix();
	zeroed();
	keeping();
	counting();
	sized();
	trimming();
	return 0;
}
