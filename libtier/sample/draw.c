// SPDX-License-Identifier: LGPL-2.1-or-later
// The cells lie one behind the other on a line, each as long as it is worth asking; the line
// is cut into equal parts, and a place is drawn in each.
#include "draw.h"

#include <errno.h>

#include "interval.h"

/* xorshift64*, Vigna: An experimental exploration of Marsaglia's xorshift generators. */
double draw_number(uint64_t *seed)
{
	uint64_t x = *seed;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*seed = x;
	return (double)((x * 0x2545f4914f6cdd1dULL) >> 11) / (double)(1ULL << 53);
}

/* Each array on its own, so that one that grew may stay when the next does not. */
static int grow(void **array, size_t room, size_t size)
{
	void *grown = realloc(*array, room * size);

	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

int points_reserve(struct points *points, size_t room)
{
	if (room <= points->room)
		return 0;
	if (grow((void **)&points->pages, room, sizeof(*points->pages)) ||
	    grow((void **)&points->cells, room, sizeof(*points->cells)) ||
	    grow((void **)&points->nodes, room, sizeof(*points->nodes)) ||
	    grow((void **)&points->weights, room, sizeof(*points->weights)))
		return -ENOMEM;
	points->room = room;
	return 0;
}

void points_free(struct points *points)
{
	free(points->pages);
	free(points->cells);
	free(points->nodes);
	free(points->weights);
	*points = (struct points){ 0 };
}

/* What a page of the cell is worth: the best split over strata goes by the deviation of what
 * is counted (Neyman), here of being in memory and on some node. */
static double worth(const struct cell *cell)
{
	return square_root(cell_rate(cell));
}

static double lay_out(struct areas *areas)
{
	double end = 0;

	for (size_t i = 0; i < areas->n; i++) {
		end += (double)areas->cells[i].pages * worth(&areas->cells[i]);
		areas->cells[i].ends_at = end;
	}
	return end;
}

static void draw_from(const struct cell *cell, double back, uint64_t page_bytes,
		      struct points *points)
{
	double one = worth(cell);
	uint64_t page = (uint64_t)(back / one);
	size_t i = points->n++;

	/* Rounding may lead one page beyond. */
	if (page >= cell->pages)
		page = cell->pages - 1;
	page = cell->pages - 1 - page;
	points->pages[i] = (uintptr_t)(cell->start + page * page_bytes);
	points->weights[i] = (float)(1 / one);
	points->nodes[i] = -EBUSY;
}

void draw(struct areas *areas, uint64_t page_bytes, uint64_t *seed, size_t n,
	  struct points *points)
{
	double length = lay_out(areas), part = length / (double)(n ? n : 1);
	size_t cell = 0;

	points->n = 0;
	if (length <= 0)
		return;
	for (size_t i = 0; i < n; i++) {
		double at = ((double)i + draw_number(seed)) * part;

		while (cell + 1 < areas->n && areas->cells[cell].ends_at <= at)
			cell++;
		points->cells[points->n] = (uint32_t)cell;
		if (at > areas->cells[cell].ends_at)
			at = areas->cells[cell].ends_at;
		draw_from(&areas->cells[cell], areas->cells[cell].ends_at - at,
			  page_bytes, points);
	}
}
