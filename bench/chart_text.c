// SPDX-License-Identifier: GPL-2.0-or-later
// Curves and maps on a terminal of 80 columns. Knows no run.
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "chart.h"

#define COLUMNS 80
#define GUTTER	11 /* figures left of the axis */
#define WIDTH	(COLUMNS - GUTTER - 1)
#define HEIGHT	14

/* What each looks like: for any terminal, and for one of UTF-8. */
struct look {
	const char *marks[CHART_CURVES];
	const char *line, *side, *corner, *bottom;
	const char *shades[5]; /* from good to bad */
};

static const struct look looks[] = {
	{ { "*", "+", "x", "o", "#", "@", "%", "&" },
	  ".",
	  "|",
	  "+",
	  "-",
	  { "  ", "..", "::", "**", "##" } },
	{ { "●", "▲", "■", "◆", "○", "△", "□", "◇" },
	  "·",
	  "│",
	  "└",
	  "─",
	  { "  ", "░░", "▒▒", "▓▓", "██" } },
};

/* Colours that a terminal with eight has. */
static const int colours[CHART_CURVES] = { 34, 31, 32, 35, 33, 36, 39, 31 };

static int put_coloured(struct strbuf *out, const struct chart_paper *paper, int colour,
			const char *text)
{
	return paper->colour ? strbuf_printf(out, "\033[%dm%s\033[0m", colour, text) :
			       strbuf_puts(out, text);
}

/* A text of a run's: what is not printable ASCII moves no cursor. */
static int put_plain(struct strbuf *out, const char *text, size_t most)
{
	int ret = 0;

	for (; !ret && *text && most; text++, most--)
		ret = strbuf_add(out, ' ' <= *text && *text < 0x7f ? text : "?", 1);
	return ret;
}

/* ---- curves ---------------------------------------------------------------------------- */

/* A cell: 0, or 1 + a curve for a line, or 1 + CHART_CURVES + a curve for a figure. */
struct grid {
	unsigned char cell[HEIGHT][WIDTH];
};

static size_t column_of(const struct chart *chart, double x)
{
	return (size_t)lround(x / chart->most_x * (WIDTH - 1));
}

static size_t row_of(const struct chart *chart, double y)
{
	return (HEIGHT - 1) - (size_t)lround(y / chart->most_y * (HEIGHT - 1));
}

/* Dots on the straight line between two figures of a curve. */
static void join(struct grid *grid, const struct chart *chart,
		 const struct chart_point *a, const struct chart_point *b)
{
	size_t from = column_of(chart, a->x), to = column_of(chart, b->x);

	for (size_t at = from; at <= to && to > from; at++) {
		double part = (double)(at - from) / (double)(to - from);
		unsigned char *cell =
			&grid->cell[row_of(chart, a->y + part * (b->y - a->y))][at];

		if (!*cell)
			*cell = (unsigned char)(1 + a->curve);
	}
}

static void fill_grid(struct grid *grid, const struct chart *chart)
{
	memset(grid, 0, sizeof(*grid));
	for (size_t i = 0; i + 1 < chart->count; i++)
		if (chart->points[i].curve == chart->points[i + 1].curve)
			join(grid, chart, &chart->points[i], &chart->points[i + 1]);
	for (size_t i = 0; i < chart->count; i++) {
		const struct chart_point *point = &chart->points[i];

		grid->cell[row_of(chart, point->y)][column_of(chart, point->x)] =
			(unsigned char)(1 + CHART_CURVES + point->curve);
	}
}

static int put_cell(struct strbuf *out, const struct chart_paper *paper,
		    unsigned int cell)
{
	const struct look *look = &looks[paper->utf8];
	unsigned int curve = (cell - 1) % CHART_CURVES;

	if (!cell)
		return strbuf_puts(out, " ");
	return put_coloured(out, paper, colours[curve],
			    cell > CHART_CURVES ? look->marks[curve] : look->line);
}

/* Up to the last cell that has something. */
static int put_grid_row(struct strbuf *out, const struct chart_paper *paper,
			const unsigned char *cells)
{
	size_t width = WIDTH;
	int ret = 0;

	while (width && !cells[width - 1])
		width--;
	for (size_t i = 0; !ret && i < width; i++)
		ret = put_cell(out, paper, cells[i]);
	return ret ? ret : strbuf_puts(out, "\n");
}

static const char *tick_text(enum figure_unit unit, double value, char buf[FIGURE_BYTES])
{
	if (unit != UNIT_NONE)
		return figure_text(unit, value, buf);
	snprintf(buf, FIGURE_BYTES, "%.0f %%", value);
	return buf;
}

static int put_grid(struct strbuf *out, const struct chart *chart,
		    const struct chart_paper *paper, const struct grid *grid)
{
	int ret = 0;

	for (size_t row = 0; !ret && row < HEIGHT; row++) {
		char text[FIGURE_BYTES] = "";

		if (row == 0)
			tick_text(chart->y_unit, chart->most_y, text);
		if (row == HEIGHT - 1)
			tick_text(chart->y_unit, 0, text);
		ret = strbuf_printf(out, "%*s %s", GUTTER - 1, text,
				    looks[paper->utf8].side);
		if (!ret)
			ret = put_grid_row(out, paper, grid->cell[row]);
	}
	return ret;
}

