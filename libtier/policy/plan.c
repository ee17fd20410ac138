// SPDX-License-Identifier: LGPL-2.1-or-later
// The plan: its steps, and the one line of text that stands for them.
#include "plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cpus.h"
#include "diag.h"
#include "fill.h"
#include "nodeset.h"
#include "parse.h"
#include "policy.h"

/* The line's first two words; the number grows with the grammar. */
#define HEADER "tier-plan 1"

struct tier_plan *plan_new(size_t steps, size_t remarks)
{
	struct tier_plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	plan->steps = arena_array(&plan->arena, steps, sizeof(*plan->steps));
	plan->remarks = arena_array(&plan->arena, remarks, sizeof(*plan->remarks));
	if (plan->steps && plan->remarks)
		return plan;
	tier_plan_free(plan);
	return NULL;
}

void tier_plan_free(struct tier_plan *plan)
{
	if (!plan)
		return;
	arena_free(&plan->arena);
	free(plan);
}

void plan_add_step(struct tier_plan *plan, const struct tier_step *step)
{
	plan->steps[plan->n_steps++] = *step;
}

int plan_add_remark(struct tier_plan *plan, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	plan->remarks[plan->n_remarks] = arena_strdup(&plan->arena, line);
	if (!plan->remarks[plan->n_remarks])
		return -ENOMEM;
	plan->n_remarks++;
	return 0;
}

int tier_plan_step_count(const struct tier_plan *plan)
{
	return (int)plan->n_steps;
}

int tier_plan_step(const struct tier_plan *plan, unsigned int index,
		   struct tier_step *step, size_t size)
{
	if (index >= plan->n_steps)
		return -ENOENT;
	fill_struct(step, size, &plan->steps[index], sizeof(plan->steps[index]));
	return 0;
}

const char *tier_plan_remark(const struct tier_plan *plan, unsigned int index)
{
	return index < plan->n_remarks ? plan->remarks[index] : NULL;
}

/* ---- one line of text ---------------------------------------------------------- */

static size_t encode_step(const struct tier_step *step, char *buf, size_t size)
{
	char nodes[NODESET_TEXT];

	tier_nodeset_format(&step->nodes, nodes, sizeof(nodes));
	switch (step->kind) {
	case TIER_STEP_CPUS:
		return (size_t)snprintf(buf, size, " cpus=%s", step->cpus);
	case TIER_STEP_WEIGHT:
		return (size_t)snprintf(buf, size, " weight=%u:%s", step->weight, nodes);
	case TIER_STEP_MEMPOLICY:
		return (size_t)snprintf(buf, size, " policy=%s%s%s",
					tier_mode_name(step->mode), *nodes ? ":" : "",
					nodes);
	/* A line is read back by programs that must not write files. */
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
	return 0;
}

int tier_plan_encode(const struct tier_plan *plan, char *buf, size_t size)
{
	size_t len = (size_t)snprintf(buf, size, HEADER);

	for (size_t i = 0; i < plan->n_steps; i++) {
		size_t room = len < size ? size - len : 0;

		len += encode_step(&plan->steps[i], room ? buf + len : NULL, room);
	}
	return (int)len;
}

/* "policy=MODE:LIST" behind the '='. */
static bool decode_policy(const char *value, struct tier_step *step)
{
	const char *colon = strchrnul(value, ':');
	size_t len = (size_t)(colon - value);

	step->kind = TIER_STEP_MEMPOLICY;
	for (int mode = TIER_MODE_DEFAULT; mode <= TIER_MODE_WEIGHTED; mode++)
		if (span_is(value, len, tier_mode_name((enum tier_mode)mode)))
			step->mode = (enum tier_mode)mode;
	if (step->mode == TIER_MODE_DEFAULT)
		return !*colon;
	return step->mode && *colon &&
	       !tier_nodeset_parse(colon + 1, &step->nodes, NULL) &&
	       !nodeset_is_empty(&step->nodes);
}

static bool decode_weight(const char *value, struct tier_step *step)
{
	uint64_t weight;

	step->kind = TIER_STEP_WEIGHT;
	if (parse_digits(&value, &weight) || weight < 1 || weight > WEIGHT_MAX ||
	    *value != ':')
		return false;
	step->weight = (uint32_t)weight;
	return !tier_nodeset_parse(value + 1, &step->nodes, NULL) &&
	       !nodeset_is_empty(&step->nodes);
}

static bool decode_cpus(const char *value, struct tier_step *step)
{
	struct cpus cpus;

	step->kind = TIER_STEP_CPUS;
	step->cpus = value;
	return !cpus_parse(value, &cpus);
}

/* In the order of applying. */
static const struct {
	enum tier_step_kind kind;
	const char *key;
	bool (*decode)(const char *value, struct tier_step *step);
} keys[] = {
	{ TIER_STEP_WEIGHT, "weight=", decode_weight },
	{ TIER_STEP_CPUS, "cpus=", decode_cpus },
	{ TIER_STEP_MEMPOLICY, "policy=", decode_policy },
};

static bool decode_word(const char *word, struct tier_step *step)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strncmp(word, keys[i].key, strlen(keys[i].key)))
			return keys[i].decode(word + strlen(keys[i].key), step);
	return false;
}

