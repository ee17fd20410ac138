// SPDX-License-Identifier: GPL-2.0-or-later
// What automatic placement does now. Decides nothing.
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "auto.h"
#include "cmd.h"
#include "json.h"
#include "table.h"

static const char *const phase_names[] = {
	[TIER_AUTO_UNKNOWN] = "unknown", [TIER_AUTO_OFF] = "off",
	[TIER_AUTO_RUNS] = "runs",	 [TIER_AUTO_BROKEN] = "broken",
	[TIER_AUTO_LOST] = "lost",
};

static const char *phase_name(enum tier_auto_phase phase)
{
	return phase_names[phase < ARRAY_SIZE(phase_names) ? phase : TIER_AUTO_UNKNOWN];
}

static bool is_promotion(const struct tier_auto_scheme *scheme)
{
	return scheme->flags & TIER_AUTO_IS_PROMOTION;
}

static bool knows(const struct tier_auto_scheme *scheme)
{
	return scheme->flags & TIER_AUTO_KNOWS_COUNTS;
}

/* 0, or an exit status that was said; *more: there is one. */
static int get_scheme(struct ctl *ctl, unsigned int index,
		      struct tier_auto_scheme *scheme, bool *more)
{
	const struct fault fault = { 0, "auto", "status" };
	int ret = tier_auto_scheme_get(ctl->ctx, index, scheme, sizeof(*scheme));

	*more = !ret;
	return !ret || ret == -ENOENT ? STATUS_DONE : ctl_fail(ctl, &fault, ret, NULL);
}

/* ---- for people ------------------------------------------------------------------ */

static void print_phase(struct out *out, const struct tier_auto_info *info)
{
	static const char *const words[] = {
		[TIER_AUTO_UNKNOWN] = "not known",
		[TIER_AUTO_OFF] = "off: nothing was started",
		[TIER_AUTO_RUNS] = "runs",
		[TIER_AUTO_BROKEN] = "not whole; tierctl auto stop puts it back",
		[TIER_AUTO_LOST] = "changed by another program since it was started",
	};
	const enum tier_auto_phase phase =
		info->phase < ARRAY_SIZE(words) ? info->phase : TIER_AUTO_UNKNOWN;

	out_text(out, "auto      %s\n", words[phase]);
	if (*info->message)
		out_wrapped(out, "          ", info->message);
	if (info->means & TIER_AUTO_DAMON)
		out_text(out, "kdamonds  %u of %u run\n", info->running, info->kdamonds);
	if (info->means & TIER_AUTO_KERNEL)
		out_text(out, "kernel    its own tiering was turned on, see tierctl "
			      "tiering\n");
}

static void add_row(struct table *table, struct out *out,
		    const struct tier_auto_scheme *scheme)
{
	char text[FIGURE_BYTES];

	table_cell(table, is_promotion(scheme) ? "promote" : "demote");
	snprintf(text, sizeof(text), "%u", scheme->from);
	table_cell(table, text);
	snprintf(text, sizeof(text), "%u", scheme->to);
	table_cell(table, text);
	table_cell(table, scheme->flags & TIER_AUTO_SCHEME_RUNS ? "yes" : "no");
	table_cell(table, figure_size(out, knows(scheme), scheme->tried_bytes, text));
	table_cell(table, figure_size(out, knows(scheme), scheme->applied_bytes, text));
	table_cell(table, figure_count(knows(scheme), scheme->quota_reached, text));
}

static int print_status(struct ctl *ctl, const struct tier_auto_info *info)
{
	static const struct column columns[] = { { "SCHEME", 0, NULL },
						 { "FROM", COLUMN_RIGHT, NULL },
						 { "TO", COLUMN_RIGHT, NULL },
						 { "RUNS", 0, NULL },
						 { "TRIED", COLUMN_RIGHT, NULL },
						 { "MOVED", COLUMN_RIGHT, NULL },
						 { "AT-RATE", COLUMN_RIGHT, NULL },
						 { 0 } };
	struct tier_auto_scheme scheme;
	struct table table;
	bool more = true;
	int status = 0;

	print_phase(&ctl->out, info);
	table_begin(&table, columns);
	for (unsigned int i = 0; more; i++) {
		status = get_scheme(ctl, i, &scheme, &more);
		if (more)
			add_row(&table, &ctl->out, &scheme);
	}
	table_end(&table, &ctl->out);
	return status;
}

/* ---- for programs ------------------------------------------------------------------- */

static void json_scheme(struct out *out, struct json_object *entry,
			const struct tier_auto_scheme *scheme)
{
	const struct {
		const char *key;
		const uint64_t *count;
	} counts[] = {
		{ "tried_bytes", &scheme->tried_bytes },
		{ "applied_bytes", &scheme->applied_bytes },
		{ "tried_regions", &scheme->tried_regions },
		{ "applied_regions", &scheme->applied_regions },
		{ "quota_reached", &scheme->quota_reached },
	};

	js_text(out, entry, "action", is_promotion(scheme) ? "promote" : "demote");
	js_number(out, entry, "from", scheme->from);
	js_number(out, entry, "to", scheme->to);
	js_number(out, entry, "kdamond", scheme->kdamond);
	js_number(out, entry, "scheme", scheme->scheme);
	js_bool(out, entry, "runs", scheme->flags & TIER_AUTO_SCHEME_RUNS);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		js_known(out, entry, counts[i].key,
			 knows(scheme) ? counts[i].count : NULL);
}

static int json_status(struct ctl *ctl, const struct tier_auto_info *info)
{
	struct out *out = &ctl->out;
	struct json_object *document = js_document(out), *list;
	struct tier_auto_scheme scheme;
	bool more = true;
	int status = 0;

	js_text(out, document, "phase", phase_name(info->phase));
	js_text(out, document, "message", *info->message ? info->message : NULL);
	js_bool(out, document, "damon", info->means & TIER_AUTO_DAMON);
	js_bool(out, document, "kernel", info->means & TIER_AUTO_KERNEL);
	js_number(out, document, "kdamonds", info->kdamonds);
	js_number(out, document, "running", info->running);
	list = js_list(out, document, "schemes");
	for (unsigned int i = 0; more; i++) {
		status = get_scheme(ctl, i, &scheme, &more);
		if (more)
			json_scheme(out, js_item(out, list), &scheme);
	}
	js_finish(out, document, &ctl->errors);
	return status;
}

int auto_status(struct ctl *ctl)
{
	const struct fault fault = { 0, "auto", "status" };
	struct tier_auto_info info;
	int ret = tier_auto_get(ctl->ctx, &info, sizeof(info));

	if (ret)
		return ctl_fail(ctl, &fault, ret, NULL);
	return ctl->globals.json ? json_status(ctl, &info) : print_status(ctl, &info);
}