/* The axis, and its label with the figure at its end. */
static int put_bottom(struct strbuf *out, const struct chart *chart,
		      const struct chart_paper *paper)
{
	const struct look *look = &looks[paper->utf8];
	char text[FIGURE_BYTES];
	int ret = strbuf_printf(out, "%*s%s", GUTTER, "", look->corner);

	for (int i = 0; !ret && i < WIDTH; i++)
		ret = strbuf_puts(out, look->bottom);
	tick_text(chart->x_unit, chart->most_x, text);
	return ret ? ret :
		     strbuf_printf(out, "\n%*s 0   %s%*s\n", GUTTER, "", chart->x_label,
				   (int)(WIDTH - 4 - strlen(chart->x_label)), text);
}

static int put_names(struct strbuf *out, const struct chart *chart,
		     const struct chart_paper *paper)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < chart->curves; i++) {
		ret = strbuf_printf(out, "%*s", GUTTER, "");
		if (!ret)
			ret = put_coloured(out, paper, colours[i],
					   looks[paper->utf8].marks[i]);
		if (!ret)
			ret = strbuf_puts(out, " ");
		if (!ret)
			ret = put_plain(out, chart->names[i], COLUMNS - GUTTER - 2);
		if (!ret)
			ret = strbuf_puts(out, "\n");
	}
	return ret;
}

static int put_left_out(struct strbuf *out, size_t left_out)
{
	return left_out ?
		       strbuf_printf(out, "%zu figures more are not drawn.\n", left_out) :
		       0;
}

static int put_chart(struct strbuf *out, const struct chart *chart,
		     const struct chart_paper *paper)
{
	struct grid grid;
	int ret;

	if (!chart->count || !(chart->most_x > 0) || !(chart->most_y > 0))
		return strbuf_printf(out, "\n%s\n", chart->none);
	fill_grid(&grid, chart);
	ret = strbuf_printf(out, "\n%s (%s)\n", chart->title, chart->y_label);
	if (!ret)
		ret = put_grid(out, chart, paper, &grid);
	if (!ret)
		ret = put_bottom(out, chart, paper);
	if (!ret)
		ret = put_names(out, chart, paper);
	return ret ? ret : put_left_out(out, chart->left_out);
}

/* ---- maps ------------------------------------------------------------------------------ */

#define CELL_WIDTH 13 /* two of shade, a blank, a figure of up to 9, a blank */

/* No line ends in blanks. */
static int end_line(struct strbuf *out)
{
	size_t len = out->len;

	while (len && out->text[len - 1] == ' ')
		len--;
	if (len)
		strbuf_truncate(out, len);
	return strbuf_puts(out, "\n");
}

static int put_map_cell(struct strbuf *out, const struct chart_map *map,
			const struct chart_paper *paper, double figure)
{
	static const int shade_colours[] = { 32, 32, 33, 31, 31 };
	char text[FIGURE_BYTES] = "-";
	size_t shade = 0;
	int ret;

	if (!isnan(figure)) {
		shade = (size_t)lround(4 * chart_badness(map, figure));
		figure_text(map->unit, figure, text);
	}
	ret = put_coloured(out, paper, shade_colours[shade],
			   looks[paper->utf8].shades[shade]);
	return ret ? ret : strbuf_printf(out, " %-*s", CELL_WIDTH - 3, text);
}

static int put_map_head(struct strbuf *out, const struct chart_map *map, size_t from,
			size_t to)
{
	int ret = strbuf_printf(out, "%*s", GUTTER, "");

	for (size_t c = from; !ret && c < to; c++) {
		size_t len = strlen(map->places[c]);

		len = len < CELL_WIDTH - 1 ? len : CELL_WIDTH - 1;
		ret = put_plain(out, map->places[c], len);
		if (!ret)
			ret = strbuf_printf(out, "%*s", (int)(CELL_WIDTH - len), "");
	}
	return ret ? ret : end_line(out);
}

/* As many columns as fit; the others in a block below. */
static int put_block(struct strbuf *out, const struct chart_map *map,
		     const struct chart_paper *paper, size_t from)
{
	size_t to = from + (COLUMNS - GUTTER) / CELL_WIDTH;
	int ret;

	to = to < map->columns ? to : map->columns;
	ret = put_map_head(out, map, from, to);
	for (size_t r = 0; !ret && r < map->rows; r++) {
		ret = strbuf_printf(out, "CPUs of %-3" PRIu32, map->cpu_nodes[r]);
		for (size_t c = from; !ret && c < to; c++)
			ret = put_map_cell(out, map, paper, map->figure[r][c]);
		if (!ret)
			ret = end_line(out);
	}
	return ret;
}

static int put_map(struct strbuf *out, const struct chart_map *map,
		   const struct chart_paper *paper)
{
	int ret;

	if (!map->rows)
		return strbuf_printf(out, "\n%s\n", map->none);
	ret = strbuf_printf(out, "\n%s (the darker, the slower)\n", map->title);
	for (size_t from = 0; !ret && from < map->columns;
	     from += (COLUMNS - GUTTER) / CELL_WIDTH)
		ret = put_block(out, map, paper, from);
	return ret ? ret : put_left_out(out, map->left_out);
}

int charts_to_text(const struct charts *charts, const struct chart_paper *paper,
		   struct strbuf *out)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < CHARTS; i++)
		ret = put_chart(out, &charts->chart[i], paper);
	for (size_t i = 0; !ret && i < CHART_MAPS; i++)
		ret = put_map(out, &charts->map[i], paper);
	return ret;
}
