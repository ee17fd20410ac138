// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench report: a run with its curves and maps drawn, in the form that is asked for.
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

#include "cmds.h"
#include "gnuplot.h"
#include "report.h"
#include "write_all.h"

/* A run, and where it goes. */
struct telling {
	const struct bench *bench;
	const struct run *run;
	const struct charts *charts;
	const char *object;
};

/* Each fills *out. 0 or a status, said. */
typedef int tell(const struct telling *telling, struct strbuf *out);

static int cannot(const struct telling *telling, int ret)
{
	return ret ? say_error(telling->object, "cannot be told", ret) : STATUS_DONE;
}

static int tell_html(const struct telling *telling, struct strbuf *out)
{
	return cannot(telling, report_to_html(telling->run, telling->charts, out));
}

/* Letters as the locale has them; colours on a terminal whose owner wants them. */
static int tell_text(const struct telling *telling, struct strbuf *out)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
	struct chart_paper paper = { .utf8 = false };

	(void)setlocale(LC_CTYPE, "");
	paper.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	paper.colour = !telling->bench->options.output && isatty(STDOUT_FILENO) &&
		       (!no_color || !*no_color) &&
		       (!terminal || strcmp(terminal, "dumb") != 0);
	return cannot(telling,
		      report_to_text(telling->run, telling->charts, &paper, out));
}

static int put_commands(const struct telling *telling, const char *terminal,
			struct strbuf *out)
{
	int ret = charts_to_gnuplot(telling->charts, terminal, out);

	if (ret == -ENODATA)
		return say(
			STATUS_FAILED, telling->object,
			"has nothing to draw: no latency under load, no ratio, no matrix%s",
			telling->charts->hidden ? ", as figures of an emulator are not "
						  "told" :
						  "");
	return cannot(telling, ret);
}

static int tell_gnuplot(const struct telling *telling, struct strbuf *out)
{
	return put_commands(telling, "svg", out);
}

static int draw(const struct telling *telling, const char *terminal, struct strbuf *out)
{
	SCOPED_STRBUF struct strbuf script = { 0 };
	int status = put_commands(telling, terminal, &script), ret;

	if (status)
		return status;
	ret = gnuplot_draw(&script, out);
	if (ret == -ENOENT)
		return say(
			STATUS_UNSUPPORTED, "gnuplot",
			"is not installed (on Debian: gnuplot-nox); --format html and text "
			"do without");
	if (ret == -EIO)
		return say(STATUS_FAILED, "gnuplot",
			   "failed; --format gnuplot prints what it was told");
	return ret ? say_error("gnuplot", "cannot be run", ret) : STATUS_DONE;
}

static int tell_svg(const struct telling *telling, struct strbuf *out)
{
	return draw(telling, "svg", out);
}

static int tell_png(const struct telling *telling, struct strbuf *out)
{
	if (!telling->bench->options.output && isatty(STDOUT_FILENO))
		return say(STATUS_USAGE, "--format",
			   "png is nothing for a terminal: --output FILE");
	return draw(telling, "png", out);
}

static tell *find_format(const char *name)
{
	static const struct {
		const char *name;
		tell *tell;
	} rows[] = { { "html", tell_html },
		     { "svg", tell_svg },
		     { "png", tell_png },
		     { "text", tell_text },
		     { "gnuplot", tell_gnuplot } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!name || !strcmp(rows[i].name, name))
			return rows[i].tell;
	return NULL;
}

static int put_page(const struct bench *bench, const struct strbuf *page)
{
	const char *path = bench->options.output;
	int ret;

	if (path)
		return write_file(path, strbuf_text(page), page->len);
	ret = write_all(STDOUT_FILENO, strbuf_text(page), page->len);
	return ret ? say_error("standard output", "cannot be written", ret) : STATUS_DONE;
}

static int tell_run(const struct bench *bench, const struct run *run, const char *object)
{
	static struct charts charts;
	const struct telling telling = { bench, run, &charts, object };
	SCOPED_STRBUF struct strbuf page = { 0 };
	int status = cannot(&telling, charts_find(run, &charts));

	if (!status)
		status = find_format(bench->options.format)(&telling, &page);
	if (!status)
		status = put_page(bench, &page);
	charts_free(&charts);
	return status;
}

static int run(struct bench *bench, char **operands)
{
	struct run found = { 0 };
	int status;

	if (!find_format(bench->options.format))
		return say(STATUS_USAGE, "--format", "html, svg, png, text or gnuplot");
	status = load_run(operands[0], &found);
	if (!status)
		status = tell_run(bench, &found, operands[0]);
	run_free(&found);
	return status;
}

const struct cmd cmd_report = {
	.name = "report",
	.summary = "a run with its curves drawn: for a browser, a terminal, as a picture",
	.operands = "FILE",
	.operand_count = 1,
	.about = "Reads a run that --json or --output wrote, and draws latency against load, "
		 "bandwidth by ratio, and latency and reads of each node from each node's "
		 "CPUs. HTML has all figures besides, and needs nothing but a browser; SVG and "
		 "PNG are drawn by gnuplot, text by tierbench. What the run did not measure is "
		 "said.",
	.flags = CMD_OUTPUT | CMD_FORMAT,
	.run = run,
	.examples = {
		{ "tierbench report full.json --output full.html", "Then open it." },
		{ "tierbench report full.json --format text", "On this terminal." },
		{ "tierbench report full.json --format png --output full.png",
		  "For a paper; needs gnuplot." },
	},
};
