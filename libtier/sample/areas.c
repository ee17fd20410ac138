// SPDX-License-Identifier: LGPL-2.1-or-later
// Mappings are cut into cells, as of a large reservation only a part may be in use, and pages
// that are not there are asked about in vain.
#include "areas.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* About so many cells of a large process, and none smaller than what a huge page has. */
#define CELLS		1024
#define SMALLEST_CELL	512
#define MOST_CELLS	(1U << 20)
#define ADDRESS_BITS_64 (1ULL << 63)

struct build {
	struct cell *cells;
	size_t n, room;
	uint64_t page_bytes;
	uint64_t cell_pages;
	uint64_t pages, skipped;
	uint32_t n_mappings;
};

static bool is_drawn_from(const struct mapping *mapping)
{
	/* [vsyscall] is in the kernel's half. */
	return !mapping->is_closed && mapping->start < ADDRESS_BITS_64;
}

static uint64_t pages_of(const struct mapping *mapping, uint64_t page_bytes)
{
	return (mapping->end - mapping->start) / page_bytes;
}

static int count_pages(const char *maps, struct build *build)
{
	struct mapping mapping;
	int ret;

	while ((ret = maps_next(&maps, &mapping)) > 0) {
		uint64_t pages = pages_of(&mapping, build->page_bytes);

		build->n_mappings++;
		if (is_drawn_from(&mapping))
			build->pages += pages;
		else
			build->skipped += pages;
	}
	build->cell_pages = build->pages / CELLS;
	if (build->cell_pages < SMALLEST_CELL)
		build->cell_pages = SMALLEST_CELL;
	return ret;
}

static int add_cell(struct build *build, const struct cell *cell)
{
	if (build->n == build->room) {
		size_t room = build->room ? 2 * build->room : 64;
		struct cell *grown = realloc(build->cells, room * sizeof(*grown));

		if (!grown || room > MOST_CELLS) {
			build->cells = grown ? grown : build->cells;
			return -ENOMEM;
		}
		build->cells = grown;
		build->room = room;
	}
	build->cells[build->n++] = *cell;
	return 0;
}

static int cut(struct build *build, const struct mapping *mapping, uint32_t number)
{
	uint64_t left = pages_of(mapping, build->page_bytes);
	struct cell cell = { .start = mapping->start, .mapping = number };

	while (left) {
		int ret;

		cell.pages = left < build->cell_pages ? left : build->cell_pages;
		ret = add_cell(build, &cell);
		if (ret)
			return ret;
		cell.start += cell.pages * build->page_bytes;
		left -= cell.pages;
	}
	return 0;
}

static int cut_all(struct build *build, const char *maps)
{
	struct mapping mapping;
	uint32_t number = 0;
	int ret = 0;

	while (!ret && maps_next(&maps, &mapping) > 0) {
		if (is_drawn_from(&mapping))
			ret = cut(build, &mapping, number);
		number++;
	}
	return ret;
}

/* Both are ascending. */
static void inherit(struct build *build, const struct areas *old)
{
	size_t at = 0;

	for (size_t i = 0; i < build->n; i++) {
		while (at < old->n && old->cells[at].start < build->cells[i].start)
			at++;
		if (at == old->n || old->cells[at].start != build->cells[i].start)
			continue;
		build->cells[i].asked = old->cells[at].asked;
		build->cells[i].found = old->cells[at].found;
	}
}

/* A thousand small processes have a list each. */
static void give_back_room(struct build *build)
{
	struct cell *fitting = NULL;

	if (build->n && build->n < build->room)
		fitting = realloc(build->cells, build->n * sizeof(*fitting));
	if (fitting)
		build->cells = fitting;
}

int areas_read(struct areas *areas, const char *maps, uint64_t page_bytes)
{
	struct build build = { .page_bytes = page_bytes };
	int ret = count_pages(maps, &build);

	if (!ret)
		ret = cut_all(&build, maps);
	if (ret) {
		free(build.cells);
		return ret;
	}
	give_back_room(&build);
	inherit(&build, areas);
	free(areas->cells);
	*areas = (struct areas){ .cells = build.cells,
				 .n = build.n,
				 .pages = build.pages,
				 .skipped = build.skipped,
				 .n_mappings = build.n_mappings };
	return 0;
}

void areas_free(struct areas *areas)
{
	free(areas->cells);
	*areas = (struct areas){ 0 };
}

double cell_rate(const struct cell *cell)
{
	return ((double)cell->found + 0.5) / ((double)cell->asked + 1);
}

void cell_learn(struct cell *cell, int is_found)
{
	cell->asked += 1;
	cell->found += is_found ? 1 : 0;
}

void areas_fade(struct areas *areas)
{
	for (size_t i = 0; i < areas->n; i++) {
		areas->cells[i].asked /= 2;
		areas->cells[i].found /= 2;
	}
}

int areas_are_known(const struct areas *areas)
{
	for (size_t i = 0; i < areas->n; i++)
		if (areas->cells[i].asked > 0)
			return 1;
	return 0;
}
