// SPDX-License-Identifier: GPL-2.0-or-later
// `tierctl run --dry-run`: the plan in words, as system calls, as one line, as JSON.
#include <string.h>

#include "cmd.h"
#include "json.h"
#include "run.h"

/* Each text has at most one %s: "nodes 0-1" in the words, "0-1" in the call. */
static const struct {
	const char *words;
	const char *call;
} modes[] = {
	[TIER_MODE_UNKNOWN] = { "unknown", "unknown" },
	[TIER_MODE_DEFAULT] = { "the kernel's default: near the CPU that asks",
				"set_mempolicy(MPOL_DEFAULT)" },
	[TIER_MODE_PREFER] = { "%s first; when full, anywhere",
			       "set_mempolicy(MPOL_PREFERRED_MANY|STATIC_NODES, %s)" },
	[TIER_MODE_BIND] = { "%s only; when full, allocation fails",
			     "set_mempolicy(MPOL_BIND|STATIC_NODES, %s)" },
	[TIER_MODE_INTERLEAVE] = { "page by page over %s",
				   "set_mempolicy(MPOL_INTERLEAVE|STATIC_NODES, %s)" },
	[TIER_MODE_WEIGHTED] = { "page by page over %s, by weight",
				 "set_mempolicy(MPOL_WEIGHTED_INTERLEAVE|STATIC_NODES, "
				 "%s)" },
};

/* `text` with its %s replaced. What is lost for want of memory is marked in `out`. */
static void fill_in(struct out *out, struct strbuf *to, const char *text,
		    const char *value)
{
	const char *place = strstr(text, "%s");
	int ret;

	strbuf_reset(to);
	if (!place)
		ret = strbuf_puts(to, text);
	else
		ret = strbuf_printf(to, "%.*s%s%s", (int)(place - text), text, value,
				    place + 2);
	if (ret)
		out->lost = true;
}

struct description {
	struct strbuf words; /* what a step does */
	struct strbuf call;  /* and how */
};

static void description_free(struct description *description)
{
	strbuf_free(&description->words);
	strbuf_free(&description->call);
}

#define SCOPED_DESCRIPTION __attribute__((cleanup(description_free)))

static void describe_policy(struct out *out, struct description *to,
			    const struct tier_step *step, const char *nodes)
{
	const char *list = strchr(nodes, ' ') + 1;
	bool is_one = tier_nodeset_count(&step->nodes) == 1;

	fill_in(out, &to->words, modes[step->mode].words, nodes);
	fill_in(out, &to->call,
		step->mode == TIER_MODE_PREFER && is_one ?
			"set_mempolicy(MPOL_PREFERRED|STATIC_NODES, %s)" :
			modes[step->mode].call,
		list);
}

static void describe(struct out *out, struct description *to,
		     const struct tier_step *step)
{
	char list[NODES_TEXT_BYTES], nodes[NODES_TEXT_BYTES + 16], weight[64];
	bool is_one = tier_nodeset_count(&step->nodes) == 1;

	tier_nodeset_format(&step->nodes, list, sizeof(list));
	snprintf(nodes, sizeof(nodes), "%s %s", is_one ? "node" : "nodes", list);
	switch (step->kind) {
	case TIER_STEP_MEMPOLICY:
		describe_policy(out, to, step, nodes);
		break;
	case TIER_STEP_WEIGHT:
		snprintf(weight, sizeof(weight), "%u on %%s", step->weight);
		fill_in(out, &to->words, weight, nodes);
		fill_in(out, &to->call,
			"only compared: the kernel's weights are system-wide", "");
		break;
	case TIER_STEP_CPUS:
		fill_in(out, &to->words, "run on CPUs %s", step->cpus);
		fill_in(out, &to->call, "sched_setaffinity(%s)", step->cpus);
		break;
	case TIER_STEP_SWITCH:
	case TIER_STEP_ORDER:
	case TIER_STEP_OBSTACLE:
	case TIER_STEP_MODULE:
	case TIER_STEP_MEANWHILE:
	case TIER_STEP_DRIVER:
	case TIER_STEP_BLOCKS:
	case TIER_STEP_KEEP:
	case TIER_STEP_DAMON:
	case TIER_STEP_DAMON_GOAL:
	case TIER_STEP_FORGET:
	case TIER_STEP_UNKNOWN:
		break;
	}
}

