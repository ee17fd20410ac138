// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl doctor: what is wrong with this machine's tiers, and the command that mends it.
// Knows no check by name.
#include <string.h>

#include "cmd.h"
#include "cmds.h"
#include "json.h"
#include "suggest.h"

static struct {
	bool list;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

static const struct opt doctor_opts[] = {
	{ "list", NULL, "the names of all checks and what they look at", HERE(list), 0, 0,
	  0 },
	{ 0 },
};

/* In the order in which they are printed. */
static const enum tier_health order[] = {
	TIER_HEALTH_PROBLEM, TIER_HEALTH_NOTE,		 TIER_HEALTH_UNKNOWN,
	TIER_HEALTH_OK,	     TIER_HEALTH_NOT_APPLICABLE,
};

#define HEALTHS ARRAY_SIZE(order)

static const char *const words[HEALTHS] = {
	[TIER_HEALTH_UNKNOWN] = "unknown",
	[TIER_HEALTH_OK] = "ok",
	[TIER_HEALTH_PROBLEM] = "problem",
	[TIER_HEALTH_NOTE] = "note",
	[TIER_HEALTH_NOT_APPLICABLE] = "not-applicable",
};

/* What was found, on its way to the output. */
struct ward {
	struct ctl *ctl;
	char **names; /* of the checks asked for; none: all */
	unsigned int count[HEALTHS];
	struct out text[HEALTHS]; /* for people, by health */
	struct json_object *findings;
};

static bool is_asked_for(const struct ward *ward, const char *name)
{
	if (!ward->names[0])
		return true;
	for (char **asked = ward->names; *asked; asked++)
		if (!strcmp(*asked, name))
			return true;
	return false;
}

/* ---- for people ------------------------------------------------------------------------ */

static void add_line(struct out *out, const char *lead, const char *text)
{
	if (*text)
		out_wrapped(out, lead, text);
}

/* A command stays on one line, so that it can be copied. */
static void add_whole(struct out *out, const struct tier_finding *finding)
{
	static const enum tint tints[HEALTHS] = {
		[TIER_HEALTH_PROBLEM] = TINT_YELLOW,
		[TIER_HEALTH_NOTE] = TINT_CYAN,
	};
	enum tint tint = tints[finding->health];

	out_text(out, "%s%s%s  %s: %s\n", out_tint(out, tint), words[finding->health],
		 out_plain(out, tint), finding->check, finding->title);
	add_line(out, "  found  ", finding->evidence);
	add_line(out, "  so     ", finding->consequence);
	if (*finding->mend)
		out_text(out, "  mend   %s\n", finding->mend);
	add_line(out, "  hint   ", finding->advice);
	out_text(out, "\n");
}

static void add_short(struct out *out, const struct tier_finding *finding)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	char lead[32];

	snprintf(lead, sizeof(lead), "%s  ", words[finding->health]);
	if (strbuf_printf(&text, "%s: %s", finding->check, finding->evidence))
		out->lost = true;
	out_wrapped(out, lead, strbuf_text(&text));
}

static void add_text(struct ward *ward, const struct tier_finding *finding)
{
	struct out *out = &ward->text[finding->health];

	if (finding->health == TIER_HEALTH_PROBLEM || finding->health == TIER_HEALTH_NOTE)
		add_whole(out, finding);
	else if (finding->health == TIER_HEALTH_UNKNOWN || ward->names[0])
		add_short(out, finding);
}

static void print_text(struct ward *ward)
{
	struct out *out = &ward->ctl->out;
	const unsigned int *count = ward->count;

	for (size_t i = 0; i < HEALTHS; i++) {
		const struct out *text = &ward->text[order[i]];

		out_text(out, "%s", strbuf_text(&text->text));
		out->lost |= text->lost;
		if (text->text.len && order[i] == TIER_HEALTH_UNKNOWN)
			out_text(out, "\n");
	}
	if (ward->names[0])
		return;
	out_text(out, "%u problem%s, %u note%s, %u unknown, %u ok, %u not applicable.\n",
		 count[TIER_HEALTH_PROBLEM], count[TIER_HEALTH_PROBLEM] == 1 ? "" : "s",
		 count[TIER_HEALTH_NOTE], count[TIER_HEALTH_NOTE] == 1 ? "" : "s",
		 count[TIER_HEALTH_UNKNOWN], count[TIER_HEALTH_OK],
		 count[TIER_HEALTH_NOT_APPLICABLE]);
}

/* ---- for programs ---------------------------------------------------------------------- */

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

