// SPDX-License-Identifier: GPL-2.0-or-later
// A plan for automatic placement as people and programs read it. Decides nothing.
#include <string.h>

#include "auto.h"
#include "change.h"
#include "cmd.h"
#include "json.h"

/* The folder that most files are in; said once. */
#define FOLDER "kdamonds/"

static const struct step_words words_of[] = {
	{ TIER_STEP_KEEP, "note", "noted", "note" },
	{ TIER_STEP_DAMON, "write", "wrote", "damon" },
	{ TIER_STEP_DAMON_GOAL, "write?", "wrote?", "damon-goal" },
	{ TIER_STEP_SWITCH, "change", "changed", "switch" },
	{ TIER_STEP_FORGET, "remove", "removed", "forget" },
};

static const struct step_words *find_words(enum tier_step_kind kind)
{
	return step_words(words_of, ARRAY_SIZE(words_of), kind);
}

/* What stands behind the folder; NULL: the file is elsewhere. */
static const char *name_inside(const struct tier_step *step)
{
	const char *at = strstr(step->file, FOLDER);

	return at ? at + strlen(FOLDER) : NULL;
}

static void print_step(struct out *out, const struct tier_step *step, bool is_done)
{
	const struct step_words *words = find_words(step->kind);
	const char *word = is_done ? words->did : words->shall;

	if (name_inside(step))
		out_text(out, "%-8s%s = %s\n", word, name_inside(step), step->wants);
	else if (step->kind == TIER_STEP_SWITCH)
		out_text(out, "%-8s%s: %s -> %s\n", word, step->file, step->has,
			 step->wants);
	else
		out_text(out, "%-8s%s\n", word, step->file);
	if (*step->why)
		out_wrapped(out, "        ", step->why);
}

static void print_remarks(struct out *out, const struct tier_plan *plan)
{
	const char *remark;

	for (unsigned int i = 0; (remark = tier_plan_remark(plan, i)); i++)
		out_wrapped(out, "note    ", remark);
}

void auto_plan_print(const struct change *change)
{
	struct out *out = &change->ctl->out;
	struct tier_step step;
	bool said = false;

	if (!change->plan) {
		out_text(out, "Nothing to stop: nothing was started.\n");
		return;
	}
	for (unsigned int i = 0; !tier_plan_step(change->plan, i, &step, sizeof(step));
	     i++) {
		if (name_inside(&step) && !said) {
			out_text(out, "in      %.*s\n",
				 (int)(name_inside(&step) - step.file), step.file);
			said = true;
		}
		print_step(out, &step, change->is_done);
	}
	print_remarks(out, change->plan);
}

static void json_plan(struct out *out, struct json_object *document,
		      const struct tier_plan *plan)
{
	struct json_object *list = js_list(out, document, "changes");
	struct tier_step step;
	const char *remark;

	for (unsigned int i = 0; plan && !tier_plan_step(plan, i, &step, sizeof(step));
	     i++) {
		struct json_object *entry = js_item(out, list);

		js_text(out, entry, "kind", find_words(step.kind)->name);
		js_text(out, entry, "file", step.file);
		js_text(out, entry, "old", step.has);
		js_text(out, entry, "new", step.wants);
		js_text(out, entry, "why", *step.why ? step.why : NULL);
	}
	list = js_list(out, document, "remarks");
	for (unsigned int i = 0; plan && (remark = tier_plan_remark(plan, i)); i++)
		js_append_text(out, list, remark);
}

void auto_plan_json(const struct change *change)
{
	struct out *out = &change->ctl->out;
	struct json_object *document = js_document(out);

	js_text(out, document, "asked", change->asked);
	js_bool(out, document, "done", change->is_done);
	json_plan(out, document, change->plan);
	js_finish(out, document, &change->ctl->errors);
}
