// SPDX-License-Identifier: GPL-2.0-or-later
// HTML with pictures in SVG: latency against load, the matrix as a heat map, and all rows.
// Knows no file.
#include "report.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define WIDTH  640
#define HEIGHT 320
#define MARGIN 60
#define SERIES 8

static const char *const colours[SERIES] = { "#1f5fa8", "#c2452d", "#2f8f4e", "#8a56a8",
					     "#b8860b", "#3aa6a6", "#777777", "#d16ba5" };

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	"<title>tierbench</title>\n<style>\n"
	"body { font-family: sans-serif; margin: 2em; max-width: 60em }\n"
	"td, th { padding: 0.3em 0.8em; text-align: right }\n"
	"</style>\n<h1>tierbench</h1>\n";

/* Words of a run may hold what HTML reads as its own. */
static int put_text(struct strbuf *out, const char *text)
{
	int ret = 0;

	for (; !ret && *text; text++)
		ret = *text == '<' ? strbuf_puts(out, "&lt;") :
		      *text == '&' ? strbuf_puts(out, "&amp;") :
				     strbuf_add(out, text, 1);
	return ret;
}

static int put_facts(struct strbuf *out, const struct run *run)
{
	const char *facts[][2] = {
		{ "Date", run->date },	       { "Linux", run->kernel },
		{ "Machine", run->signature }, { "Loops", run->kernels },
		{ "Emulator", run->emulator }, { "Advice", run->advice }
	};
	int ret = strbuf_puts(out, "<p>");

	for (size_t i = 0; !ret && i < ARRAY_SIZE(facts); i++) {
		if (!facts[i][1][0])
			continue;
		ret = strbuf_printf(out, "%s: ", facts[i][0]);
		if (!ret)
			ret = put_text(out, facts[i][1]);
		if (!ret)
			ret = strbuf_puts(out, "<br>\n");
	}
	return ret;
}

static bool is_told(const struct row *row, const char *test)
{
	return !strcmp(row->test, test) && !(row->flags & ROW_HIDDEN);
}

/* ---- latency against load ------------------------------------------------------------ */

struct curves {
	const char *place[SERIES];
	size_t count;
	double most_load, most_ns;
};

static size_t curve_of(const struct curves *curves, const char *place)
{
	size_t i = 0;

	while (i < curves->count && strcmp(curves->place[i], place) != 0)
		i++;
	return i;
}

static struct curves find_curves(const struct run *run)
{
	struct curves curves = { .count = 0 };

	for (size_t i = 0; i < run->count; i++) {
		const struct row *row = &run->rows[i];

		if (!is_told(row, "loaded"))
			continue;
		if (curve_of(&curves, row->place) == curves.count &&
		    curves.count < SERIES)
			curves.place[curves.count++] = row->place;
		curves.most_load = fmax(curves.most_load, row->load_bytes_per_sec);
		curves.most_ns = fmax(curves.most_ns, row->estimate.median);
	}
	return curves;
}

static int put_points(struct strbuf *out, const struct run *run,
		      const struct curves *curves, size_t curve)
{
	int ret =
		strbuf_printf(out,
			      "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" "
			      "points=\"",
			      colours[curve]);

	for (size_t i = 0; !ret && i < run->count; i++) {
		const struct row *row = &run->rows[i];

		if (!is_told(row, "loaded") || curve_of(curves, row->place) != curve)
			continue;
		ret = strbuf_printf(out, "%.1f,%.1f ",
				    MARGIN + row->load_bytes_per_sec / curves->most_load *
						     (WIDTH - 2 * MARGIN),
				    HEIGHT - MARGIN -
					    row->estimate.median / curves->most_ns *
						    (HEIGHT - 2 * MARGIN));
	}
	return ret ? ret : strbuf_puts(out, "\"/>\n");
}

