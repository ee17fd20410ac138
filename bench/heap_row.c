// SPDX-License-Identifier: GPL-2.0-or-later
// A heap on tiers as one more place to measure. It is asked for by `tierctl run --heap`,
// which alone knows how; knows no figure.
#include "heap_row.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "heap_ask.h"
#include "heap_spec.h"

/* How far a ratio may be off: docs/heap.md. */
#define RATIO_OFF_MOST	 0.01
#define RATIO_SMALL	 (64UL << 20)
#define RATIO_SMALL_MOST 0.02

const char *heap_handed_down(void)
{
	return getenv("TIER_HEAP");
}

/* heap_resolver's; what was handed down has node numbers only. */
static int select_nodes(void *arg, const char *selector, struct tier_nodeset *nodes,
			struct tier_diag *diag)
{
	return tier_select(arg, selector, nodes, diag);
}

static int parse(const struct bench *bench, struct heap_spec *spec)
{
	const struct heap_resolver resolver = { select_nodes, bench->machine.topology };
	const char *text = heap_handed_down();
	struct tier_diag diag = { 0 };

	if (!text)
		return say(STATUS_USAGE, HEAP_ROW,
			   "this process has none; ask for one with --heap SPEC");
	if (heap_spec_parse(text, spec, &diag) ||
	    heap_spec_resolve(spec, &resolver, &diag))
		return say(STATUS_USAGE, "TIER_HEAP", "%s", diag.message);
	return STATUS_DONE;
}

/* ---- where it must be ---------------------------------------------------------------- */

static int add_nodes(const struct tier_nodeset *nodes, struct place *place)
{
	int ret = 0;

	for (int node = -1; !ret && (node = tier_nodeset_next(nodes, node)) >= 0;)
		ret = place_add(place, (unsigned int)node, 1);
	return ret;
}

/* The one tier whose turn it is by size, or any of them. */
static int add_tiers(const struct heap_spec *spec, uint64_t bytes, struct place *place)
{
	unsigned int from = 0, to = spec->n_tiers;
	int ret = 0;

	if (spec->kind == HEAP_THRESHOLD && bytes) {
		while (from + 1 < to && spec->tiers[from + 1].from_bytes <= bytes)
			from++;
		to = from + 1;
	}
	for (; !ret && from < to; from++)
		ret = add_nodes(&spec->tiers[from].nodes, place);
	return ret;
}

static bool has_limit(const struct heap_spec *spec)
{
	for (unsigned int i = 0; i < spec->n_tiers; i++)
		if (spec->tiers[i].limit_bytes)
			return true;
	return false;
}

int heap_place(struct bench *bench, struct place *place, uint64_t bytes)
{
	struct heap_spec spec = { 0 };
	int status = parse(bench, &spec);

	if (status)
		return status;
	*place = (struct place){ .policy = "default", .is_heap = true };
	if (has_limit(&spec))
		return say(
			STATUS_USAGE, "heap",
			"beyond a limit memory may be anywhere, so there is nothing to "
			"prove of this block; take a spec without");
	if (add_tiers(&spec, bytes, place))
		return say(STATUS_FAILED, "heap", "more nodes than are kept apart");
	place->any_of_them = spec.kind != HEAP_INTERLEAVE;
	(void)snprintf(place->text, sizeof(place->text), "heap:%.50s",
		       heap_handed_down());
	return STATUS_DONE;
}

/* ---- the proof ------------------------------------------------------------------------- */

static double share_of(const struct tier_nodeset *nodes,
		       const struct tier_page_counts *counts)
{
	double here = 0, all = 0;

	for (unsigned int node = 0; node < TIER_MAX_NODES; node++) {
		all += (double)counts->node[node];
		if (tier_nodeset_has(nodes, node))
			here += (double)counts->node[node];
	}
	return all > 0 ? here / all : 0;
}

static int prove_ratio(struct bench *bench, const struct heap_spec *spec,
		       const struct tier_page_counts *counts)
{
	double whole = 0, most = bench->wishes.bytes < RATIO_SMALL ? RATIO_SMALL_MOST :
								     RATIO_OFF_MOST;

	for (unsigned int i = 0; i < spec->n_tiers; i++)
		whole += spec->tiers[i].weight;
	for (unsigned int i = 0; i < spec->n_tiers; i++) {
		double want = spec->tiers[i].weight / whole;
		double found = share_of(&spec->tiers[i].nodes, counts);

		if (fabs(found - want) > most)
			return say(STATUS_FAILED, "heap",
				   "%.2f %% of it are in tier %u, and %.2f %% were asked "
				   "for. There is no result",
				   100 * found, i, 100 * want);
	}
	return STATUS_DONE;
}

int heap_is_there(struct bench *bench)
{
	struct tier_heap heap;
	int ret = tier_heap_read(bench->machine.ctx, getpid(), &heap, sizeof(heap));

	if (ret)
		return say(STATUS_FAILED, HEAP_ROW, "is not libtiermalloc.so's: %s",
			   tier_strerror(ret));
	if (heap.state == TIER_HEAP_PLAIN)
		return say(STATUS_FAILED, HEAP_ROW, "is a plain one: %s", heap.text);
	if (heap.refused_count)
		return say(STATUS_FAILED, HEAP_ROW,
			   "%" PRIu64 " calls of mbind(2) were refused",
			   heap.refused_count);
	return STATUS_DONE;
}

int heap_prove(struct bench *bench, const struct tier_page_counts *counts)
{
	struct heap_spec spec = { 0 };
	int status = parse(bench, &spec);

	if (!status)
		status = heap_is_there(bench);
	if (!status && spec.kind == HEAP_RATIO)
		status = prove_ratio(bench, &spec, counts);
	return status;
}

/* ---- by tierctl ------------------------------------------------------------------------ */

static void add_option(struct words *words, const char *name, const char *value)
{
	if (!value)
		return;
	add_word(words, name);
	add_word(words, value);
}

/* The same measurement, of the heap alone. */
static void write_words(const struct bench *bench, struct words *words)
{
	const struct options *options = &bench->options;
	const char *const first[] = { bench->cmd->name, "--only", HEAP_ROW, "--json",
				      "--no-store" };

	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		add_word(words, first[i]);
	add_option(words, "--size", options->size);
	add_option(words, "--cpus", options->cpus);
	add_option(words, "--threads", options->threads);
	add_option(words, "--pages", options->pages);
	add_option(words, "--loops", options->kernels);
	add_option(words, "--seconds", options->seconds);
	if (options->any_size)
		add_word(words, "--any-size");
	if (options->force_figures)
		add_word(words, "--force-figures");
}

static int take_rows(struct bench *bench, const struct strbuf *text)
{
	struct tier_diag diag = { 0 };
	struct run found = { 0 };
	int ret = result_from_json(strbuf_text(text), text->len, &found, &diag);

	if (ret)
		return say(STATUS_FAILED, "heap", "its result is none: %s", diag.message);
	for (size_t i = 0; !ret && i < found.count; i++) {
		ret = run_add(&bench->run, &found.rows[i]);
		/* They are the other run's now. */
		found.rows[i].values = NULL;
		bench->done++;
	}
	run_free(&found);
	return ret ? say(STATUS_FAILED, "heap", "out of memory") : STATUS_DONE;
}

int heap_rows(struct bench *bench, const char *spec)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct words words = { 0 };
	int status = heap_check(spec);

	if (status)
		return status;
	progress(bench, HEAP_ROW);
	write_words(bench, &words);
	status = heap_ask(&(struct heap_process){ .spec = spec }, &words, &text);
	return status ? status : take_rows(bench, &text);
}
