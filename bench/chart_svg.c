// SPDX-License-Identifier: GPL-2.0-or-later
// Curves and maps as SVG inside a page. Knows no run.
#include <inttypes.h>
#include <math.h>

#include "chart.h"

#define WIDTH  640
#define HEIGHT 320
#define MARGIN 60

static const char *const colours[CHART_CURVES] = { "#1f5fa8", "#c2452d", "#2f8f4e",
						   "#8a56a8", "#b8860b", "#3aa6a6",
						   "#777777", "#d16ba5" };

int chart_put_escaped(struct strbuf *out, const char *text)
{
	static const struct {
		char what;
		const char *as;
	} rows[] = { { '<', "&lt;" },
		     { '>', "&gt;" },
		     { '&', "&amp;" },
		     { '"', "&quot;" },
		     { '\'', "&#39;" } };
	int ret = 0;

	for (; !ret && *text; text++) {
		const char *as = NULL;

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			if (rows[i].what == *text)
				as = rows[i].as;
		ret = as ? strbuf_puts(out, as) : strbuf_add(out, text, 1);
	}
	return ret;
}

/* ---- curves ---------------------------------------------------------------------------- */

static double x_of(const struct chart *chart, double x)
{
	return MARGIN + x / chart->most_x * (WIDTH - 2 * MARGIN);
}

static double y_of(const struct chart *chart, double y)
{
	return HEIGHT - MARGIN - y / chart->most_y * (HEIGHT - 2 * MARGIN);
}

static const char *tick_text(enum figure_unit unit, double value, char buf[FIGURE_BYTES])
{
	if (unit != UNIT_NONE)
		return figure_text(unit, value, buf);
	snprintf(buf, FIGURE_BYTES, "%.0f %%", value);
	return buf;
}

/* A line across and its figure, at quarters of the axis. */
static int put_tick(struct strbuf *out, const struct chart *chart, int quarter)
{
	char x[FIGURE_BYTES], y[FIGURE_BYTES];
	double part = quarter / 4.0;
	double left = x_of(chart, part * chart->most_x);
	double top = y_of(chart, part * chart->most_y);

	return strbuf_printf(
		out,
		"<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n"
		"<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
		"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
		MARGIN, top, WIDTH - MARGIN, left, HEIGHT - MARGIN + 16,
		tick_text(chart->x_unit, part * chart->most_x, x), MARGIN - 4, top + 4,
		tick_text(chart->y_unit, part * chart->most_y, y));
}

static int put_axes(struct strbuf *out, const struct chart *chart)
{
	int ret = strbuf_printf(out,
				"<svg width=\"%d\" height=\"%zu\" font-size=\"11\">\n",
				WIDTH, HEIGHT + 16 * chart->curves);

	for (int quarter = 0; !ret && quarter <= 4; quarter++)
		ret = put_tick(out, chart, quarter);
	if (ret)
		return ret;
	return strbuf_printf(out,
			     "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#888\"/>\n"
			     "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n"
			     "<text x=\"4\" y=\"%d\">%s</text>\n",
			     MARGIN, MARGIN, HEIGHT - MARGIN, WIDTH - MARGIN,
			     WIDTH - MARGIN, HEIGHT - MARGIN + 34, chart->x_label,
			     MARGIN - 16, chart->y_label);
}

/* The line through the figures of one curve. */
static int put_line(struct strbuf *out, const struct chart *chart, size_t curve)
{
	int ret =
		strbuf_printf(out,
			      "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" "
			      "points=\"",
			      colours[curve]);

	for (size_t i = 0; !ret && i < chart->count; i++)
		if (chart->points[i].curve == curve)
			ret = strbuf_printf(out, "%.1f,%.1f ",
					    x_of(chart, chart->points[i].x),
					    y_of(chart, chart->points[i].y));
	return ret ? ret : strbuf_puts(out, "\"/>\n");
}

