// SPDX-License-Identifier: GPL-2.0-or-later
// A program that is linked with jemalloc and mixes its calls with the C library's. Prints
// what it finds, and nothing that another build of the same jemalloc may answer otherwise.
#include <errno.h>
#include <jemalloc/jemalloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1UL << 20)

static void say(const char *what, bool holds)
{
	printf("%s: %s\n", what, holds ? "yes" : "no");
}

static bool is_filled(const unsigned char *block, size_t size, unsigned char with)
{
	for (size_t i = 0; i < size; i++)
		if (block[i] != with)
			return false;
	return true;
}

static size_t figure(const char *name)
{
	uint64_t epoch = 1;
	size_t value = 0, len = sizeof(value);

	mallctl("epoch", NULL, NULL, &epoch, sizeof(epoch));
	return mallctl(name, &value, &len, NULL, 0) ? 0 : value;
}

/* ---- blocks -------------------------------------------------------------------------- */

static void show_allocation(void)
{
	static const size_t sizes[] = { 1, 100, 4096, 70000, 3 * MIB };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		const size_t size = sizes[i];
		unsigned char *block = mallocx(size, 0);
		unsigned char *zeroed = mallocx(size, MALLOCX_ZERO);
		unsigned char *aligned = mallocx(size, MALLOCX_ALIGN(65536));

		printf("%zu\n", size);
		say(" size is nallocx's", sallocx(block, 0) == nallocx(size, 0));
		say(" usable is sallocx's",
		    malloc_usable_size(block) == sallocx(block, 0));
		say(" zeroed", is_filled(zeroed, size, 0));
		say(" aligned", (uintptr_t)aligned % 65536 == 0);
		memset(block, 7, size);
		memset(aligned, 8, size);
		dallocx(zeroed, 0);
		free(block);
		sdallocx(aligned, size, MALLOCX_ALIGN(65536));
	}
}

static void show_mixed(void)
{
	unsigned char *block = malloc(1000);

	memset(block, 1, 1000);
	block = rallocx(block, 300000, 0);
	say("malloc, rallocx", is_filled(block, 1000, 1));
	block = realloc(block, 500);
	say("rallocx, realloc", is_filled(block, 500, 1));
	memset(block, 0xff, malloc_usable_size(block));
	block = rallocx(block, 100000, MALLOCX_ALIGN(8192) | MALLOCX_ZERO);
	say("rallocx keeps", is_filled(block, 500, 0xff));
	say("rallocx zeroes", is_filled(block + nallocx(500, 0), 50000, 0));
	say("rallocx aligns", (uintptr_t)block % 8192 == 0);
	dallocx(block, 0);

	block = mallocx(100, MALLOCX_TCACHE_NONE);
	say("xallocx where it lies", xallocx(block, 100, 0, 0) == nallocx(100, 0));
	dallocx(block, MALLOCX_TCACHE_NONE);
	block = aligned_alloc(4096, 8192);
	dallocx(block, MALLOCX_ALIGN(4096));
}

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)*seed * below >> 32);
}

static unsigned char *get(uint32_t how, size_t size)
{
	switch (how) {
	case 0:
		return malloc(size);
	case 1:
		return mallocx(size, MALLOCX_LG_ALIGN(6));
	case 2:
		return mallocx(size, MALLOCX_TCACHE_NONE);
	default:
		return calloc(1, size);
	}
}

static unsigned char *change(uint32_t how, unsigned char *block, size_t size)
{
	switch (how) {
	case 0:
		return realloc(block, size);
	case 1:
		return rallocx(block, size, 0);
	default:
		return rallocx(block, size, MALLOCX_LG_ALIGN(6));
	}
}

static void put(uint32_t how, unsigned char *block)
{
	switch (how) {
	case 0:
		free(block);
		break;
	case 1:
		dallocx(block, 0);
		break;
	default:
		dallocx(block, MALLOCX_TCACHE_NONE);
		break;
	}
}