static size_t order_of(enum tier_step_kind kind)
{
	size_t i = 0;

	while (keys[i].kind != kind)
		i++;
	return i;
}

static bool is_late(const struct tier_plan *plan, const struct tier_step *step)
{
	return plan->n_steps &&
	       order_of(step->kind) < order_of(plan->steps[plan->n_steps - 1].kind);
}

/* A second policy would be left undone, a second weight of a node undecided. */
static bool is_repeated(const struct tier_plan *plan, const struct tier_step *step)
{
	for (size_t i = 0; i < plan->n_steps; i++) {
		struct tier_nodeset both;

		if (plan->steps[i].kind != step->kind)
			continue;
		if (step->kind != TIER_STEP_WEIGHT)
			return true;
		both = nodeset_and(&plan->steps[i].nodes, &step->nodes);
		if (!nodeset_is_empty(&both))
			return true;
	}
	return false;
}

static size_t count_words(const char *at, const char *end)
{
	const char *word;
	size_t count = 0, len;

	while (next_word(&at, end, &word, &len))
		count++;
	return count;
}

/* The steps between `at` and `end`, which are a part of the line. */
static int decode(struct tier_plan *plan, const char *line, const char *at,
		  const char *end, struct tier_diag *diag)
{
	const char *word;
	size_t len;

	while (next_word(&at, end, &word, &len)) {
		char *copy = arena_strndup(&plan->arena, word, len);
		struct tier_step step = { 0 };

		if (!copy)
			return -ENOMEM;
		if (!decode_word(copy, &step))
			return diag_at(diag, -EINVAL, line, word,
				       "'%.60s' is no step of a plan", copy);
		if (is_repeated(plan, &step))
			return diag_at(diag, -EINVAL, line, word,
				       "'%.60s' is said a second time", copy);
		if (is_late(plan, &step))
			return diag_at(diag, -EINVAL, line, word,
				       "'%.60s' comes too late: weights are first, then "
				       "CPUs, then the policy",
				       copy);
		plan_add_step(plan, &step);
	}
	return 0;
}

int tier_plan_decode(const char *line, struct tier_plan **out, struct tier_diag *diag)
{
	const char *steps = line + strlen(HEADER), *end = line + strcspn(line, "\n");
	struct tier_plan *plan;
	int ret;

	if (strncmp(line, HEADER, strlen(HEADER)) != 0 || !strchr(" \n", *steps))
		return diag_at(diag, -EINVAL, line, line, "expected '%s'", HEADER);
	if (*end && end[1])
		return diag_at(diag, -EINVAL, line, end, "a plan is one line");
	plan = plan_new(count_words(steps, end), 0);
	ret = plan ? decode(plan, line, steps, end, diag) : -ENOMEM;
	if (ret) {
		tier_plan_free(plan);
		return ret == -ENOMEM ? diag_set(diag, ret, "out of memory") : ret;
	}
	*out = plan;
	return 0;
}
