// SPDX-License-Identifier: GPL-2.0-or-later
// Options: one table for all commands, since most of them say where and how to measure.
#include "opt.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "bench.h"
#include "kernels.h"
#include "parse.h"
#include "strbuf.h"

#define AT(field) offsetof(struct options, field)

const struct opt opts[] = {
	{ "nodes", "SEL", "memory to measure: a selector of tierctl(1); default: all",
	  AT(nodes), CMD_MEASURES,
	  "fastest slowest fast slow dram pmem cxl hbm all node:" },
	{ "cpus", "SEL", "the node whose CPUs measure; default: near (matrix: all)",
	  AT(cpus), CMD_MEASURES, "near node:" },
	{ "size", "BYTES", "of each buffer; default: four times the last-level cache",
	  AT(size), CMD_MEASURES, NULL },
	{ "threads", "N", "how many; default: one on each CPU of the node", AT(threads),
	  CMD_TRAFFIC, NULL },
	{ "pages", "SIZE", "4k, thp or huge; default: 4k (migrate: 4k and thp)",
	  AT(pages), CMD_MEASURES, "4k thp huge" },
	{ "loops", "NAME", "scalar sse2 avx2 avx512 neon, as avx2x4; default: by trial",
	  AT(kernels), CMD_TRAFFIC, "scalar sse2 avx2 avx512 neon" },
	{ "only", "LIST", "only these variants (loaded, ratio: the kind of traffic)",
	  AT(only), CMD_ONLY, NULL },
	{ "seconds", "N", "for one figure; default: 2 (quick: 0.25, full: 1.5)",
	  AT(seconds), CMD_MEASURES | CMD_RUNS, NULL },
	{ "in-flight", "LINES", "cache lines that the program keeps in flight",
	  AT(in_flight), CMD_WEIGHTS, NULL },
	{ "weights", "FILE", "write the advice for tierctl weights from-bench",
	  AT(weights), CMD_WEIGHTS, NULL },
	{ "output", "FILE", "as JSON there, instead of keeping it (report: drawn)",
	  AT(output), CMD_MEASURES | CMD_RUNS | CMD_OUTPUT, NULL },
	{ "format", "FORM", "html, svg, png, text or gnuplot; default: html", AT(format),
	  CMD_FORMAT, "html svg png text gnuplot" },
	{ "heap", "SPEC", "a heap on tiers, as tierctl run has it", AT(heap), CMD_HEAP,
	  NULL },
	{ "turn-demotion", NULL,
	  "turn the machine's demotion on and off, and put it back", AT(turn_demotion),
	  CMD_TURNS, NULL },
	{ "any-size", NULL, "take buffers that fit into the cache; rows are marked",
	  AT(any_size), CMD_MEASURES, NULL },
	{ "force-figures", NULL,
	  "tell figures of an emulated machine; the result says so", AT(force_figures),
	  CMD_MEASURES | CMD_RUNS, NULL },
	{ "no-store", NULL, "do not keep the result", AT(no_store),
	  CMD_MEASURES | CMD_RUNS, NULL },
	{ "json", NULL, "print all as JSON", AT(json), CMD_MEASURES | CMD_RUNS, NULL },
	{ "csv", NULL, "print CSV", AT(csv), CMD_MEASURES | CMD_RUNS, NULL },
	{ "help", NULL, "print this help", AT(help), 0, NULL },
	{ "version", NULL, "print the version", AT(version), 0, NULL },
	{ NULL, NULL, NULL, 0, 0, NULL },
};

static const struct opt *find(const char *name, size_t len)
{
	for (const struct opt *opt = opts; opt->name; opt++)
		if (strlen(opt->name) == len && !memcmp(opt->name, name, len))
			return opt;
	return NULL;
}

/* How many arguments it took; negative: a status, said. */
static int take(struct bench *bench, char **argv)
{
	const char *name = argv[0] + 2, *is = strchr(name, '=');
	const struct opt *opt = find(name, is ? (size_t)(is - name) : strlen(name));
	const char *object = bench->cmd ? bench->cmd->name : "command line";
	void *slot;

	if (!strcmp(argv[0], "-h"))
		opt = find("help", 4);
	if (!opt)
		return -say(STATUS_USAGE, object,
			    "%s: no such option; tierbench help lists them", argv[0]);
	if (bench->cmd && opt->needs && !(opt->needs & bench->cmd->flags))
		return -say(STATUS_USAGE, object, "%s: this command does not take it",
			    argv[0]);
	slot = (char *)&bench->options + opt->offset;
	if (!opt->value) {
		if (is)
			return -say(STATUS_USAGE, object, "%s: takes no value", argv[0]);
		*(bool *)slot = true;
		return 1;
	}
	if (!is && !argv[1])
		return -say(STATUS_USAGE, object, "%s: needs a value", argv[0]);
	*(const char **)slot = is ? is + 1 : argv[1];
	return is ? 1 : 2;
}

