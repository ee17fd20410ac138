// SPDX-License-Identifier: GPL-2.0-or-later
// A run as a page for a browser, as text and for gnuplot. Knows no file.
#include "report.h"

#include <stdbool.h>

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	"<title>tierbench</title>\n<style>\n"
	"body { font-family: sans-serif; margin: 2em; max-width: 60em }\n"
	"</style>\n<h1>tierbench</h1>\n";

/* What must be known of an emulator's figures; NULL: they are hardware's. */
static const char *warning_of(const struct charts *charts)
{
	if (charts->hidden)
		return "Figures of an emulator are not told.";
	return charts->emulator[0] ? "Figures of an emulator, told by force: they say "
				     "nothing of hardware." :
				     NULL;
}

struct fact {
	const char *name;
	const char *value;
};

#define FACTS 6

static void find_facts(const struct run *run, struct fact facts[FACTS])
{
	const struct fact all[FACTS] = {
		{ "Date", run->date },	       { "Linux", run->kernel },
		{ "Machine", run->signature }, { "Loops", run->kernels },
		{ "Emulator", run->emulator }, { "Advice", run->advice }
	};

	for (size_t i = 0; i < FACTS; i++)
		facts[i] = all[i];
}

/* ---- a page ---------------------------------------------------------------------------- */

static int put_line(struct strbuf *out, const char *before, const char *text,
		    const char *after)
{
	int ret = strbuf_puts(out, before);

	if (!ret)
		ret = chart_put_escaped(out, text);
	return ret ? ret : strbuf_puts(out, after);
}

static int put_facts(struct strbuf *out, const struct run *run)
{
	struct fact facts[FACTS];
	int ret = strbuf_puts(out, "<p>");

	find_facts(run, facts);
	for (size_t i = 0; !ret && i < FACTS; i++) {
		if (!facts[i].value[0])
			continue;
		ret = strbuf_printf(out, "%s: ", facts[i].name);
		if (!ret)
			ret = put_line(out, "", facts[i].value, "<br>\n");
	}
	return ret;
}

/* What is not drawn is said, so that nobody looks for it. */
static int put_left_out(struct strbuf *out, size_t left_out)
{
	return left_out ? strbuf_printf(out, "<p>%zu figures more are in the table.\n",
					left_out) :
			  0;
}

static int put_chart(struct strbuf *out, const struct chart *chart)
{
	int ret = put_line(out, "<h2>", chart->title, "</h2>\n");

	if (!ret && !chart->count)
		return put_line(out, "<p>", chart->none, "\n");
	if (!ret)
		ret = chart_to_svg(chart, out);
	return ret ? ret : put_left_out(out, chart->left_out);
}

static int put_map(struct strbuf *out, const struct chart_map *map)
{
	int ret = put_line(out, "<h2>", map->title, "</h2>\n");

	if (!ret && !map->rows)
		return put_line(out, "<p>", map->none, "\n");
	if (!ret)
		ret = chart_map_to_svg(map, out);
	return ret ? ret : put_left_out(out, map->left_out);
}

static int put_charts(struct strbuf *out, const struct charts *charts)
{
	const char *warning = warning_of(charts);
	int ret = warning ? put_line(out, "<p>", warning, "\n") : 0;

	for (size_t i = 0; !ret && i < CHARTS; i++)
		ret = put_chart(out, &charts->chart[i]);
	for (size_t i = 0; !ret && i < CHART_MAPS; i++)
		ret = put_map(out, &charts->map[i]);
	return ret;
}

static int put_rows(struct strbuf *out, const struct run *run)
{
	SCOPED_STRBUF struct strbuf table = { 0 };
	int ret = result_to_table(run, &table);

	return ret ? ret :
		     put_line(out, "<h2>All figures</h2>\n<pre>\n", strbuf_text(&table),
			      "</pre>\n</html>\n");
}

int report_to_html(const struct run *run, const struct charts *charts, struct strbuf *out)
{
	int ret = strbuf_puts(out, head);

	if (!ret)
		ret = put_facts(out, run);
	if (!ret)
		ret = put_charts(out, charts);
	return ret ? ret : put_rows(out, run);
}

/* ---- text ------------------------------------------------------------------------------ */

int report_to_text(const struct run *run, const struct charts *charts,
		   const struct chart_paper *paper, struct strbuf *out)
{
	const char *warning = warning_of(charts);
	struct fact facts[FACTS];
	int ret = 0;

	find_facts(run, facts);
	for (size_t i = 0; !ret && i < FACTS; i++)
		if (facts[i].value[0])
			ret = strbuf_printf(out, "%s: %s\n", facts[i].name,
					    facts[i].value);
	if (!ret && warning)
		ret = strbuf_printf(out, "%s\n", warning);
	return ret ? ret : charts_to_text(charts, paper, out);
}
