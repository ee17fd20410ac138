// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench diff: what really changed between two runs.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmds.h"
#include "write_all.h"

/* Runs of a quiet machine differ by this much by themselves. */
#define LEAST_CHANGE 0.02

struct pair {
	const struct row *before, *after;
};

static const struct row *find_row(const struct run *run, const struct row *like)
{
	for (size_t i = 0; i < run->count; i++)
		if (row_is_same(&run->rows[i], like) &&
		    !(run->rows[i].flags & ROW_HIDDEN))
			return &run->rows[i];
	return NULL;
}

static size_t find_pairs(const struct run *a, const struct run *b, struct pair *pairs)
{
	size_t count = 0;

	for (size_t i = 0; i < a->count; i++) {
		const struct row *other = find_row(b, &a->rows[i]);

		if (other && !(a->rows[i].flags & ROW_HIDDEN))
			pairs[count++] = (struct pair){ &a->rows[i], other };
	}
	return count;
}

/* Figures that the other run does not have. */
static size_t count_alone(const struct run *run, const struct run *other)
{
	size_t count = 0;

	for (size_t i = 0; i < run->count; i++)
		count += !(run->rows[i].flags & ROW_HIDDEN) &&
			 !find_row(other, &run->rows[i]);
	return count;
}

static int put_alone(struct strbuf *out, const struct run *a, const struct run *b)
{
	const size_t before = count_alone(a, b), after = count_alone(b, a);

	return before || after ? strbuf_printf(out,
					       "\nNot compared, as the other run has not "
					       "measured them: %zu of before, %zu of "
					       "after.\n",
					       before, after) :
				 0;
}

/* What is known against either of both. */
static uint32_t doubts(const struct pair *pair)
{
	return (pair->before->flags | pair->after->flags) & (ROW_NOISY | ROW_WIDE);
}

/* Latencies get better by becoming smaller. What disturbed one of two runs makes them differ
 * as a change would, and their samples cannot tell which of both it was. */
static const char *verdict(const struct pair *pair, double change, bool significant)
{
	static const char *const words[2][2] = { { "worse", "better" },
						 { "worse?", "better?" } };
	bool smaller_is_better = pair->before->unit == UNIT_NS;

	if (!significant || fabs(change) < LEAST_CHANGE)
		return "same";
	return words[doubts(pair) != 0][(change < 0) == smaller_is_better];
}

static int print_pair(struct strbuf *out, const struct pair *pair, bool significant)
{
	const struct row *row = pair->before;
	double before = row->estimate.median, after = pair->after->estimate.median;
	double change = before > 0 ? after / before - 1 : 0;
	char a[FIGURE_BYTES], b[FIGURE_BYTES];

	return strbuf_printf(out, "%-9s  %-10s  %-16s  %10s  %10s  %+7.1f %%  %s%s%s%s\n",
			     row->test, row->variant, row->place,
			     figure_text(row->unit, before, a),
			     figure_text(row->unit, after, b), 100 * change,
			     verdict(pair, change, significant),
			     doubts(pair) & ROW_NOISY ? " (noisy)" : "",
			     doubts(pair) & ROW_WIDE ? " (wide)" : "",
			     row->bytes != pair->after->bytes ? " (other size)" : "");
}

/* What is worked with, one entry per pair. */
struct work {
	struct pair *pairs;
	double *same;
	bool *significant;
};

static int compare_with(const struct work *work, const struct run *a, const struct run *b,
			struct strbuf *out)
{
	size_t count = find_pairs(a, b, work->pairs);
	int ret;

	if (!count)
		return -ENODATA;
	for (size_t i = 0; i < count; i++)
		work->same[i] =
			stats_same_probability(work->pairs[i].before->values,
					       work->pairs[i].before->estimate.count,
					       work->pairs[i].after->values,
					       work->pairs[i].after->estimate.count);
	stats_significant(work->same, count, work->significant);
	ret = strbuf_printf(out, "%-9s  %-10s  %-16s  %10s  %10s  %9s\n", "TEST",
			    "VARIANT", "MEMORY", "BEFORE", "AFTER", "CHANGE");
	for (size_t i = 0; !ret && i < count; i++)
		ret = print_pair(out, &work->pairs[i], work->significant[i]);
	return ret;
}