static int put_axes(struct strbuf *out, const struct curves *curves)
{
	char load[FIGURE_BYTES], ns[FIGURE_BYTES];

	return strbuf_printf(
		out,
		"<h2>Latency against load</h2>\n<svg width=\"%d\" height=\"%d\">\n"
		"<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#888\"/>\n"
		"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n"
		"<text x=\"4\" y=\"%d\">%s</text>\n",
		WIDTH, HEIGHT, MARGIN, MARGIN, HEIGHT - MARGIN, WIDTH - MARGIN,
		WIDTH - MARGIN, HEIGHT - MARGIN + 20,
		figure_text(UNIT_BYTES_PER_SEC, curves->most_load, load), MARGIN - 10,
		figure_text(UNIT_NS, curves->most_ns, ns));
}

static int put_curves(struct strbuf *out, const struct run *run)
{
	struct curves curves = find_curves(run);
	int ret;

	if (!curves.count || curves.most_load <= 0 || curves.most_ns <= 0)
		return 0;
	ret = put_axes(out, &curves);
	for (size_t i = 0; !ret && i < curves.count; i++) {
		ret = put_points(out, run, &curves, i);
		if (!ret)
			ret = strbuf_printf(out, "<text x=\"%d\" y=\"%zu\" fill=\"%s\">",
					    MARGIN + 10, MARGIN + 16 * i, colours[i]);
		if (!ret)
			ret = put_text(out, curves.place[i]);
		if (!ret)
			ret = strbuf_puts(out, "</text>\n");
	}
	return ret ? ret : strbuf_puts(out, "</svg>\n");
}

/* ---- the matrix ------------------------------------------------------------------------ */

/* One initiator and memory node; the redder, the slower. */
static int put_cell(struct strbuf *out, const struct row *row, double most)
{
	char text[FIGURE_BYTES];
	int other = (int)(255 - 155 * row->estimate.median / most);
	int ret = strbuf_printf(out, "<tr><td>node %u</td><td>", row->cpu_node);

	if (!ret)
		ret = put_text(out, row->place);
	return ret ? ret :
		     strbuf_printf(
			     out,
			     "</td><td style=\"background: rgb(255,%d,%d)\">%s</td></tr>\n",
			     other, other,
			     figure_text(row->unit, row->estimate.median, text));
}

static bool is_cell(const struct row *row)
{
	return is_told(row, "latency") && !strcmp(row->variant, "window") &&
	       row->estimate.median > 0;
}

static int put_matrix(struct strbuf *out, const struct run *run)
{
	double most = 0;
	int ret = 0;

	for (size_t i = 0; i < run->count; i++)
		if (is_cell(&run->rows[i]))
			most = fmax(most, run->rows[i].estimate.median);
	if (most > 0)
		ret = strbuf_puts(out, "<h2>Latency by CPUs and memory</h2>\n<table>\n"
				       "<tr><th>CPUs of</th><th>memory</th>"
				       "<th>latency</th></tr>\n");
	for (size_t i = 0; !ret && i < run->count; i++)
		if (is_cell(&run->rows[i]))
			ret = put_cell(out, &run->rows[i], most);
	return !ret && most > 0 ? strbuf_puts(out, "</table>\n") : ret;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static int put_rows(struct strbuf *out, const struct run *run)
{
	SCOPED_STRBUF struct strbuf table = { 0 };
	int ret = result_to_table(run, &table);

	if (!ret)
		ret = strbuf_puts(out, "<h2>All figures</h2>\n<pre>\n");
	if (!ret)
		ret = put_text(out, strbuf_text(&table));
	return ret ? ret : strbuf_puts(out, "</pre>\n</html>\n");
}

int report_to_html(const struct run *run, struct strbuf *out)
{
	static int (*const parts[])(struct strbuf * out,
				    const struct run *run) = { put_facts, put_curves,
							       put_matrix, put_rows };
	int ret = strbuf_puts(out, head);

	for (size_t i = 0; !ret && i < ARRAY_SIZE(parts); i++)
		ret = parts[i](out, run);
	return ret;
}
