// SPDX-License-Identifier: LGPL-2.1-or-later
// "demotion:on promotion:on" to the switches that must be turned for it. The same wish
// on the same machine gives the same plan.
#include "wish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "errors.h"
#include "parse.h"
#include "topology.h"

/* Bits of numa_balancing (kernel/sched/core.c, NUMA_BALANCING_*). */
#define BALANCES 1u
#define PROMOTES 2u

/* As many as a sysctl of the kernel's integers takes. */
#define RATE_MAX INT32_MAX

/* Enough for each place that adds one. */
#define MOST_REMARKS 16

/* ---- one step ---------------------------------------------------------------- */

static int missing(const struct wish *wish, const struct turn *turn)
{
	if (turn->file->error == -ENOENT)
		return diag_set(wish->diag, -EOPNOTSUPP, "%s: %s is missing", turn->since,
				turn->file->path);
	return diag_set(wish->diag, turn->file->error, "%s: %s", turn->file->path,
			errno_words(turn->file->error));
}

int wish_turn(struct wish *wish, const struct turn *turn)
{
	struct arena *arena = &wish->plan->arena;
	const struct switch_file *file = turn->file;
	struct tier_step step = { .kind = turn->kind, .weight = turn->weight };

	/* What can only be written cannot be read, and is there. */
	if (file->error && (turn->kind == TIER_STEP_SWITCH || file->error == -ENOENT))
		return missing(wish, turn);
	if (file->text && !strcmp(file->text, turn->wants))
		return 0;
	if (turn->weight || turn->kind == TIER_STEP_ORDER)
		(void)tier_nodeset_add(&step.nodes, turn->node);
	step.file = arena_strdup(arena, file->path);
	step.wants = arena_strdup(arena, turn->wants);
	step.why = arena_strdup(arena, turn->why);
	step.has = file->text ? arena_strdup(arena, file->text) : NULL;
	if (!step.file || !step.wants || !step.why || (file->text && !step.has))
		return -ENOMEM;
	plan_add_step(wish->plan, &step);
	return 0;
}

/* What a file will read when the plan is done. */
static const char *text_after(const struct wish *wish, const struct switch_file *file)
{
	for (size_t i = 0; i < wish->plan->n_steps; i++)
		if (!strcmp(wish->plan->steps[i].file, file->path))
			return wish->plan->steps[i].wants;
	return file->text ? file->text : "";
}

/* ---- demotion and promotion ---------------------------------------------------- */

static int parse_switch(const struct wish *wish, const char *value, bool *on)
{
	*on = !strcmp(value, "on");
	if (*on || !strcmp(value, "off"))
		return 0;
	return diag_set(wish->diag, -EINVAL, "'%.40s': expected on or off", value);
}

static int remark_one_tier(struct wish *wish)
{
	struct tier_note note;

	for (unsigned int i = 0; !tier_note_get(wish->t, i, &note, sizeof(note)); i++)
		if (!strcmp(note.id, "all-in-one-tier"))
			return plan_add_remark(wish->plan,
					       "the kernel has all nodes in one tier, so "
					       "nothing is demoted or promoted");
	return 0;
}

static int wish_demotion(struct wish *wish, const char *value)
{
	struct turn turn = {
		.file = &wish->now->demotion,
		.kind = TIER_STEP_SWITCH,
		.since = "this kernel cannot demote (Linux 5.15)",
	};
	const size_t steps = wish->plan->n_steps;
	bool on;
	int ret = parse_switch(wish, value, &on);

	if (ret)
		return ret;
	turn.wants = on ? "true" : "false";
	turn.why = on ? "cold pages of a full tier move to a slower one, before anything "
			"is swapped out" :
			"a full tier drops or swaps out its cold pages";
	ret = wish_turn(wish, &turn);
	if (ret || !on || steps == wish->plan->n_steps)
		return ret;
	return plan_add_remark(
		wish->plan,
		"demotion may move pages outside a program's memory policy, and outside "
		"its cpuset before Linux 6.16; since then cgroup v2's cpuset.mems holds "
		"but for shared pages, and cpuset v1 still does not");
}

/* Which bits are set, in words; each that is not asked for stays as it is. */
static const char *const balancing_words[] = {
	"nothing is moved: neither to the CPUs that use it nor to a faster tier",
	"pages move to the CPUs that use them (1), and not to a faster tier",
	"hot pages move to a faster tier (2), and not to the CPUs that use them",
	"hot pages move to a faster tier (2), and pages to the CPUs that use them (1)",
};