static void add_json(struct ward *ward, const struct tier_finding *finding)
{
	struct out *out = &ward->ctl->out;
	struct json_object *entry = js_item(out, ward->findings);

	js_text(out, entry, "check", finding->check);
	js_text(out, entry, "title", finding->title);
	js_text(out, entry, "health", words[finding->health]);
	js_nodes(out, entry, "nodes", &finding->nodes);
	js_text(out, entry, "evidence", or_null(finding->evidence));
	js_text(out, entry, "consequence", or_null(finding->consequence));
	js_text(out, entry, "mend", or_null(finding->mend));
	js_text(out, entry, "advice", or_null(finding->advice));
	js_text(out, entry, "see", finding->see);
}

/* ---- the checks -------------------------------------------------------------------------- */

static void take(const struct tier_finding *finding, void *data)
{
	struct ward *ward = data;

	if (!is_asked_for(ward, finding->check))
		return;
	ward->count[finding->health]++;
	if (ward->findings)
		add_json(ward, finding);
	else
		add_text(ward, finding);
}

static int examine(struct ward *ward)
{
	struct ctl *ctl = ward->ctl;
	const struct fault fault = { 0, "doctor", NULL };
	struct json_object *document = NULL;
	int ret;

	if (ctl->globals.json) {
		document = js_document(&ctl->out);
		ward->findings = js_list(&ctl->out, document, "findings");
	}
	ret = tier_diagnose(ctl->ctx, ctl->topology, take, ward,
			    sizeof(struct tier_finding));
	if (ret < 0)
		ret = ctl_fail(ctl, &fault, ret, NULL);
	else
		ret = ward->count[TIER_HEALTH_PROBLEM] ? STATUS_FAILED : STATUS_DONE;
	if (document)
		js_finish(&ctl->out, document, &ctl->errors);
	else
		print_text(ward);
	return ret;
}

static int list_checks(struct ctl *ctl)
{
	struct tier_check_info info;

	for (unsigned int i = 0; !tier_check_get(i, &info, sizeof(info)); i++)
		out_text(&ctl->out, "%-20s %s\n", info.name, info.title);
	return STATUS_DONE;
}

static int check_name(struct ctl *ctl, const char *name)
{
	struct suggestion suggestion = { .typed = name };
	const struct fault fault = { STATUS_USAGE, "doctor", name };
	struct tier_check_info info;

	for (unsigned int i = 0; !tier_check_get(i, &info, sizeof(info)); i++) {
		if (!strcmp(info.name, name))
			return STATUS_DONE;
		suggest_consider(&suggestion, info.name);
	}
	if (suggestion.best)
		return err_say(ctl, &fault, "no such check; did you mean '%s'?",
			       suggestion.best);
	return err_say(ctl, &fault, "no such check; 'tierctl doctor --list' lists them");
}

static int doctor_check(struct ctl *ctl, char **operands)
{
	const struct fault fault = { STATUS_USAGE, "doctor", "--list" };

	if (options.list && (operands[0] || ctl->globals.json))
		return err_say(ctl, &fault, "stands alone");
	for (; *operands; operands++) {
		int status = check_name(ctl, *operands);

		if (status)
			return status;
	}
	return STATUS_DONE;
}

static int doctor_run(struct ctl *ctl, char **operands)
{
	struct ward ward = { .ctl = ctl, .names = operands };
	int status;

	if (options.list)
		return list_checks(ctl);
	for (size_t i = 0; i < HEALTHS; i++) {
		ward.text[i] = ctl->out;
		ward.text[i].text = (struct strbuf){ 0 };
	}
	status = examine(&ward);
	for (size_t i = 0; i < HEALTHS; i++)
		out_free(&ward.text[i]);
	return status;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.summary = "find what is wrong with the tiers, and how to mend it",
	.usage = "[CHECK...] [--list] [--json]",
	.about = "Looks for every failure that is known to keep memory tiers from working, "
		 "and says for each what was found, what comes of it, and the command that "
		 "mends it. Nothing is changed. Ends with 0 when there is no problem and with 1 "
		 "when there is one; notes and what is unknown change nothing about that.",
	.operands = "CHECK",
	.completes = "_tierctl_checks",
	.opts = doctor_opts,
	.values = &options,
	.flags = CMD_NEEDS_CONTEXT | CMD_NEEDS_TOPOLOGY | CMD_JSON,
	.operands_max = -1,
	.check = doctor_check,
	.run = doctor_run,
	.examples = {
		{ "tierctl doctor", "What is wrong here?" },
		{ "tierctl doctor demotion weights", "Only these two, also when they are fine." },
		{ "tierctl --root customer.capture doctor", "What is wrong with another machine?" },
	},
};
