// SPDX-License-Identifier: GPL-2.0-or-later
// Results of tierbench from anybody: what is taken comes out the same, and is taken again.
#include <errno.h>

#include "fuzz.h"
#include "report.h"
#include "result.h"

/* Drawn in each form, whose parts are all within what is drawn on. */
static void draw_all(const struct run *run)
{
	static struct charts charts;
	static const struct chart_paper papers[] = { { false, false }, { true, true } };
	SCOPED_STRBUF struct strbuf out = { 0 };
	int ret;

	MUST(charts_find(run, &charts) == 0);
	MUST(report_to_html(run, &charts, &out) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(papers); i++)
		MUST(report_to_text(run, &charts, &papers[i], &out) == 0);
	ret = charts_to_gnuplot(&charts, "png", &out);
	MUST(ret == 0 || ret == -ENODATA);
	charts_free(&charts);
}

/* Whatever was taken is printed, too. */
static void print_all(const struct run *run)
{
	SCOPED_STRBUF struct strbuf out = { 0 };

	MUST(result_to_csv(run, &out) == 0);
	MUST(result_to_table(run, &out) == 0);
	draw_all(run);
	MUST(result_to_measured(run, &out) == 0);
}

static void round_trip(const struct run *run)
{
	SCOPED_STRBUF struct strbuf first = { 0 }, second = { 0 };
	struct tier_diag diag = { 0 };
	struct run again;

	MUST(result_to_json(run, &first) == 0);
	MUST(result_from_json(strbuf_text(&first), first.len, &again, &diag) == 0);
	MUST(again.count == run->count);
	MUST(result_to_json(&again, &second) == 0);
	MUST(!strcmp(strbuf_text(&first), strbuf_text(&second)));
	run_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct tier_diag diag = { 0 };
	struct run run;

	/* NULs are a matter of the parser's, so they stay. */
	MUST(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	if (!result_from_json(text, size, &run, &diag)) {
		print_all(&run);
		round_trip(&run);
	} else {
		MUST(run.count == 0 && !run.rows);
	}
	run_free(&run);
	free(text);
	return 0;
}