static int compare(const struct run *a, const struct run *b, struct strbuf *out)
{
	const struct work work = { calloc(a->count + 1, sizeof(*work.pairs)),
				   calloc(a->count + 1, sizeof(*work.same)),
				   calloc(a->count + 1, sizeof(*work.significant)) };
	int ret = work.pairs && work.same && work.significant ?
			  compare_with(&work, a, b, out) :
			  -ENOMEM;

	free(work.pairs);
	free(work.same);
	free(work.significant);
	return ret;
}

/* What else than a change could make figures differ. Unknown differs from nothing. */
static int put_differences(struct strbuf *out, const struct run *a, const struct run *b)
{
	const struct {
		const char *what, *before, *after;
	} rows[] = {
		{ "machine", a->signature, b->signature },
		{ "kernel", a->kernel, b->kernel },
		{ "loops", a->kernels, b->kernels },
		{ "transparent huge pages", a->huge_pages, b->huge_pages },
		{ "NUMA balancing", a->balancing, b->balancing },
	};
	bool is_first = true;
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(rows); i++) {
		if (!rows[i].before[0] || !rows[i].after[0] ||
		    !strcmp(rows[i].before, rows[i].after))
			continue;
		ret = strbuf_printf(out,
				    "%sThe runs differ in %s: %s before, %s after.\n",
				    is_first ? "\n" : "", rows[i].what, rows[i].before,
				    rows[i].after);
		is_first = false;
	}
	return ret;
}

static int print(const struct run *a, const struct run *b, const char *object)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	int ret;

	/* Such figures were told by force, and have nothing to do with hardware. */
	if (strcmp(a->emulator, b->emulator) != 0)
		return say(STATUS_FAILED, object,
			   "only one of the runs was measured under %s: they cannot be "
			   "compared",
			   a->emulator[0] ? a->emulator : b->emulator);
	ret = compare(a, b, &out);
	if (ret == -ENODATA)
		return say(STATUS_FAILED, object,
			   "the runs have no measurement in common");
	if (!ret)
		ret = put_alone(&out, a, b);
	if (!ret)
		ret = put_differences(&out, a, b);
	if (!ret && a->emulator[0])
		ret = strbuf_printf(
			&out, "\n%s ran both: these figures say nothing of hardware.\n",
			a->emulator);
	if (!ret)
		ret = write_all(STDOUT_FILENO, strbuf_text(&out), out.len);
	return ret ? say_error("standard output", "cannot be written", ret) : STATUS_DONE;
}

static int run(struct bench *bench, char **operands)
{
	struct run before = { 0 }, after = { 0 };
	int status = load_run(operands[0], &before);

	(void)bench;
	if (!status)
		status = load_run(operands[1], &after);
	if (!status)
		status = print(&before, &after, operands[1]);
	run_free(&before);
	run_free(&after);
	return status;
}

const struct cmd cmd_diff = {
	.name = "diff",
	.summary = "what changed between two runs, and whether it is more than noise",
	.operands = "BEFORE AFTER",
	.operand_count = 2,
	.about = "Compares runs that --json or --output wrote, measurement by measurement. A "
		 "change counts when the samples of both differ (rank sum, 5 % for all "
		 "measurements together) and the medians by 2 % or more; if one of both was "
		 "noisy or wide it has a question mark, as that may be the noise. What else differs is "
		 "said: machine, kernel, loops, huge pages, balancing, size of buffers. A run of "
		 "an emulator is not compared with one of hardware.",
	.run = run,
	.examples = {
		{ "tierbench diff before.json after.json", "Did the new kernel help?" },
	},
};
