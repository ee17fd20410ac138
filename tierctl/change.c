// SPDX-License-Identifier: GPL-2.0-or-later
// A plan of switches: printed, carried out with signals held back, told.
#include "change.h"

#include <errno.h>
#include <signal.h>

#include "cmd.h"
#include "json.h"

int change_check(const struct change *change)
{
	const struct ctl *ctl = change->ctl;
	const struct fault fault = { STATUS_UNSUPPORTED, ctl->cmd->name,
				     ctl->globals.root };

	if (change->is_dry || tier_ctx_is_live(ctl->ctx))
		return STATUS_DONE;
	return err_say(change->ctl, &fault,
		       "not this machine, so nothing is changed; --dry-run shows what "
		       "would be");
}

int change_resolve(struct change *change)
{
	struct ctl *ctl = change->ctl;
	const struct fault fault = { 0, ctl->cmd->name, change->asked };
	struct tier_diag diag = { 0 };
	int ret = tier_switches_resolve(ctl->ctx, ctl->topology, change->wish,
					&change->plan, &diag);

	/* The wish is ours: its line and column mean nothing to a person. */
	diag.line = 0;
	return ret ? ctl_fail(ctl, &fault, ret, &diag) : STATUS_DONE;
}

/* ---- carrying out ---------------------------------------------------------------- */

static int say_failure(const struct change *change, const struct tier_report *report)
{
	struct fault fault = { err_status(report->error), change->ctl->cmd->name,
			       change->asked };

	/* It is not the command line that the kernel found wrong. */
	if (report->error == -EINVAL)
		fault.status = STATUS_UNSUPPORTED;
	return err_say(change->ctl, &fault, "%s%s", report->message,
		       report->stuck ? "" : "; all is as it was");
}

static sigset_t held_signals(void)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	return held;
}

void change_hold(struct change *change)
{
	const sigset_t held = held_signals();

	if (!change->holds)
		sigprocmask(SIG_BLOCK, &held, NULL);
	change->holds = true;
}

static bool waits(const sigset_t *held)
{
	sigset_t waiting;

	sigpending(&waiting);
	return sigandset(&waiting, &waiting, held) == 0 && !sigisemptyset(&waiting);
}

static void let_go(struct change *change)
{
	const sigset_t held = held_signals();

	if (change->holds && (change->was_interrupted || !waits(&held)))
		sigprocmask(SIG_UNBLOCK, &held, NULL);
	change->holds = false;
}

int change_apply(struct change *change)
{
	struct tier_report report;
	int ret;

	if (change->is_dry)
		return STATUS_DONE;
	change_hold(change);
	ret = tier_plan_apply(change->ctl->ctx, change->plan, 0, &report, sizeof(report));
	change->is_done = !ret;
	change->was_interrupted = ret == -EINTR;
	return ret ? say_failure(change, &report) : STATUS_DONE;
}

/* ---- telling ------------------------------------------------------------------------ */

const struct step_words *step_words(const struct step_words *rows, size_t count,
				    enum tier_step_kind kind)
{
	for (size_t i = 0; i + 1 < count; i++)
		if (rows[i].kind == kind)
			return &rows[i];
	return &rows[count - 1];
}

static void print_switch(struct out *out, const struct tier_step *step, bool is_done)
{
	const char *word = is_done ? "changed" : "change";

	if (step->has)
		out_text(out, "%-8s%s: %s -> %s\n", word, step->file, step->has,
			 step->wants);
	else
		out_text(out, "%-8s%s: %s\n", word, step->file, step->wants);
	out_wrapped(out, "        ", step->why);
}

static const struct change_words switch_words = { .print = print_switch };

static const struct change_words *words_of(const struct change *change)
{
	return change->words ? change->words : &switch_words;
}

void change_print(const struct change *change)
{
	struct out *out = &change->ctl->out;
	struct tier_step step;
	const char *remark;

	if (!tier_plan_step_count(change->plan))
		out_text(out, "Nothing to change: it is so already.\n");
	for (unsigned int i = 0; !tier_plan_step(change->plan, i, &step, sizeof(step));
	     i++)
		words_of(change)->print(out, &step, change->is_done);
	for (unsigned int i = 0; (remark = tier_plan_remark(change->plan, i)); i++)
		out_wrapped(out, "note    ", remark);
}

void change_json(const struct change *change, struct json_object *document)
{
	struct out *out = &change->ctl->out;
	struct json_object *list;
	struct tier_step step;
	const char *remark;

	js_text(out, document, "asked", change->asked);
	js_bool(out, document, "done", change->is_done);
	list = js_list(out, document, "changes");
	for (unsigned int i = 0; !tier_plan_step(change->plan, i, &step, sizeof(step));
	     i++) {
		struct json_object *entry = js_item(out, list);

		if (words_of(change)->json)
			words_of(change)->json(out, entry, &step);
		js_text(out, entry, "file", step.file);
		js_text(out, entry, "old", step.has);
		js_text(out, entry, "new", step.wants);
		js_text(out, entry, "why", step.why);
	}
	list = js_list(out, document, "remarks");
	for (unsigned int i = 0; (remark = tier_plan_remark(change->plan, i)); i++)
		js_append_text(out, list, remark);
}

void change_free(struct change *change)
{
	tier_plan_free(change->plan);
	change->plan = NULL;
	let_go(change);
}
