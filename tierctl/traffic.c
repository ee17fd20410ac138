// SPDX-License-Identifier: GPL-2.0-or-later
// Counters as a table, and their rates as a line per moment.
#include "traffic.h"

#include <inttypes.h>
#include <time.h>

#include "cmd.h"
#include "json.h"
#include "table.h"

/* How often a watch says again what its columns are. */
#define LINES_PER_TITLE 20

/* The counters of pages, in the order of enum tier_counter. */
#define PAGE_COUNTERS (TIER_RECLAIMED_PAGES + 1)

static const struct {
	const char *key;   /* in JSON */
	const char *words; /* in the table */
	const char *title; /* of a column of rates; NULL: none */
	bool is_memory;	   /* pages that went somewhere: bytes mean something */
} counters[PAGE_COUNTERS] = {
	{ "demoted_pages", "demoted to a slower tier", "DEMOTED", true },
	{ "promoted_pages", "promoted to a faster tier", "PROMOTED", true },
	{ "promote_candidates", "hot enough to be promoted", "HOT", true },
	{ "hint_faults", "faults to find hot pages", "FAULTS", false },
	{ "balanced_pages", "moved by NUMA balancing", "BALANCED", true },
	{ "migrated_pages", "moved for any reason", "MOVED", true },
	{ "migrate_failures", "not moved, as they could not be", "FAILED", true },
	{ "swapped_out_pages", "swapped out", "SWAPPED", true },
	{ "reclaimed_pages", "demoted, dropped or swapped out", NULL, true },
};

static bool is_known(const struct tier_traffic *traffic, int counter)
{
	return traffic->known & 1u << counter;
}

void traffic_print(struct out *out, const struct tier_traffic *traffic)
{
	static const struct column columns[] = {
		{ "PAGES SINCE BOOT", 0, NULL },
		{ "COUNT", COLUMN_RIGHT, NULL },
		{ "MEMORY", COLUMN_RIGHT, NULL },
		{ 0 },
	};
	char text[FIGURE_BYTES];
	struct table table;

	if (!traffic->known)
		return;
	out_text(out, "\n");
	table_begin(&table, columns);
	for (int i = 0; i < PAGE_COUNTERS; i++) {
		bool known = is_known(traffic, i);

		table_cell(&table, counters[i].words);
		table_cell(&table, figure_count(known, traffic->count[i], text));
		table_cell(&table,
			   figure_size(out, known && counters[i].is_memory,
				       traffic->count[i] * traffic->page_bytes, text));
	}
	table_end(&table, out);
}

void traffic_json(struct out *out, struct json_object *in,
		  const struct tier_traffic *traffic)
{
	struct json_object *object = js_child(out, in, "counters");

	js_number(out, object, "page_bytes", traffic->page_bytes);
	for (int i = 0; i < PAGE_COUNTERS; i++)
		js_known(out, object, counters[i].key,
			 is_known(traffic, i) ? &traffic->count[i] : NULL);
}

/* ---- watching ------------------------------------------------------------------ */

static void print_titles(struct out *out)
{
	out_text(out, "%s", out_tint(out, TINT_BOLD));
	for (int i = 0; i < PAGE_COUNTERS && counters[i].title; i++)
		out_text(out, "%s%9s", i ? " " : "", counters[i].title);
	out_text(out, "%s\n", out_plain(out, TINT_BOLD));
}

static void print_rates(struct out *out, const struct tier_traffic *now,
			const struct tier_rates *rate)
{
	char text[FIGURE_BYTES];

	for (int i = 0; i < PAGE_COUNTERS && counters[i].title; i++) {
		bool known = rate->known & 1u << i;
		double per_sec = rate->per_sec[i];

		if (counters[i].is_memory)
			figure_rate(out, known, (uint64_t)(per_sec * now->page_bytes),
				    text);
		else if (known)
			snprintf(text, sizeof(text), "%.0f/s", per_sec);
		else
			figure_count(false, 0, text);
		out_text(out, "%s%9s", i ? " " : "", text);
	}
	out_text(out, "\n");
}

static int read_now(struct ctl *ctl, struct tier_traffic *now)
{
	const struct fault fault = { 0, ctl->cmd->name, "counters" };
	int ret = tier_traffic_read(ctl->ctx, -1, now, sizeof(*now));

	return ret ? ctl_fail(ctl, &fault, ret, NULL) : STATUS_DONE;
}

int traffic_watch(struct ctl *ctl, double seconds, uint64_t count)
{
	const struct fault fault = { STATUS_FAILED, "stdout", "write" };
	const struct timespec pause = {
		.tv_sec = (time_t)seconds,
		.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9),
	};
	struct tier_traffic before, now;
	int status = read_now(ctl, &before);

	for (uint64_t line = 0; !status && (!count || line < count); line++) {
		struct tier_rates rate;

		if (line % LINES_PER_TITLE == 0)
			print_titles(&ctl->out);
		if (out_flush(&ctl->out))
			return err_say(ctl, &fault, "nobody reads on");
		nanosleep(&pause, NULL);
		status = read_now(ctl, &now);
		if (status)
			return status;
		tier_traffic_rate(&before, &now, sizeof(now), &rate, sizeof(rate));
		print_rates(&ctl->out, &now, &rate);
		before = now;
	}
	return status;
}
