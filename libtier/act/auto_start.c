// SPDX-License-Identifier: LGPL-2.1-or-later
// Carries out a plan for automatic placement: noted down first, then asked what DAMON can do,
// then written step by step; what fails has all before it put back.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "auto.h"
#include "auto_act.h"
#include "damon.h"
#include "damon_file.h"
#include "diag.h"
#include "plan.h"
#include "turn.h"

struct start {
	struct root *root;
	const struct sys_ops *sys;
	const struct tier_plan *plan;
	struct tier_report *report;
	struct auto_state state;
};

bool auto_has_steps(const struct tier_plan *plan)
{
	return plan->n_steps && (plan->steps[0].kind == TIER_STEP_KEEP ||
				 plan->steps[plan->n_steps - 1].kind == TIER_STEP_FORGET);
}

static bool uses_damon(const struct tier_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind == TIER_STEP_DAMON)
			return true;
	return false;
}

int auto_check_none(struct root *root, struct tier_diag *diag)
{
	struct auto_state state;
	int ret = auto_state_load(root, &state);

	auto_state_free(&state);
	if (!ret)
		return diag_set(diag, -EEXIST,
				"started already, or cut short (%s); 'tierctl auto stop' "
				"puts back what was changed",
				AUTO_STATE_PATH);
	if (ret == -EIO)
		return diag_set(diag, ret, "%s %s", AUTO_STATE_PATH,
				AUTO_STATE_UNREADABLE);
	return ret == -ENOENT ? 0 : ret;
}

/* ---- what is noted ------------------------------------------------------------------- */

static int note_switches(struct start *start)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < start->plan->n_steps; i++) {
		const struct tier_step *step = &start->plan->steps[i];

		if (step->kind == TIER_STEP_SWITCH)
			ret = auto_state_add(&start->state, &(struct auto_line){
								    .is_switch = true,
								    .node = -1,
								    .file = step->file,
								    .has = step->has,
								    .wants = step->wants,
							    });
	}
	return ret;
}

static int note_damon(struct start *start, const struct auto_offer *offer)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < start->plan->n_steps; i++) {
		const struct tier_step *step = &start->plan->steps[i];
		const bool goal = step->kind == TIER_STEP_DAMON_GOAL;

		if (step->kind != TIER_STEP_DAMON && !(goal && offer->has_goals))
			continue;
		ret = auto_state_add(&start->state,
				     &(struct auto_line){
					     .node = tier_nodeset_next(&step->nodes, -1),
					     .file = step->file,
					     .wants = step->wants,
				     });
	}
	return ret;
}

/* From scratch, with the switches. */
static int begin_notes(struct start *start)
{
	auto_state_free(&start->state);
	start->state.boot = boot_id(start->root, &start->state.arena);
	return start->state.boot ? note_switches(start) : -ENOMEM;
}

static int keep_failed(struct start *start, int error)
{
	if (error == -EEXIST)
		return auto_fail(start->report, error,
				 "%s: another start was quicker, or was cut short; "
				 "'tierctl auto stop' puts back what was changed",
				 AUTO_STATE_PATH);
	return auto_fail_write(start->report, error, AUTO_STATE_PATH, "start");
}

/* ---- what is written -------------------------------------------------------------------- */

static int write_line(struct start *start, const struct auto_line *line)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = start->sys->interrupted();

	if (ret > 0)
		return auto_fail(start->report, -EINTR, "interrupted");
	if (!ret)
		ret = damon_file_write(start->root, line->file, line->wants);
	if (!ret)
		ret = auto_read(start->root, line->file, &now);
	if (ret == -EBUSY)
		return auto_fail(start->report, -EEXIST,
				 "%s: busy: another program's kdamond runs meanwhile",
				 line->file);
	if (ret)
		return auto_fail_write(start->report, ret, line->file, line->wants);
	if (strcmp(strbuf_text(&now), line->wants) != 0)
		return auto_fail(start->report, -ESTALE,
				 "%s: reads '%.40s' after '%.40s' was written: another "
				 "program writes to it, or the kernel has ended it",
				 line->file, strbuf_text(&now), line->wants);
	return 0;
}

static int write_damon(struct start *start)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < start->state.n_lines; i++)
		if (!start->state.lines[i].is_switch)
			ret = write_line(start, &start->state.lines[i]);
	return ret;
}

static int check_nobody(struct start *start)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = auto_read(start->root, DAMON_COUNT, &now);

	if (ret)
		return auto_fail(start->report, ret, "%s: %s", DAMON_COUNT,
				 tier_strerror(ret));
	if (strcmp(strbuf_text(&now), "0") != 0)
		return auto_fail(start->report, -EEXIST,
				 "another program has %s of DAMON's kdamonds by now",
				 strbuf_text(&now));
	return 0;
}

/* What is asked and what is set up then are both noted before. */
static int set_up_damon(struct start *start)
{
	struct auto_offer offer;
	int ret = auto_probe_lines(&start->state);

	if (!ret)
		ret = auto_probe(start->root, &start->state, &offer, start->report);
	if (!ret)
		ret = begin_notes(start);
	if (!ret)
		ret = note_damon(start, &offer);
	if (ret)
		return auto_fail(start->report, ret, "%s", tier_strerror(ret));
	ret = auto_state_keep(start->root, &start->state, false);
	if (ret)
		return keep_failed(start, ret);
	return write_damon(start);
}

/* Nothing before it may be lost: noted down when nobody else has. */
static int start_all(struct start *start)
{
	const bool damon = uses_damon(start->plan);
	int ret = damon ? check_nobody(start) : 0;

	if (ret)
		return ret;
	ret = auto_state_keep(start->root, &start->state, true);
	if (ret)
		return keep_failed(start, ret);
	ret = damon ? set_up_damon(start) : 0;
	if (!ret)
		ret = turn_switches(start->root, start->sys, start->plan, start->report);
	if (ret)
		(void)!auto_put_back(start->root, &start->state, start->report);
	return ret;
}

/* A state of an earlier boot tells of nothing that is still there. */
static int drop_old(struct start *start)
{
	struct auto_state old;
	int ret = auto_state_load(start->root, &old);

	auto_state_free(&old);
	if (ret == -ENOENT) {
		ret = start->root->ops->drop(start->root, AUTO_STATE_PATH);
		return ret == -ENOENT || !ret ? 0 : keep_failed(start, ret);
	}
	return keep_failed(start, ret && ret != -EIO ? ret : -EEXIST);
}

static int apply_start(struct start *start)
{
	int ret = drop_old(start);

	if (!ret) {
		ret = begin_notes(start);
		if (ret)
			ret = auto_fail(start->report, ret, "%s", tier_strerror(ret));
	}
	return ret ? ret : start_all(start);
}

/* ---- stop ---------------------------------------------------------------------------------- */

static int apply_stop(struct start *start)
{
	int ret = auto_state_load(start->root, &start->state);

	if (ret)
		return auto_fail(start->report, ret, "%s: %s", AUTO_STATE_PATH,
				 tier_strerror(ret));
	ret = auto_put_back(start->root, &start->state, start->report);
	if (ret && !start->report->error)
		start->report->error = ret;
	return ret;
}

int auto_apply(struct root *root, const struct sys_ops *sys, const struct tier_plan *plan,
	       struct tier_report *report)
{
	struct start start = { .root = root, .sys = sys, .plan = plan, .report = report };
	int ret = plan->steps[0].kind == TIER_STEP_KEEP ? apply_start(&start) :
							  apply_stop(&start);

	auto_state_free(&start.state);
	return ret;
}