/* Each figure's interval. */
static int put_intervals(struct strbuf *out, const struct chart *chart, size_t curve)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < chart->count; i++) {
		const struct chart_point *point = &chart->points[i];

		if (point->curve == curve)
			ret = strbuf_printf(
				out, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\"/>\n",
				x_of(chart, point->x), y_of(chart, point->low),
				y_of(chart, point->high), colours[curve]);
	}
	return ret;
}

static int put_name(struct strbuf *out, const struct chart *chart, size_t curve)
{
	int ret = strbuf_printf(out, "<text x=\"%d\" y=\"%zu\" fill=\"%s\">", MARGIN,
				HEIGHT + 16 * curve, colours[curve]);

	if (!ret)
		ret = chart_put_escaped(out, chart->names[curve]);
	return ret ? ret : strbuf_puts(out, "</text>\n");
}

int chart_to_svg(const struct chart *chart, struct strbuf *out)
{
	static int (*const parts[])(struct strbuf *, const struct chart *,
				    size_t) = { put_line, put_intervals, put_name };
	int ret;

	if (!chart->count || !(chart->most_x > 0) || !(chart->most_y > 0))
		return 0;
	ret = put_axes(out, chart);
	for (size_t curve = 0; !ret && curve < chart->curves; curve++)
		for (size_t i = 0; !ret && i < ARRAY_SIZE(parts); i++)
			ret = parts[i](out, chart, curve);
	return ret ? ret : strbuf_puts(out, "</svg>\n");
}

/* ---- maps ------------------------------------------------------------------------------ */

#define CELL_WIDTH  84
#define CELL_HEIGHT 28
#define LEFT	    72

/* The redder, the slower. */
static int put_cell(struct strbuf *out, const struct chart_map *map, size_t r, size_t c)
{
	double figure = map->figure[r][c];
	char text[FIGURE_BYTES] = "-";
	int other = 255;

	if (!isnan(figure)) {
		other = (int)(255 - 155 * chart_badness(map, figure));
		figure_text(map->unit, figure, text);
	}
	return strbuf_printf(
		out,
		"<rect x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\" "
		"stroke=\"#fff\" fill=\"rgb(255,%d,%d)\"/>\n"
		"<text x=\"%zu\" y=\"%zu\" text-anchor=\"middle\">%s</text>\n",
		LEFT + c * CELL_WIDTH, (r + 1) * CELL_HEIGHT, CELL_WIDTH, CELL_HEIGHT,
		other, other, LEFT + c * CELL_WIDTH + CELL_WIDTH / 2,
		(r + 1) * CELL_HEIGHT + 18, text);
}

static int put_column_name(struct strbuf *out, const struct chart_map *map, size_t c)
{
	int ret = strbuf_printf(out, "<text x=\"%zu\" y=\"18\" text-anchor=\"middle\">",
				LEFT + c * CELL_WIDTH + CELL_WIDTH / 2);

	if (!ret)
		ret = chart_put_escaped(out, map->places[c]);
	return ret ? ret : strbuf_puts(out, "</text>\n");
}

static int put_row(struct strbuf *out, const struct chart_map *map, size_t r)
{
	int ret = strbuf_printf(out,
				"<text x=\"0\" y=\"%zu\">CPUs of %" PRIu32 "</text>\n",
				(r + 1) * CELL_HEIGHT + 18, map->cpu_nodes[r]);

	for (size_t c = 0; !ret && c < map->columns; c++)
		ret = put_cell(out, map, r, c);
	return ret;
}

int chart_map_to_svg(const struct chart_map *map, struct strbuf *out)
{
	int ret;

	if (!map->rows)
		return 0;
	ret = strbuf_printf(out, "<svg width=\"%zu\" height=\"%zu\" font-size=\"11\">\n",
			    LEFT + map->columns * CELL_WIDTH,
			    (map->rows + 1) * CELL_HEIGHT);
	for (size_t c = 0; !ret && c < map->columns; c++)
		ret = put_column_name(out, map, c);
	for (size_t r = 0; !ret && r < map->rows; r++)
		ret = put_row(out, map, r);
	return ret ? ret : strbuf_puts(out, "</svg>\n");
}
