// SPDX-License-Identifier: GPL-2.0-or-later
// Drawing on cells, and cells as text.
#include "grid.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

int grid_size(struct grid *grid, int rows, int columns)
{
	struct grid_cell *cells;

	rows = rows < 1 ? 1 : rows;
	columns = columns < 1 ? 1 : columns;
	cells = realloc(grid->cells, (size_t)rows * (size_t)columns * sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	*grid = (struct grid){ cells, rows, columns };
	grid_clear(grid);
	return 0;
}

void grid_free(struct grid *grid)
{
	free(grid->cells);
	*grid = (struct grid){ 0 };
}

void grid_clear(struct grid *grid)
{
	for (int i = 0; i < grid->rows * grid->columns; i++)
		grid->cells[i] = (struct grid_cell){ ' ', STYLE_PLAIN };
}

int grid_char(struct grid *grid, int row, int column, enum style style, uint32_t ch)
{
	if (row >= 0 && row < grid->rows && column >= 0 && column < grid->columns)
		grid->cells[row * grid->columns + column] =
			(struct grid_cell){ ch, style };
	return column + 1;
}

int grid_put(struct grid *grid, struct spot spot, enum style style, const char *text)
{
	int column = spot.column;

	for (; *text && column < spot.end; text++) {
		bool is_plain = *text >= ' ' && *text < 127;

		column = grid_char(grid, spot.row, column, style,
				   is_plain ? (uint32_t)*text : '?');
	}
	return column;
}

int grid_printf(struct grid *grid, struct spot spot, enum style style, const char *format,
		...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return grid_put(grid, spot, style, text);
}

void grid_put_right(struct grid *grid, struct spot spot, enum style style,
		    const char *text)
{
	int len = (int)strlen(text);

	if (len < spot.end - spot.column)
		spot.column = spot.end - len;
	grid_put(grid, spot, style, text);
}

void grid_paint(struct grid *grid, struct spot spot, enum style style)
{
	for (int column = spot.column; column < spot.end && column < grid->columns;
	     column++)
		if (spot.row >= 0 && spot.row < grid->rows && column >= 0)
			grid->cells[spot.row * grid->columns + column].style = style;
}

int utf8(uint32_t ch, char text[5])
{
	int len = 0;

	if (ch < 0x80) {
		text[len++] = (char)ch;
	} else if (ch < 0x800) {
		text[len++] = (char)(0xc0 | ch >> 6);
		text[len++] = (char)(0x80 | (ch & 0x3f));
	} else {
		text[len++] = (char)(0xe0 | (ch >> 12 & 0x0f));
		text[len++] = (char)(0x80 | (ch >> 6 & 0x3f));
		text[len++] = (char)(0x80 | (ch & 0x3f));
	}
	text[len] = '\0';
	return len;
}

static int add_line(const struct grid *grid, int row, struct strbuf *out)
{
	const struct grid_cell *cells = &grid->cells[(ptrdiff_t)row * grid->columns];
	int end = grid->columns;

	while (end && cells[end - 1].ch == ' ')
		end--;
	for (int column = 0; column < end; column++) {
		char text[5];
		int len = utf8(cells[column].ch, text);

		if (strbuf_add(out, text, (size_t)len))
			return -ENOMEM;
	}
	return strbuf_puts(out, "\n");
}

int grid_text(const struct grid *grid, struct strbuf *out)
{
	int ret = 0;

	for (int row = 0; !ret && row < grid->rows; row++)
		ret = add_line(grid, row, out);
	return ret;
}