/* Blocks of each call are changed and freed by each other. */
static void show_random(void)
{
	static unsigned char *blocks[256];
	static size_t sizes[256];
	uint32_t seed = 1;
	bool is_kept = true;

	for (int i = 0; i < 50000; i++) {
		uint32_t n = draw(&seed, 256);
		size_t size = 1 + draw(&seed, 1U << draw(&seed, 18)), kept;

		if (!blocks[n]) {
			blocks[n] = get(draw(&seed, 4), size);
		} else if (draw(&seed, 2)) {
			kept = sizes[n] < size ? sizes[n] : size;
			blocks[n] = change(draw(&seed, 3), blocks[n], size);
			is_kept &= is_filled(blocks[n], kept, (unsigned char)n);
		} else {
			is_kept &= is_filled(blocks[n], sizes[n], (unsigned char)n);
			put(draw(&seed, 3), blocks[n]);
			blocks[n] = NULL;
			continue;
		}
		sizes[n] = size;
		memset(blocks[n], (int)n, size);
	}
	for (uint32_t n = 0; n < 256; n++)
		if (blocks[n])
			put(n % 3, blocks[n]);
	say("random calls keep what is there", is_kept);
}

/* ---- control ------------------------------------------------------------------------- */

/* Small blocks and large ones, wherever they lie: 65 MiB. Of these the caches of two tiers may
 * have had 1.5 since before: jemalloc caches 20 large ones and 200 small ones in each. */
#define FIGURED 4096

static void show_figures(void)
{
	static unsigned char *blocks[FIGURED];
	size_t before = figure("stats.allocated"), now;

	for (int i = 0; i < FIGURED; i++) {
		blocks[i] = malloc(i % 2 ? 512 : 32768);
		memset(blocks[i], 1, 512);
	}
	now = figure("stats.allocated");
	say("stats.allocated grows by what is allocated",
	    now - before >= 60 * MIB && now - before < 72 * MIB);
	say("stats.resident is more", figure("stats.resident") > now);
	for (int i = 0; i < FIGURED; i++)
		free(blocks[i]);
	say("stats.allocated shrinks again", figure("stats.allocated") < now - 60 * MIB);
}

/* An arena and a cache of the program's own. */
static void show_own(void)
{
	unsigned int arena = 0, cache = 0, found = 0;
	size_t len = sizeof(arena);
	void *block;

	printf("arenas.create: %d\n", mallctl("arenas.create", &arena, &len, NULL, 0));
	len = sizeof(cache);
	printf("tcache.create: %d\n", mallctl("tcache.create", &cache, &len, NULL, 0));
	block = mallocx(5000, MALLOCX_ARENA(arena) | MALLOCX_TCACHE(cache));
	len = sizeof(found);
	printf("arenas.lookup: %d\n",
	       mallctl("arenas.lookup", &found, &len, &block, sizeof(block)));
	say("in the arena that was named", found == arena);
	dallocx(block, MALLOCX_TCACHE(cache));
	printf("tcache.destroy: %d\n",
	       mallctl("tcache.destroy", NULL, NULL, &cache, sizeof(cache)));
}

static void count_text(void *arg, const char *text)
{
	*(size_t *)arg += strlen(text);
}

static void show_names(void)
{
	size_t mib[4], count = 4, value = 0, len = sizeof(value), text = 0;

	say("an unknown name", mallctl("no.such", NULL, NULL, NULL, 0) == ENOENT);
	printf("mallctlnametomib: %d", mallctlnametomib("arenas.page", mib, &count));
	printf(" %zu\n", count);
	printf("mallctlbymib: %d", mallctlbymib(mib, count, &value, &len, NULL, 0));
	printf(" %zu\n", value);
	malloc_stats_print(count_text, &text, "gmdablxe");
	say("malloc_stats_print", text > 0);
}

/* "own": with an arena of its own, which is not heeded under a limit. */
int main(int argc, char **argv)
{
	show_allocation();
	show_mixed();
	show_random();
	show_figures();
	if (argc > 1 && !strcmp(argv[1], "own"))
		show_own();
	show_names();
	return 0;
}
