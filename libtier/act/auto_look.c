// SPDX-License-Identifier: LGPL-2.1-or-later
// What became of a start: its parts, its counters, and what a stop would put back. Writes
// nothing but the order to bring counters up to date.
#include <errno.h>
#include <string.h>

#include "auto.h"
#include "auto_act.h"
#include "damon.h"
#include "damon_file.h"
#include "diag.h"
#include "parse.h"
#include "plan.h"

/* ---- all of it -------------------------------------------------------------------- */

/* A switch that reads otherwise now; first one, with its words. */
static int check_switches(struct root *root, const struct auto_state *state,
			  struct strbuf *why)
{
	SCOPED_STRBUF struct strbuf now = { 0 };

	for (size_t i = 0; i < state->n_lines; i++) {
		const struct auto_line *line = &state->lines[i];
		int ret = line->is_switch ? auto_read(root, line->file, &now) : 0;

		if (ret && ret != -ENOENT)
			return ret;
		if (line->is_switch && strcmp(strbuf_text(&now), line->wants) != 0)
			return strbuf_printf(why,
					     "%s reads '%.40s', and was to be '%.40s'",
					     line->file, strbuf_text(&now), line->wants);
	}
	return 0;
}

static int count_kdamonds(struct root *root, const struct auto_state *state,
			  struct tier_auto_info *info)
{
	SCOPED_STRBUF struct strbuf now = { 0 };

	for (size_t i = 0; i < state->n_lines; i++) {
		const struct auto_line *line = &state->lines[i];
		int ret;

		if (line->is_switch) {
			info->means |= TIER_AUTO_KERNEL;
			continue;
		}
		info->means |= TIER_AUTO_DAMON;
		if (!auto_is_state(line->file))
			continue;
		info->kdamonds++;
		ret = auto_read(root, line->file, &now);
		if (ret && ret != -ENOENT)
			return ret;
		info->running += !strcmp(strbuf_text(&now), "on");
	}
	return 0;
}

/* -ENOMEM and the like; the phase and why it is so. */
static int judge(struct root *root, const struct auto_state *state,
		 struct tier_auto_info *info, struct strbuf *why)
{
	enum auto_owner owner = AUTO_OWNER_WHOLE;
	int ret = 0;

	if (info->means & TIER_AUTO_DAMON)
		ret = auto_find_owner(root, state, &owner, why);
	info->phase = TIER_AUTO_RUNS;
	if (!ret && owner == AUTO_OWNER_OTHERS) {
		info->phase = TIER_AUTO_LOST;
		info->running = 0;
		return 0;
	}
	if (!ret && owner == AUTO_OWNER_NONE)
		ret = strbuf_puts(why, "there are no kdamonds any more");
	if (!ret && owner != AUTO_OWNER_NONE && owner != AUTO_OWNER_PART)
		ret = check_switches(root, state, why);
	if (why->len)
		info->phase = TIER_AUTO_BROKEN;
	return ret;
}

int auto_look(struct root *root, struct tier_auto_info *info)
{
	SCOPED_STRBUF struct strbuf why = { 0 };
	struct auto_state state;
	int ret = auto_state_load(root, &state);

	*info = (struct tier_auto_info){ .phase = TIER_AUTO_OFF };
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	ret = count_kdamonds(root, &state, info);
	if (!ret)
		ret = judge(root, &state, info, &why);
	snprintf(info->message, sizeof(info->message), "%s", strbuf_text(&why));
	auto_state_free(&state);
	return ret;
}

/* ---- one scheme ----------------------------------------------------------------------- */

/* Its action's line; false behind the last. */
static bool find_scheme(const struct auto_state *state, unsigned int index,
			struct tier_auto_scheme *scheme)
{
	for (size_t i = 0; i < state->n_lines; i++) {
		const struct auto_line *line = &state->lines[i];

		if (line->node < 0 ||
		    !auto_file_numbers(line->file, "action", &scheme->kdamond,
				       &scheme->scheme))
			continue;
		if (index--)
			continue;
		scheme->from = (uint32_t)line->node;
		if (!strcmp(line->wants, "migrate_hot"))
			scheme->flags |= TIER_AUTO_IS_PROMOTION;
		return true;
	}
	return false;
}

static int find_target(const struct auto_state *state, struct tier_auto_scheme *scheme)
{
	unsigned int kdamond, number;
	uint64_t to;

	for (size_t i = 0; i < state->n_lines; i++) {
		const struct auto_line *line = &state->lines[i];

		if (!auto_file_numbers(line->file, "target_nid", &kdamond, &number) ||
		    kdamond != scheme->kdamond || number != scheme->scheme)
			continue;
		if (parse_u64(line->wants, &to) || to >= TIER_MAX_NODES)
			return -EIO;
		scheme->to = (uint32_t)to;
		return 0;
	}
	return -EIO;
}

static int read_count(struct root *root, const struct tier_auto_scheme *scheme,
		      const char *name, uint64_t *count)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	char path[192];
	int ret;

	snprintf(path, sizeof(path), DAMON_KDAMONDS "/%u/contexts/0/schemes/%u/stats/%s",
		 scheme->kdamond, scheme->scheme, name);
	ret = auto_read(root, path, &text);
	return ret ? ret : parse_u64(strbuf_text(&text), count) ? -EIO : 0;
}

static int read_counts(struct root *root, struct tier_auto_scheme *scheme)
{
	const struct {
		const char *name;
		uint64_t *count;
	} all[] = {
		{ "sz_tried", &scheme->tried_bytes },
		{ "sz_applied", &scheme->applied_bytes },
		{ "nr_tried", &scheme->tried_regions },
		{ "nr_applied", &scheme->applied_regions },
		{ "qt_exceeds", &scheme->quota_reached },
	};
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(all); i++)
		ret = read_count(root, scheme, all[i].name, all[i].count);
	if (!ret)
		scheme->flags |= TIER_AUTO_KNOWS_COUNTS;
	return ret;
}

