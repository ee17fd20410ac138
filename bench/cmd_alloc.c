// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench alloc: what allocators take for the same work, heaps on tiers among them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc_work.h"
#include "cmds.h"
#include "heap_ask.h"
#include "heap_loads.h"
#include "parse.h"
#include "series.h"

/* Who does the work. */
struct side {
	const char *name;
	const char *spec;    /* of a heap by tierctl run */
	const char *library; /* that malloc must be of */
	bool is_plain;	     /* the library without the spec */
	const char *preload; /* by itself, without tierctl */
};

#define SIDES_MOST 5

struct sides {
	struct side side[SIDES_MOST];
	struct series series[SIDES_MOST];
	uint64_t proved[SIDES_MOST];
	size_t count;
	uint64_t blocks; /* of each run: the work is the same */
};

/* ---- one run ----------------------------------------------------------------------------- */

static int read_work(const struct strbuf *text, struct alloc_work *found)
{
	uint64_t *const fields[] = { &found->blocks, &found->cpu_ns, &found->proved };
	char line[96], *rest = line, *word;

	(void)snprintf(line, sizeof(line), "%s", strbuf_text(text));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		word = strtok_r(rest, " \n", &rest);
		if (!word || parse_u64(word, fields[i]))
			return say(STATUS_FAILED, "alloc", "a run told no figures");
	}
	return found->cpu_ns ? STATUS_DONE :
			       say(STATUS_FAILED, "alloc", "a run took no time");
}

static int run_side(const struct side *side, const char *load, struct alloc_work *found)
{
	const char *const work[] = { ALLOC_WORK, load, side->library };
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct heap_process process = { .spec = side->spec,
					.preload = side->preload,
					.is_plain = side->is_plain };
	struct words words = { 0 };
	int status;

	for (size_t i = 0; i < ARRAY_SIZE(work); i++)
		add_word(&words, work[i]);
	status = heap_ask(&process, &words, &text);
	return status ? status : read_work(&text, found);
}

/* ---- a load, all sides by turns ---------------------------------------------------------- */

static int sample(struct sides *sides, size_t i, const char *load)
{
	struct alloc_work found = { 0 };
	int status = run_side(&sides->side[i], load, &found);

	if (status)
		return status;
	if (!sides->blocks)
		sides->blocks = found.blocks;
	if (found.blocks != sides->blocks || !found.blocks)
		return say(STATUS_FAILED, "alloc",
			   "%s: took %llu blocks and not %llu. There is no result",
			   sides->side[i].name, (unsigned long long)found.blocks,
			   (unsigned long long)sides->blocks);
	sides->proved[i] = found.proved;
	series_add(&sides->series[i], (double)found.blocks * 1e9 / (double)found.cpu_ns);
	return STATUS_DONE;
}

static bool all_known(const struct sides *sides, uint64_t until)
{
	bool known = true;

	for (size_t i = 0; i < sides->count; i++) {
		const struct laps *laps = &sides->series[i].laps;

		if (laps->count < laps->rule.least && !laps->stop)
			return false;
		known &= laps->stop != 0;
	}
	return known || now_ns() > until;
}

/* By turns, so that a change of speed meets all alike. */
static int sample_all(struct bench *bench, struct sides *sides, const char *load)
{
	const uint64_t until =
		now_ns() + (uint64_t)(bench->wishes.seconds * 1e9) * sides->count;
	int status = STATUS_DONE;

	do
		for (size_t i = 0; !status && i < sides->count && !interrupted(); i++)
			if (!sides->series[i].laps.stop)
				status = sample(sides, i, load);
	while (!status && !interrupted() && !all_known(sides, until));
	return status;
}

