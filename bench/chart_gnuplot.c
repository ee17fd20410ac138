// SPDX-License-Identifier: GPL-2.0-or-later
// Curves and maps as commands for gnuplot. Starts no program.
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "chart.h"

#define WIDTH  900
#define HEIGHT 420 /* of each picture */

/* A quoted text. gnuplot reads little within single quotes; letters that might end them,
 * or mean something to it, become question marks all the same. */
static int put_quoted(struct strbuf *out, const char *text)
{
	int ret = strbuf_puts(out, "'");

	for (; !ret && *text; text++)
		ret = strbuf_add(out,
				 isalnum((unsigned char)*text) ||
						 strchr(" .,:;=+-/()%", *text) ?
					 text :
					 "?",
				 1);
	return ret ? ret : strbuf_puts(out, "'");
}

static bool is_drawn(const struct chart *chart)
{
	return chart->count && chart->most_x > 0 && chart->most_y > 0;
}

/* ---- curves ---------------------------------------------------------------------------- */

/* What one unit of an axis is, so that its figures are short. */
static const struct {
	double scale;
	const char *name;
} axes[UNITS] = {
	[UNIT_NONE] = { 1, "%" },
	[UNIT_NS] = { 1, "ns" },
	[UNIT_BYTES_PER_SEC] = { 1e-9, "GB/s" },
	[UNIT_PAGES_PER_SEC] = { 1, "pages/s" },
};

static int put_points(struct strbuf *out, const struct chart *chart, size_t curve)
{
	double x_scale = axes[chart->x_unit].scale, y_scale = axes[chart->y_unit].scale;
	int ret = strbuf_printf(out, "$curve%zu << END\n", curve);

	for (size_t i = 0; !ret && i < chart->count; i++) {
		const struct chart_point *point = &chart->points[i];

		if (point->curve == curve)
			ret = strbuf_printf(out, "%.6g %.6g %.6g %.6g\n",
					    x_scale * point->x, y_scale * point->y,
					    y_scale * point->low, y_scale * point->high);
	}
	return ret ? ret : strbuf_puts(out, "END\n");
}

static int put_plot(struct strbuf *out, const struct chart *chart)
{
	int ret = strbuf_puts(out, "plot ");

	for (size_t curve = 0; !ret && curve < chart->curves; curve++) {
		ret = strbuf_printf(out,
				    "%s$curve%zu using 1:2:3:4 with yerrorlines title ",
				    curve ? ", " : "", curve);
		if (!ret)
			ret = put_quoted(out, chart->names[curve]);
	}
	return ret ? ret : strbuf_puts(out, "\n");
}

static int put_chart(struct strbuf *out, const struct chart *chart)
{
	int ret;

	if (!is_drawn(chart))
		return 0;
	ret = strbuf_printf(out,
			    "set title '%s'\nset xlabel '%s (%s)'\nset ylabel '%s (%s)'\n"
			    "set xrange [0:%.6g]\nset yrange [0:%.6g]\n",
			    chart->title, chart->x_label, axes[chart->x_unit].name,
			    chart->y_label, axes[chart->y_unit].name,
			    1.02 * axes[chart->x_unit].scale * chart->most_x,
			    1.05 * axes[chart->y_unit].scale * chart->most_y);
	for (size_t curve = 0; !ret && curve < chart->curves; curve++)
		ret = put_points(out, chart, curve);
	return ret ? ret : put_plot(out, chart);
}

/* ---- maps ------------------------------------------------------------------------------ */

static int put_cells(struct strbuf *out, const struct chart_map *map)
{
	int ret = strbuf_puts(out, "$map << END\n");

	for (size_t i = 0; !ret && i < map->rows * map->columns; i++) {
		size_t r = i / map->columns, c = i % map->columns;
		char text[FIGURE_BYTES];

		if (!isnan(map->figure[r][c]))
			ret = strbuf_printf(out, "%zu %zu %.3f \"%s\"\n", c, r,
					    chart_badness(map, map->figure[r][c]),
					    figure_text(map->unit, map->figure[r][c],
							text));
	}
	return ret ? ret : strbuf_puts(out, "END\n");
}

static int put_names(struct strbuf *out, const struct chart_map *map)
{
	int ret = strbuf_puts(out, "set xtics (");

	for (size_t c = 0; !ret && c < map->columns; c++) {
		ret = strbuf_puts(out, c ? ", " : "");
		if (!ret)
			ret = put_quoted(out, map->places[c]);
		if (!ret)
			ret = strbuf_printf(out, " %zu", c);
	}
	if (!ret)
		ret = strbuf_puts(out, ")\nset ytics (");
	for (size_t r = 0; !ret && r < map->rows; r++)
		ret = strbuf_printf(out, "%s'%" PRIu32 "' %zu", r ? ", " : "",
				    map->cpu_nodes[r], r);
	return ret ? ret : strbuf_puts(out, ")\n");
}

static int put_map(struct strbuf *out, const struct chart_map *map)
{
	int ret;

	if (!map->rows)
		return 0;
	ret = strbuf_printf(
		out,
		"set title '%s'\nset xlabel 'memory'\nset ylabel 'CPUs of node'\n"
		"set xrange [-0.5:%zu.5]\nset yrange [%zu.5:-0.5]\n",
		map->title, map->columns - 1, map->rows - 1);
	if (!ret)
		ret = put_names(out, map);
	if (!ret)
		ret = put_cells(out, map);
	return ret ? ret :
		     strbuf_puts(out, "plot $map using 1:2:(0.5):(0.5):3 with boxxyerror "
				      "fillstyle solid linecolor palette notitle, "
				      "$map using 1:2:4 with labels notitle\n"
				      "set xtics autofreq\nset ytics autofreq\n");
}

/* ---- all of it ------------------------------------------------------------------------- */

/* A picture goes where nobody has the page beside it. */
static int put_warning(struct strbuf *out, const char *emulator)
{
	char text[100];
	int ret;

	snprintf(text, sizeof(text), "%.40s: says nothing of hardware", emulator);
	ret = strbuf_puts(out, " title ");
	return ret ? ret : put_quoted(out, text);
}

static int put_head(struct strbuf *out, const char *terminal, const char *emulator,
		    size_t pictures)
{
	int ret = strbuf_printf(
		out,
		"set terminal %s noenhanced size %d,%zu background '#ffffff'\n"
		"set encoding utf8\n"
		"set palette defined (0 '#ffffff', 1 '#ff6464')\n"
		"set cbrange [0:1]\nunset colorbox\nset key bottom\n"
		"set multiplot layout %zu,1",
		!strcmp(terminal, "png") ? "pngcairo" : "svg", WIDTH, HEIGHT * pictures,
		pictures);

	if (!ret && emulator[0])
		ret = put_warning(out, emulator);
	return ret ? ret : strbuf_puts(out, "\n");
}

int charts_to_gnuplot(const struct charts *charts, const char *terminal,
		      struct strbuf *out)
{
	size_t pictures = 0;
	int ret;

	for (size_t i = 0; i < CHARTS; i++)
		pictures += is_drawn(&charts->chart[i]);
	for (size_t i = 0; i < CHART_MAPS; i++)
		pictures += charts->map[i].rows > 0;
	if (!pictures)
		return -ENODATA;
	ret = put_head(out, terminal, charts->emulator, pictures);
	for (size_t i = 0; !ret && i < CHARTS; i++)
		ret = put_chart(out, &charts->chart[i]);
	for (size_t i = 0; !ret && i < CHART_MAPS; i++)
		ret = put_map(out, &charts->map[i]);
	return ret ? ret : strbuf_puts(out, "unset multiplot\n");
}
