// SPDX-License-Identifier: GPL-2.0-or-later
// A load for allocators as a program.
//
// heap_load LOAD ROUNDS
#include <stdlib.h>

#include "heap_loads.h"

int main(int argc, char **argv)
{
	const struct heap_load *load = argc == 3 ? heap_load_find(argv[1]) : NULL;
	uint64_t blocks;

	if (!load)
		return 2;
	return heap_load_run(load, strtoul(argv[2], NULL, 10), &blocks) ? 1 : 0;
}
