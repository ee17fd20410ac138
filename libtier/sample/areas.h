/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The address space of a process as something to draw pages from: cells of neighbouring
 * pages, and how many of each were found to be in memory. Pure.
 */
#ifndef AREAS_H
#define AREAS_H

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "proc_text.h"

struct cell {
	uint64_t start;
	uint64_t pages;
	uint32_t mapping; /* which line of maps it belongs to, from 0 */
	float asked;	  /* pages that were asked about, the old ones fading */
	float found;	  /* and of these in memory */
	double ends_at;	  /* on the line that pages are drawn from */
};

struct areas {
	struct cell *cells; /* ascending by start */
	size_t n;
	uint64_t pages;	  /* in all cells */
	uint64_t skipped; /* pages of mappings that nobody may touch: none is drawn */
	uint32_t n_mappings;
};

/*
 * From the text of maps. What earlier cells with the same start have learnt stays. Errors:
 * -EINVAL (no maps), -ENOMEM; then nothing has changed.
 */
int areas_read(struct areas *areas, const char *maps, uint64_t page_bytes) MUST_CHECK;
void areas_free(struct areas *areas);

/* How likely a page of the cell is in memory, never 0. */
double cell_rate(const struct cell *cell);
/* Note what became of a page. */
void cell_learn(struct cell *cell, int is_found);
/* Let what was learnt count half, before the next look. */
void areas_fade(struct areas *areas);
/* Whether something was learnt of them. */
int areas_are_known(const struct areas *areas);

#endif