int opt_parse(struct bench *bench, char **argv)
{
	int kept = 0;

	for (int at = 0; argv[at];) {
		int took;

		if (argv[at][0] != '-' || !argv[at][1]) {
			argv[kept++] = argv[at++];
			continue;
		}
		took = take(bench, argv + at);
		if (took < 0)
			return -took;
		at += took;
	}
	argv[kept] = NULL;
	return STATUS_DONE;
}

/* ---- what they mean -------------------------------------------------------------------- */

#define SECONDS_MOST 3600
#define SIZE_LEAST   (2UL << 20)
#define SIZE_UNKNOWN (64UL << 20) /* where the cache is not known */
#define SIZE_MOST    (1UL << 40)

static int understand_size(struct bench *bench)
{
	const char *text = bench->options.size;
	uint64_t cache = bench->machine.cache_bytes;
	uint64_t *bytes = &bench->wishes.bytes;

	*bytes = cache ? 4 * cache : SIZE_UNKNOWN;
	if (text && parse_figure(text, units_bytes, bytes))
		return say(STATUS_USAGE, "--size", "'%.40s' is no size, as 256M is",
			   text);
	if (*bytes < SIZE_LEAST || *bytes > SIZE_MOST)
		return say(STATUS_USAGE, "--size", "from 2M to 1T");
	if (*bytes < 2 * cache && !bench->options.any_size)
		return say(STATUS_USAGE, "--size",
			   "the last-level cache has %llu MiB and would be measured, not "
			   "the memory; %llu MiB are right, --any-size takes less",
			   (unsigned long long)cache >> 20,
			   (unsigned long long)(4 * cache) >> 20);
	return STATUS_DONE;
}

static int understand_number(const char *name, const char *text, uint64_t most,
			     uint64_t *value)
{
	if (!text)
		return STATUS_DONE;
	if (parse_u64(text, value) || !*value || *value > most)
		return say(STATUS_USAGE, name, "a whole number from 1 to %llu",
			   (unsigned long long)most);
	return STATUS_DONE;
}

static int understand_pages(struct bench *bench)
{
	const char *text = bench->options.pages;

	for (int size = 0; text && size < PAGE_SIZES; size++)
		if (!strcmp(text, page_size_names[size])) {
			bench->wishes.pages = (enum page_size)size;
			return STATUS_DONE;
		}
	return text ? say(STATUS_USAGE, "--pages", "4k, thp or huge") : STATUS_DONE;
}

static int understand_seconds(struct bench *bench)
{
	static const struct unit units[] = { { "", 1000 }, { NULL, 0 } };
	const char *text = bench->options.seconds;
	uint64_t ms = 2000;

	if (text && (parse_figure(text, units, &ms) || !ms || ms > SECONDS_MOST * 1000UL))
		return say(STATUS_USAGE, "--seconds", "a number, above 0 and up to %d",
			   SECONDS_MOST);
	bench->wishes.seconds = (double)ms / 1000;
	return STATUS_DONE;
}

static bool is_variant(const struct cmd *cmd, const char *word, size_t len)
{
	const char *name;

	for (size_t i = 0; (name = cmd->variant(i)); i++)
		if (strlen(name) == len && !memcmp(name, word, len))
			return true;
	return false;
}

static int say_variants(const struct cmd *cmd, const char *word, size_t len)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	const char *name;

	for (size_t i = 0; (name = cmd->variant(i)); i++)
		(void)!strbuf_printf(&names, " %s", name);
	return say(STATUS_USAGE, "--only", "'%.*s' is none of:%s",
		   (int)(len < 40 ? len : 40), word, strbuf_text(&names));
}

/* A name of nothing would measure nothing, and be no failure. */
static int understand_only(const struct bench *bench)
{
	const char *at = bench->options.only;

	while (at && bench->cmd->variant) {
		size_t len = strcspn(at, ",");

		if (!is_variant(bench->cmd, at, len))
			return say_variants(bench->cmd, at, len);
		at = at[len] ? at + len + 1 : NULL;
	}
	return STATUS_DONE;
}

int opt_understand(struct bench *bench)
{
	uint64_t threads = 0, lines = 0;
	int status = understand_size(bench);

	if (!status)
		status = understand_number("--threads", bench->options.threads, 1024,
					   &threads);
	if (!status)
		status = understand_seconds(bench);
	if (!status)
		status = understand_number("--in-flight", bench->options.in_flight,
					   1000000, &lines);
	if (!status)
		status = understand_pages(bench);
	if (!status)
		status = understand_only(bench);
	if (status)
		return status;
	if (bench->options.json && bench->options.csv)
		return say(STATUS_USAGE, bench->cmd->name,
			   "--json and --csv: choose one");
	bench->wishes.threads = (unsigned int)threads;
	bench->wishes.in_flight = (double)lines;
	bench->kernels = kernels_find(bench->options.kernels);
	return bench->kernels ? STATUS_DONE :
				say(STATUS_UNSUPPORTED, "--loops",
				    "'%.40s': this processor has none that are called so",
				    bench->options.kernels);
}