/* One that has ended keeps the counters of its last update. */
static int ask_kdamond(struct root *root, struct tier_auto_scheme *scheme)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	char path[128];
	int ret;

	snprintf(path, sizeof(path), DAMON_KDAMONDS "/%u/state", scheme->kdamond);
	ret = auto_read(root, path, &now);
	if (ret)
		return ret;
	if (strcmp(strbuf_text(&now), "on") != 0)
		return read_counts(root, scheme);
	scheme->flags |= TIER_AUTO_SCHEME_RUNS;
	ret = damon_file_write(root, path, "update_schemes_stats");
	return ret ? ret : read_counts(root, scheme);
}

/* Those of somebody else are not ours to write to. */
static int ask_ours(struct root *root, const struct auto_state *state,
		    struct tier_auto_scheme *scheme)
{
	SCOPED_STRBUF struct strbuf why = { 0 };
	enum auto_owner owner;
	int ret = auto_find_owner(root, state, &owner, &why);

	if (ret || owner == AUTO_OWNER_NONE || owner == AUTO_OWNER_OTHERS)
		return ret;
	ret = ask_kdamond(root, scheme);
	/* It ended, or another program came, between two looks. */
	return ret == -ENOENT || ret == -EINVAL || ret == -EBUSY ? 0 : ret;
}

int auto_look_at_scheme(struct root *root, unsigned int index,
			struct tier_auto_scheme *scheme)
{
	struct auto_state state;
	int ret = auto_state_load(root, &state);

	*scheme = (struct tier_auto_scheme){ 0 };
	if (ret)
		return ret;
	if (!find_scheme(&state, index, scheme))
		ret = -ENOENT;
	if (!ret)
		ret = find_target(&state, scheme);
	if (!ret)
		ret = ask_ours(root, &state, scheme);
	auto_state_free(&state);
	return ret;
}

/* ---- a stop as a plan -------------------------------------------------------------------- */

static int add_step(struct tier_plan *plan, enum tier_step_kind kind,
		    const struct auto_line *line, const char *wants)
{
	struct tier_step step = { .kind = kind, .why = "" };

	step.file = arena_strdup(&plan->arena, line->file);
	step.has = line->wants ? arena_strdup(&plan->arena, line->wants) : NULL;
	step.wants = arena_strdup(&plan->arena, wants);
	if (!step.file || !step.wants || (line->wants && !step.has))
		return -ENOMEM;
	plan_add_step(plan, &step);
	return 0;
}

/* In the order of auto_put_back(). */
static int add_steps(struct tier_plan *plan, const struct auto_state *state)
{
	const struct auto_line count = { .file = DAMON_COUNT };
	const struct auto_line file = { .file = AUTO_STATE_PATH };
	int ret = 0;

	for (size_t i = 0; !ret && i < state->n_lines; i++)
		if (!state->lines[i].is_switch && auto_is_state(state->lines[i].file))
			ret = add_step(plan, TIER_STEP_DAMON, &state->lines[i], "off");
	if (!ret && auto_has_damon(state))
		ret = add_step(plan, TIER_STEP_DAMON, &count, "0");
	for (size_t i = state->n_lines; !ret && i-- > 0;)
		if (state->lines[i].is_switch)
			ret = add_step(plan, TIER_STEP_SWITCH, &state->lines[i],
				       state->lines[i].has);
	return ret ? ret : add_step(plan, TIER_STEP_FORGET, &file, "stop");
}

/* Nothing of ours is there. */
static int say_nothing(struct root *root, struct tier_diag *diag)
{
	const struct tier_nodeset none = { 0 };
	struct damon damon;
	int ret = damon_read(root, &none, &damon);

	if (ret)
		return ret;
	ret = damon.who ? diag_set(diag, -EEXIST,
				   "nothing was started by tierctl auto; %s", damon.who) :
			  diag_set(diag, -ENOENT, "nothing was started");
	damon_free(&damon);
	return ret;
}

static int check_ours(struct root *root, const struct auto_state *state,
		      struct tier_diag *diag)
{
	SCOPED_STRBUF struct strbuf why = { 0 };
	enum auto_owner owner = AUTO_OWNER_NONE;
	int ret = auto_has_damon(state) ? auto_find_owner(root, state, &owner, &why) : 0;

	if (!ret && owner == AUTO_OWNER_OTHERS)
		return diag_set(diag, -EEXIST,
				"DAMON's kdamonds are not as they were started, so they "
				"are another program's and nothing is touched: %s",
				strbuf_text(&why));
	return ret;
}

int auto_resolve_stop(struct root *root, struct tier_plan **out, struct tier_diag *diag)
{
	struct auto_state state;
	struct tier_plan *plan = NULL;
	int ret = auto_state_load(root, &state);

	if (ret == -EIO)
		return diag_set(diag, ret, "%s %s", AUTO_STATE_PATH,
				AUTO_STATE_UNREADABLE);
	if (ret)
		return ret == -ENOENT ? say_nothing(root, diag) : ret;
	ret = check_ours(root, &state, diag);
	if (!ret) {
		plan = plan_new(state.n_lines + 2, 0);
		ret = plan ? add_steps(plan, &state) : -ENOMEM;
	}
	auto_state_free(&state);
	if (ret)
		tier_plan_free(plan);
	else
		*out = plan;
	return ret;
}
