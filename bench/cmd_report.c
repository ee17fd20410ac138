// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench report: a run as a page with its curves drawn.
#include <string.h>

#include "cmds.h"
#include "report.h"
#include "write_all.h"

static int put_page(struct bench *bench, const struct strbuf *page)
{
	const char *path = bench->options.output;
	int ret;

	if (path)
		return write_file(path, strbuf_text(page), page->len);
	ret = write_all(STDOUT_FILENO, strbuf_text(page), page->len);
	return ret ? say_error("standard output", "cannot be written", ret) : STATUS_DONE;
}

static int run(struct bench *bench, char **operands)
{
	struct run found = { 0 };
	struct strbuf page = { 0 };
	int status = load_run(operands[0], &found), ret;

	if (status)
		return status;
	ret = report_to_html(&found, &page);
	status = ret ? say_error(operands[0], "cannot be told", ret) :
		       put_page(bench, &page);
	strbuf_free(&page);
	run_free(&found);
	return status;
}

const struct cmd cmd_report = {
	.name = "report",
	.summary = "a run as a page for a browser, with its curves drawn",
	.operands = "FILE",
	.operand_count = 1,
	.about = "Reads a run that --json or --output wrote, and writes HTML with latency "
		 "against load, latency by CPUs and memory, and all figures. It needs nothing "
		 "but a browser.",
	.flags = CMD_OUTPUT,
	.run = run,
	.examples = {
		{ "tierbench report full.json --output full.html", "Then open it." },
	},
};
