// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl weights: what each node gets of memory that is interleaved by weight.
#include <errno.h>
#include <string.h>

#include "change.h"
#include "cmd.h"
#include "cmds.h"
#include "json.h"
#include "nodeset.h"
#include "weights.h"

static struct {
	bool dry_run;
	bool persist;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

static const struct opt weights_opts[] = {
	{ "dry-run", NULL, CHANGE_DRY_RUN_HELP, HERE(dry_run), 0, 0, 0 },
	{ "persist", NULL,
	  "set them at each boot too, by a systemd unit; with reset: no longer",
	  HERE(persist), 0, 0, 0 },
	{ 0 },
};

/* One `tierctl weights`. */
struct work {
	struct ctl *ctl;
	char **operands; /* behind the verb */
	struct strbuf wish;
	struct strbuf asked;
	bool from_bench;
	struct tier_nodeset measured; /* with from-bench: the nodes in the file */
	struct unit unit;
	struct change change;
};

/* ---- verbs: each makes a wish ------------------------------------------------------- */

static int out_of_memory(struct work *work)
{
	const struct fault fault = { 0, "weights", NULL };

	return ctl_fail(work->ctl, &fault, -ENOMEM, NULL);
}

/* "set dram=3 cxl=1" and "set dram=3,cxl=1" are the same. */
static int verb_set(struct work *work)
{
	const struct fault fault = { STATUS_USAGE, "weights", "set" };
	int ret = strbuf_puts(&work->wish, "weights:");

	if (!work->operands[0])
		return err_say(work->ctl, &fault,
			       "which weights? for example dram=3,cxl=1");
	for (char **word = work->operands; !ret && *word; word++)
		ret = strbuf_printf(&work->wish, "%s%s", word > work->operands ? "," : "",
				    *word);
	return ret ? out_of_memory(work) : STATUS_DONE;
}

static int verb_auto(struct work *work)
{
	return strbuf_puts(&work->wish, "weights:auto") ? out_of_memory(work) :
							  STATUS_DONE;
}

static int verb_reset(struct work *work)
{
	return strbuf_puts(&work->wish, "weights:reset") ? out_of_memory(work) :
							   STATUS_DONE;
}

static int verb_from_bench(struct work *work)
{
	work->from_bench = true;
	return weights_from_file(work->ctl, work->operands[0], &work->wish,
				 &work->measured);
}

static const struct verb {
	const char *name;
	int operands_max;		     /* -1: any number */
	int (*make_wish)(struct work *work); /* NULL: only looks */
} verbs[] = {
	{ "show", 0, NULL },	    { "set", -1, verb_set },
	{ "auto", 0, verb_auto },   { "from-bench", 1, verb_from_bench },
	{ "reset", 0, verb_reset },
};

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!name || !strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static int weights_check(struct ctl *ctl, char **operands)
{
	const struct verb *verb = find_verb(operands[0]);
	struct fault fault = { STATUS_USAGE, "weights", operands[0] };
	int count = 0;

	if (!verb)
		return err_say(ctl, &fault,
			       "expected show, set, auto, from-bench or reset");
	if (!verb->make_wish && (options.dry_run || options.persist))
		return err_say(ctl, &fault, "--dry-run and --persist are for changes");
	while (operands[0] && operands[1 + count])
		count++;
	if (verb->operands_max < 0 || count <= verb->operands_max)
		return STATUS_DONE;
	fault.what = operands[1 + verb->operands_max];
	return err_say(ctl, &fault, "unexpected behind %s", verb->name);
}

/* ---- telling ------------------------------------------------------------------------- */

static void json_auto(struct ctl *ctl, struct json_object *document)
{
	struct tier_kernel_info kernel;

	tier_kernel_get(ctl->topology, &kernel, sizeof(kernel));
	if (kernel.flags & TIER_KERNEL_KNOWS_AUTO_WEIGHTS)
		js_bool(&ctl->out, document, "kernel_sets_them",
			kernel.flags & TIER_KERNEL_SETS_WEIGHTS);
	else
		js_null(&ctl->out, document, "kernel_sets_them");
}

/* Nodes with a weight that the benchmark has nothing of. */
static struct tier_nodeset unmeasured(const struct work *work,
				      const struct weights *weights)
{
	const struct tier_nodeset none = { 0 };

	return work->from_bench ? nodeset_minus(&weights->used, &work->measured) : none;
}

static void json_change(const struct work *work, const struct weights *weights)
{
	struct ctl *ctl = work->ctl;
	struct json_object *document = js_document(&ctl->out);
	const struct tier_nodeset without = unmeasured(work, weights);

	change_json(&work->change, document);
	if (work->from_bench)
		js_nodes(&ctl->out, document, "unmeasured_nodes", &without);
	weights_json(&ctl->out, document, weights);
	if (options.persist)
		unit_json(&ctl->out, document, &work->unit);
	js_finish(&ctl->out, document, &ctl->errors);
}

static void print_change(const struct work *work, const struct weights *weights)
{
	struct out *out = &work->ctl->out;
	const struct tier_nodeset without = unmeasured(work, weights);
	char list[64];

	change_print(&work->change);
	if (tier_nodeset_count(&without))
		out_text(out, "note    node %s is not in the file: its weight stays\n",
			 nodeset_brief(&without, list, sizeof(list)));
	out_text(out, "\n");
	weights_print(out, weights);
	if (options.persist)
		unit_print(out, &work->unit);
}

/* ---- the work ---------------------------------------------------------------------------- */

/* On a kernel without weights the wish to reset them says what is missing. */
static int refuse_without_weights(struct ctl *ctl)
{
	struct change change = { .ctl = ctl, .wish = "weights:reset", .asked = "show" };
	int status = change_resolve(&change);

	change_free(&change);
	return status;
}

static int show(struct ctl *ctl)
{
	struct json_object *document;
	struct weights weights;

	weights_read(&weights, ctl->topology, NULL);
	if (!tier_nodeset_count(&weights.nodes))
		return refuse_without_weights(ctl);
	if (!ctl->globals.json) {
		struct tier_kernel_info kernel;

		weights_print(&ctl->out, &weights);
		tier_kernel_get(ctl->topology, &kernel, sizeof(kernel));
		if (kernel.flags & TIER_KERNEL_SETS_WEIGHTS)
			out_text(&ctl->out, "\nThe kernel sets them itself.\n");
		return STATUS_DONE;
	}
	document = js_document(&ctl->out);
	json_auto(ctl, document);
	weights_json(&ctl->out, document, &weights);
	js_finish(&ctl->out, document, &ctl->errors);
	return STATUS_DONE;
}

/* The unit first, as it is the more easily taken back. */
static int apply(struct work *work, bool with_unit)
{
	int status = STATUS_DONE;

	if (!work->change.is_dry && with_unit) {
		change_hold(&work->change);
		status = unit_write(work->ctl, &work->unit);
	}
	if (status)
		return status;
	status = change_apply(&work->change);
	if (status)
		unit_undo(&work->unit);
	return status;
}

static int carry_out(struct work *work, bool resets)
{
	struct weights weights;
	int status = change_check(&work->change);

	if (!status)
		status = change_resolve(&work->change);
	if (status)
		return status;
	weights_read(&weights, work->ctl->topology, work->change.plan);
	if (options.persist && !resets && unit_text(&work->unit, &weights))
		return out_of_memory(work);
	status = apply(work, options.persist);
	if (status)
		return status;
	if (work->ctl->globals.json)
		json_change(work, &weights);
	else
		print_change(work, &weights);
	return STATUS_DONE;
}

static int write_asked(struct work *work, char **operands)
{
	int ret = strbuf_puts(&work->asked, *operands);

	while (!ret && *++operands)
		ret = strbuf_printf(&work->asked, " %s", *operands);
	return ret ? out_of_memory(work) : STATUS_DONE;
}

static int weights_run(struct ctl *ctl, char **operands)
{
	const struct verb *verb = find_verb(operands[0]);
	struct work work = { .ctl = ctl, .operands = operands + 1 };
	int status;

	/* What is no verb was refused before. */
	if (!verb || !verb->make_wish)
		return show(ctl);
	status = write_asked(&work, operands);
	if (!status)
		status = verb->make_wish(&work);
	work.change = (struct change){ .ctl = ctl,
				       .wish = strbuf_text(&work.wish),
				       .asked = strbuf_text(&work.asked),
				       .is_dry = options.dry_run };
	if (!status)
		status = carry_out(&work, verb->make_wish == verb_reset);
	change_free(&work.change);
	unit_free(&work.unit);
	strbuf_free(&work.wish);
	strbuf_free(&work.asked);
	return status;
}

static const struct operand_words weights_words[] = {
	{ "weights", "show set auto from-bench reset" },
	{ "set", "_tierctl_selector" },
	{ "from-bench", "_tierctl_files" },
	{ 0 },
};

const struct cmd cmd_weights = {
	.name = "weights",
	.summary = "see and set the weights of the kernel's weighted interleave",
	.usage = "[show | set SEL=N,... | auto | from-bench [FILE] | reset] [--persist] "
		 "[--dry-run] [--json]",
	.about = "Each node has a weight from 1 to 255: so many pages in each round of weighted "
		 "interleave (Linux 6.9) come from it. Weights belong to the whole system "
		 "and count for new pages of tasks that ask for that policy, as tierctl run "
		 "--weighted does.",
	.operands = "VERB",
	.operand_words = weights_words,
	.opts = weights_opts,
	.values = &options,
	.flags = CMD_NEEDS_TOPOLOGY | CMD_CHEAP | CMD_JSON,
	.operands_max = -1,
	.check = weights_check,
	.run = weights_run,
	.examples = {
		{ "tierctl weights", "Who has which weight, and what share that is." },
		{ "tierctl weights set dram=3,cxl=1 --dry-run",
		  "What would be written, and what each tier would get." },
		{ "tierctl weights auto --persist",
		  "By the bandwidths that are known, at each boot too." },
		{ "tierctl weights reset --persist", "As the kernel has it, from now on." },
	},
};