static int wish_promotion(struct wish *wish, const char *value)
{
	const struct switch_file *file = &wish->now->balancing;
	struct turn turn = {
		.file = file,
		.kind = TIER_STEP_SWITCH,
		.since = "this kernel has no NUMA balancing",
	};
	uint64_t bits = 0;
	char wants[24];
	bool on;
	int ret = parse_switch(wish, value, &on);

	if (ret)
		return ret;
	if (file->text && parse_u64(file->text, &bits))
		return diag_set(wish->diag, -EIO, "%s: '%.40s' is no number", file->path,
				file->text);
	bits = on ? bits | PROMOTES : bits & ~(uint64_t)PROMOTES;
	snprintf(wants, sizeof(wants), "%llu", (unsigned long long)bits);
	turn.wants = wants;
	turn.why = balancing_words[bits & (BALANCES | PROMOTES)];
	return wish_turn(wish, &turn);
}

static int wish_rate(struct wish *wish, const char *value)
{
	struct turn turn = {
		.file = &wish->now->promote_rate,
		.kind = TIER_STEP_SWITCH,
		.wants = value,
		.why = "at most so many MiB per second are promoted to each node",
		.since = "this kernel cannot limit promotion (Linux 6.1)",
	};
	uint64_t rate;

	/* "010" would not be read back as it was written. */
	if (parse_u64(value, &rate) || rate < 1 || rate > RATE_MAX ||
	    strspn(value, "0123456789") != strlen(value) || *value == '0')
		return diag_set(wish->diag, -EINVAL,
				"'%.40s': expected a rate from 1 to %d MB/s", value,
				RATE_MAX);
	return wish_turn(wish, &turn);
}

/* What only shows when all words are done. */
static int remark_together(struct wish *wish, const char *text)
{
	uint64_t bits = 0;
	bool demotes = !strcmp(text_after(wish, &wish->now->demotion), "true");
	int ret;

	if (!strstr(text, "motion"))
		return 0;
	ret = remark_one_tier(wish);
	(void)!parse_u64(text_after(wish, &wish->now->balancing), &bits);
	if (!ret && (bits & PROMOTES) && !demotes)
		ret = plan_add_remark(
			wish->plan,
			"promotion without demotion fills the fast tier and then finds "
			"no room there: turn demotion on as well");
	if (!ret && !(bits & PROMOTES) && strstr(text, "promotion-rate:"))
		ret = plan_add_remark(wish->plan,
				      "promotion is off, so its rate limits nothing");
	return ret;
}

/* ---- words ------------------------------------------------------------------------ */

/* Those of one group do the same thing in several ways. */
static const struct word {
	const char *name;
	int group;
	int (*resolve)(struct wish *wish, const char *value);
} words[] = {
	{ "demotion", 0, wish_demotion },   { "promotion", 1, wish_promotion },
	{ "promotion-rate", 2, wish_rate }, { "weights", 3, wish_weights },
	{ "shares", 3, wish_shares },	    { "reclaim", 4, wish_reclaim },
};

static int resolve_word(struct wish *wish, char *text, unsigned int *seen)
{
	char *colon = strchrnul(text, ':');

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!span_is(text, (size_t)(colon - text), words[i].name) || !*colon)
			continue;
		if (*seen & 1u << words[i].group)
			return diag_set(wish->diag, -EINVAL,
					"'%.60s' comes on top of another word for it",
					text);
		*seen |= 1u << words[i].group;
		return words[i].resolve(wish, colon + 1);
	}
	return diag_set(wish->diag, -EINVAL,
			"'%.60s' is no wish; there are demotion:, promotion:, "
			"promotion-rate:, weights:, shares: and reclaim:",
			text);
}

static int resolve(struct wish *wish, const char *text)
{
	const char *at = text, *end = text + strlen(text), *word;
	unsigned int seen = 0;
	size_t len;

	while (next_word(&at, end, &word, &len)) {
		char *copy = arena_strndup(&wish->plan->arena, word, len);
		int ret = copy ? resolve_word(wish, copy, &seen) : -ENOMEM;

		if (ret)
			return ret;
	}
	if (!seen)
		return diag_set(wish->diag, -EINVAL, "nothing is asked for");
	return remark_together(wish, text);
}

int wish_resolve(const struct tier_topology *t, const struct switches *now,
		 const char *text, struct tier_plan **out, struct tier_diag *diag)
{
	struct wish wish = { .t = t, .now = now, .diag = diag };
	int ret = -ENOMEM;

	/* Demotion, balancing, rate, auto; a weight and a reclaim of each node. */
	wish.plan = plan_new(4 + 2 * now->n_nodes, MOST_REMARKS);
	if (wish.plan)
		ret = resolve(&wish, text);
	if (ret) {
		tier_plan_free(wish.plan);
		return ret == -ENOMEM ? diag_set(diag, ret, "out of memory") : ret;
	}
	*out = wish.plan;
	return 0;
}
