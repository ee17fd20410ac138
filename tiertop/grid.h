/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen as cells of one character and one style. Knows no terminal, and nothing of what is
 * drawn on it. */
#ifndef GRID_H
#define GRID_H

#include <stdint.h>

#include "strbuf.h"

enum style {
	STYLE_PLAIN = 0,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_HEAD,	/* of a table */
	STYLE_SORTED,	/* the head of the column that is sorted by */
	STYLE_SELECTED, /* a row */
	STYLE_TAGGED,
	STYLE_KEY,  /* in the last line */
	STYLE_WARN, /* what a person should see */
	STYLE_FAST, /* memory of the fastest tier, */
	STYLE_SLOW, /* and of others */
	STYLE_ANON, /* parts of a bar */
	STYLE_FILE,
	STYLE_HUGE,
	STYLE_OTHER,
	STYLE_UP,
	STYLE_DOWN,
	STYLES,
};

struct grid_cell {
	uint32_t ch; /* Unicode */
	uint32_t style;
};

struct grid {
	struct grid_cell *cells;
	int rows, columns;
};

/* A place where something is drawn: text is cut at `end`. */
struct spot {
	int row, column, end;
};

/* All blank. 0 or -ENOMEM. */
int grid_size(struct grid *grid, int rows, int columns) MUST_CHECK;
void grid_free(struct grid *grid);
void grid_clear(struct grid *grid);

/* Outside of the grid nothing is drawn. Bytes that are not printable ASCII become '?'. Each
 * returns the column behind what was drawn. */
int grid_char(struct grid *grid, int row, int column, enum style style, uint32_t ch);
int grid_put(struct grid *grid, struct spot spot, enum style style, const char *text);
int grid_printf(struct grid *grid, struct spot spot, enum style style, const char *format,
		...) PRINTF_LIKE(4, 5);
/* The same at the right end of the spot. */
void grid_put_right(struct grid *grid, struct spot spot, enum style style,
		    const char *text);
/* One style from `spot` to its end, whatever is there. */
void grid_paint(struct grid *grid, struct spot spot, enum style style);

/* A whole line. */
static inline struct spot grid_line(const struct grid *grid, int row)
{
	return (struct spot){ row, 0, grid->columns };
}

/* As UTF-8, without blanks at the ends of lines. 0 or -ENOMEM. */
int grid_text(const struct grid *grid, struct strbuf *out) MUST_CHECK;

/* A character as UTF-8 with a NUL; its length. */
int utf8(uint32_t ch, char text[5]);

#endif