static int keep_row(struct bench *bench, struct sides *sides, size_t i, const char *load)
{
	static struct spot spot;
	struct row row = { .test = "alloc",
			   .unit = UNIT_BLOCKS_PER_SEC,
			   .threads = HEAP_LOAD_THREADS,
			   .lines_proved = sides->blocks,
			   .pages_proved = sides->proved[i] };

	(void)snprintf(row.variant, sizeof(row.variant), "%s", load);
	(void)snprintf(spot.place.text, sizeof(spot.place.text), "%.60s",
		       sides->side[i].name);
	return series_finish(bench, &spot, &sides->series[i], &row);
}

static int measure_load(struct bench *bench, struct sides *sides, const char *load)
{
	size_t begun = 0, kept = 0;
	int status = STATUS_DONE;

	sides->blocks = 0;
	progress(bench, load);
	for (; !status && begun < sides->count; begun++)
		status = series_begin(bench, &sides->series[begun]);
	if (!status)
		status = sample_all(bench, sides, load);
	for (; !status && !interrupted() && kept < sides->count; kept++)
		status = keep_row(bench, sides, kept, load);
	for (; kept < begun; kept++)
		series_free(&sides->series[kept]);
	return status;
}

/* ---- who is there ------------------------------------------------------------------------ */

static bool can_preload(const char *library)
{
	const char *const nothing[] = { ALLOC_WORK, ALLOC_NOTHING, library };
	const struct heap_process process = { .preload = library, .is_quiet = true };
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct words words = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++)
		add_word(&words, nothing[i]);
	return heap_ask(&process, &words, &text) == STATUS_DONE;
}

static void add_side(struct sides *sides, const struct side *side)
{
	sides->side[sides->count++] = *side;
}

static void find_sides(const struct bench *bench, struct sides *sides)
{
	const char *spec = bench->options.heap ? bench->options.heap : "prefer:fastest";

	add_side(sides, &(struct side){ .name = "libc", .library = ALLOC_LIBC });
	if (can_preload(ALLOC_JEMALLOC))
		add_side(sides, &(struct side){ .name = "jemalloc",
						.preload = ALLOC_JEMALLOC,
						.library = ALLOC_JEMALLOC });
	else
		(void)say(0, ALLOC_JEMALLOC,
			  "is not installed, so the plain heap alone is what "
			  "others are held against");
	add_side(sides, &(struct side){ .name = "plain",
					.spec = spec,
					.is_plain = true,
					.library = ALLOC_TIERS });
	add_side(sides,
		 &(struct side){ .name = spec, .spec = spec, .library = ALLOC_TIERS });
}

static const char *variant(size_t i)
{
	return heap_loads[i].name;
}

static int run(struct bench *bench, char **operands)
{
	static struct sides sides;
	int status = heap_check(bench->options.heap ? bench->options.heap : "prefer:all");

	(void)operands;
	if (status)
		return status;
	find_sides(bench, &sides);
	for (const struct heap_load *load = heap_loads; load->name; load++)
		bench->planned += is_wanted(bench, load->name) ? sides.count : 0;
	for (const struct heap_load *load = heap_loads;
	     !status && load->name && !interrupted(); load++)
		if (is_wanted(bench, load->name))
			status = measure_load(bench, &sides, load->name);
	return status;
}

const struct cmd cmd_alloc = {
	.name = "alloc",
	.summary = "what a heap on tiers costs, beside other allocators",
	.about = "Has the C library, jemalloc where it is installed, libtiermalloc.so without "
		 "and with --heap (prefer:fastest if not given) do the same work, by turns and "
		 "in processes of their own: pairs, churn, larson, handover, large, grow, fragment "
		 "and threads. Counts the blocks of each run, which must be as many for all, and "
		 "sees whose malloc it was and on which nodes it put blocks. The figure is blocks "
		 "for a second of CPU time.",
	.flags = CMD_RUNS | CMD_ONLY | CMD_HEAP,
	.run = run,
	.variant = variant,
	.examples = {
		{ "tierbench alloc --heap ratio:dram=3,pmem=1", "What does a ratio cost?" },
		{ "tierbench alloc --only churn,large", "Two of the loads." },
	},
};
