// SPDX-License-Identifier: GPL-2.0-or-later
// The ends of a heap: calls before anything of a program or of its libraries has run.
//
// ends early
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiermalloc.h"

/* ---- before constructors -------------------------------------------------------------- */

#define EARLY 40

static char *early_blocks[EARLY];

/* The loader calls these before the constructors of all libraries. */
static void take_early(void)
{
	for (size_t i = 0; i < EARLY; i++) {
		early_blocks[i] = malloc(i * i * 100 + 1);
		if (early_blocks[i])
			memset(early_blocks[i], (int)i + 1, i * i * 100 + 1);
	}
}

typedef void (*function)(void);
__attribute__((section(".preinit_array"), used)) static const function first = take_early;

/* They are whole, the first of all is in a tier where there are such, and they can be grown
 * and freed. */
static int early(void)
{
	int bad = tier_of && tier_heap_tiers() > 0 && tier_of(early_blocks[0]) < 0;

	for (size_t i = 0; i < EARLY; i++) {
		size_t size = i * i * 100 + 1;
		char *block = early_blocks[i];

		bad += !block || block[size - 1] != (char)(i + 1);
		block = realloc(block, 3 * size);
		bad += !block || block[size - 1] != (char)(i + 1);
		free(block);
	}
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 2;

	if (argc == 2 && !strcmp(argv[1], "early"))
		bad = early();
	printf("%d bad\n", bad);
	return bad != 0;
}