/* Kinds that no plan of `run` has are unknown to it. */
static const char *step_name(enum tier_step_kind kind)
{
	static const char *const names[] = {
		[TIER_STEP_MEMPOLICY] = "memory",
		[TIER_STEP_WEIGHT] = "weight",
		[TIER_STEP_CPUS] = "cpus",
	};

	return (size_t)kind < ARRAY_SIZE(names) && names[kind] ? names[kind] : "unknown";
}

/* The plan's line, however long its lists are. */
static const char *encode(const struct run *run, struct strbuf *to)
{
	size_t len = (size_t)tier_plan_encode(run->plan, NULL, 0);

	if (strbuf_reserve(to, len + 1)) {
		run->ctl->out.lost = true;
		return "";
	}
	tier_plan_encode(run->plan, to->text + to->len, len + 1);
	to->len += len;
	return strbuf_text(to);
}

/* A word as a shell would take it back. */
static void print_word(struct out *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789@%+=:,./_-";

	if (*word && !word[strspn(word, plain)]) {
		out_text(out, " %s", word);
		return;
	}
	out_text(out, " '");
	for (; *word; word++)
		out_text(out, *word == '\'' ? "'\\''" : "%c", *word);
	out_text(out, "'");
}

static void print_command(struct out *out, char *const *command)
{
	if (!*command)
		return;
	out_text(out, "command");
	for (; *command; command++)
		print_word(out, *command);
	out_text(out, "\n");
}

static void print_text(const struct run *run)
{
	SCOPED_DESCRIPTION struct description text = { 0 };
	SCOPED_STRBUF struct strbuf line = { 0 };
	struct out *out = &run->ctl->out;
	struct tier_step step;
	const char *remark;
	char lead[16];

	out_wrapped(out, "asked   ", run->policy);
	for (unsigned int i = 0; !tier_plan_step(run->plan, i, &step, sizeof(step));
	     i++) {
		describe(out, &text, &step);
		snprintf(lead, sizeof(lead), "%-8s", step_name(step.kind));
		out_wrapped(out, lead, strbuf_text(&text.words));
		out_wrapped(out, "        ", strbuf_text(&text.call));
	}
	for (unsigned int i = 0; (remark = tier_plan_remark(run->plan, i)); i++)
		out_wrapped(out, "note    ", remark);
	out_text(out, "plan    %s\n", encode(run, &line));
	if (run->heap.len)
		out_text(out, "heap    %s\n", strbuf_text(&run->heap));
	print_command(out, run->command);
}

static void add_steps(struct out *out, struct json_object *document,
		      const struct run *run)
{
	SCOPED_DESCRIPTION struct description text = { 0 };
	struct json_object *list = js_list(out, document, "steps");
	struct tier_step step;

	for (unsigned int i = 0; !tier_plan_step(run->plan, i, &step, sizeof(step));
	     i++) {
		struct json_object *entry = js_item(out, list);

		describe(out, &text, &step);
		js_text(out, entry, "step", step_name(step.kind));
		if (step.kind == TIER_STEP_MEMPOLICY)
			js_text(out, entry, "mode", tier_mode_name(step.mode));
		if (step.kind == TIER_STEP_WEIGHT)
			js_number(out, entry, "weight", step.weight);
		if (step.kind == TIER_STEP_CPUS)
			js_text(out, entry, "cpus", step.cpus);
		else
			js_nodes(out, entry, "nodes", &step.nodes);
		js_text(out, entry, "words", strbuf_text(&text.words));
		js_text(out, entry, "call", strbuf_text(&text.call));
	}
}

static void print_json(const struct run *run)
{
	SCOPED_STRBUF struct strbuf line = { 0 };
	struct out *out = &run->ctl->out;
	struct json_object *document = js_document(out);
	struct json_object *list;
	const char *remark;

	js_text(out, document, "asked", run->policy);
	js_text(out, document, "plan", encode(run, &line));
	if (run->heap.len)
		js_text(out, document, "heap", strbuf_text(&run->heap));
	else
		js_null(out, document, "heap");
	add_steps(out, document, run);
	list = js_list(out, document, "remarks");
	for (unsigned int i = 0; (remark = tier_plan_remark(run->plan, i)); i++)
		js_append_text(out, list, remark);
	list = js_list(out, document, "command");
	for (char **word = run->command; *word; word++)
		js_append_text(out, list, *word);
	js_finish(out, document, &run->ctl->errors);
}

void run_print_plan(const struct run *run)
{
	if (run->ctl->globals.json)
		print_json(run);
	else
		print_text(run);
}
