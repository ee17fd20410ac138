// SPDX-License-Identifier: LGPL-2.1-or-later
// What a kdamond is told, file by file. Pure: nothing is read or written.
#include "auto_steps.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

#include "nodeset.h"

/* Regions that DAMON parts a node into: few enough to be sampled 200 times a second (its
 * own limit, mm/damon/sysfs.c), and never so few that a hundredth of the node is one: hot
 * and cold pages in one region cannot be told apart. */
#define REGIONS_MIN 100
#define REGIONS_MAX 1000

/* How often it looks whether regions have to be made anew. Ours are fixed. */
#define UPDATE_US 1000000

/* The goals, in ten thousandths of the fast node: promote while less is used, demote
 * while less is free. Both hold near 0.4 % free, so that pages go both ways there. */
#define GOAL_USED 9970
#define GOAL_FREE 50

struct steps {
	struct tier_plan *plan;
	unsigned int node;
	enum tier_step_kind kind;
	char dir[192];
	const char *why; /* of the next step */
	int ret;
};

static void put(struct steps *steps, const char *file, const char *format, ...)
	PRINTF_LIKE(3, 4);

static void put(struct steps *steps, const char *file, const char *format, ...)
{
	struct arena *arena = &steps->plan->arena;
	struct tier_step step = { .kind = steps->kind, .why = steps->why };
	char value[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	step.file = arena_printf(arena, "%s/%s", steps->dir, file);
	step.wants = arena_strdup(arena, value);
	if (!step.file || !step.wants)
		steps->ret = -ENOMEM;
	if (steps->ret)
		return;
	(void)tier_nodeset_add(&step.nodes, steps->node);
	plan_add_step(steps->plan, &step);
	steps->why = "";
}

static void put_number(struct steps *steps, const char *file, uint64_t number)
{
	put(steps, file, "%" PRIu64, number);
}

/* Why, of those that follow; in the plan's memory. */
static void because(struct steps *steps, const char *format, ...) PRINTF_LIKE(2, 3);

static void because(struct steps *steps, const char *format, ...)
{
	char words[256];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	steps->why = arena_strdup(&steps->plan->arena, words);
	if (!steps->why)
		steps->ret = -ENOMEM;
}

/* ---- what it looks at ------------------------------------------------------------ */

static void add_where(struct steps *steps, const struct damon_node *memory)
{
	char file[64];

	because(steps, "looks at node %u by physical address", memory->node);
	put(steps, "operations", "paddr");
	put_number(steps, "targets/nr_targets", 1);
	if (!memory->n_spans)
		return;
	put_number(steps, "targets/0/regions/nr_regions", memory->n_spans);
	for (size_t i = 0; i < memory->n_spans; i++) {
		snprintf(file, sizeof(file), "targets/0/regions/%zu/start", i);
		put_number(steps, file, memory->spans[i].start);
		snprintf(file, sizeof(file), "targets/0/regions/%zu/end", i);
		put_number(steps, file, memory->spans[i].end);
	}
}

static void add_monitoring(struct steps *steps, const struct auto_figures *figures)
{
	because(steps, "accesses are sampled, and counted over %" PRIu64 " ms",
		figures->interval_ms);
	put_number(steps, "monitoring_attrs/intervals/sample_us",
		   figures->interval_ms * 1000 / AUTO_SAMPLES);
	put_number(steps, "monitoring_attrs/intervals/aggr_us",
		   figures->interval_ms * 1000);
	put_number(steps, "monitoring_attrs/intervals/update_us", UPDATE_US);
	put_number(steps, "monitoring_attrs/nr_regions/min", REGIONS_MIN);
	put_number(steps, "monitoring_attrs/nr_regions/max", REGIONS_MAX);
}

/* ---- what it does ----------------------------------------------------------------- */

static void add_pattern(struct steps *steps, const struct auto_scheme *scheme,
			const struct auto_figures *figures)
{
	const bool hot = scheme->is_promotion;

	put_number(steps, "access_pattern/sz/min", 4096);
	put_number(steps, "access_pattern/sz/max", UINT64_MAX);
	/* The larger end first: a range must never be the wrong way round. */
	put_number(steps, "access_pattern/nr_accesses/max", hot ? AUTO_SAMPLES : 0);
	put_number(steps, "access_pattern/nr_accesses/min", hot);
	put_number(steps, "access_pattern/age/max", UINT32_MAX);
	put_number(steps, "access_pattern/age/min",
		   hot ? 0 : figures->cold_s * 1000 / figures->interval_ms);
}

static void add_quota(struct steps *steps, const struct auto_figures *figures)
{
	because(steps, "at most so many bytes a second");
	put_number(steps, "quotas/bytes", figures->rate_bytes_per_sec);
	put_number(steps, "quotas/reset_interval_ms", 1000);
	because(steps, "the most and the least accessed first");
	put_number(steps, "quotas/weights/sz_permil", 0);
	put_number(steps, "quotas/weights/nr_accesses_permil", 500);
	put_number(steps, "quotas/weights/age_permil", 500);
}

static void add_goal(struct steps *steps, const struct auto_scheme *scheme)
{
	const bool hot = scheme->is_promotion;

	steps->kind = TIER_STEP_DAMON_GOAL;
	because(steps, "until node %u has %s", scheme->fast,
		hot ? "99.7 % in use" : "0.5 % free");
	put_number(steps, "quotas/goals/nr_goals", 1);
	put(steps, "quotas/goals/0/target_metric", "%s",
	    hot ? "node_mem_used_bp" : "node_mem_free_bp");
	put_number(steps, "quotas/goals/0/target_value", hot ? GOAL_USED : GOAL_FREE);
	put_number(steps, "quotas/goals/0/nid", scheme->fast);
	steps->kind = TIER_STEP_DAMON;
}

static bool forbids(const struct damon_group *group, unsigned int to)
{
	return group->is_counted && !tier_nodeset_has(&group->mems, to);
}

/* A filter that matches takes pages out, since 6.11 and under 6.14's `allow` alike. */
static void add_filters(struct steps *steps, const struct damon *damon,
			const struct auto_scheme *scheme)
{
	size_t count = 1, next = 0;
	char file[64];

	for (size_t i = 0; i < damon->n_groups; i++)
		count += forbids(&damon->groups[i], scheme->to);
	because(steps, "pages that %s accessed since are left out",
		scheme->is_promotion ? "were not" : "were");
	put_number(steps, "filters/nr_filters", count);
	put(steps, "filters/0/type", "young");
	put(steps, "filters/0/matching", "%s", scheme->is_promotion ? "N" : "Y");
	for (size_t i = 0; i < damon->n_groups; i++) {
		if (!forbids(&damon->groups[i], scheme->to))
			continue;
		next++;
		because(steps, "this control group's cpuset forbids node %u", scheme->to);
		snprintf(file, sizeof(file), "filters/%zu/type", next);
		put(steps, file, "memcg");
		snprintf(file, sizeof(file), "filters/%zu/memcg_path", next);
		put(steps, file, "%s", damon->groups[i].path);
		snprintf(file, sizeof(file), "filters/%zu/matching", next);
		put(steps, file, "Y");
	}
}

static void add_scheme(struct steps *steps, const struct damon *damon,
		       const struct auto_scheme *scheme,
		       const struct auto_figures *figures)
{
	if (scheme->is_promotion)
		because(steps, "hot pages of node %u move to node %u", steps->node,
			scheme->to);
	else
		because(steps,
			"pages of node %u not accessed for %" PRIu64 " s move to node %u",
			steps->node, figures->cold_s, scheme->to);
	put(steps, "action", "%s", scheme->is_promotion ? "migrate_hot" : "migrate_cold");
	put_number(steps, "target_nid", scheme->to);
	add_pattern(steps, scheme, figures);
	add_quota(steps, figures);
	add_goal(steps, scheme);
	add_filters(steps, damon, scheme);
}

/* ---- one kdamond, and all ------------------------------------------------------------ */

static struct steps steps_of(struct tier_plan *plan, const struct auto_kdamond *kdamond)
{
	struct steps steps = { .plan = plan, .kind = TIER_STEP_DAMON, .why = "" };

	if (kdamond)
		steps.node = kdamond->memory->node;
	return steps;
}

int auto_add_kdamond(struct tier_plan *plan, const struct damon *damon,
		     const struct auto_kdamond *kdamond,
		     const struct auto_figures *figures)
{
	struct steps steps = steps_of(plan, kdamond);

	snprintf(steps.dir, sizeof(steps.dir), DAMON_KDAMONDS "/%u/contexts",
		 kdamond->index);
	put_number(&steps, "nr_contexts", 1);
	snprintf(steps.dir, sizeof(steps.dir), DAMON_KDAMONDS "/%u/contexts/0",
		 kdamond->index);
	add_where(&steps, kdamond->memory);
	add_monitoring(&steps, figures);
	put_number(&steps, "schemes/nr_schemes", kdamond->n_schemes);
	for (size_t i = 0; i < kdamond->n_schemes; i++) {
		snprintf(steps.dir, sizeof(steps.dir),
			 DAMON_KDAMONDS "/%u/contexts/0/schemes/%zu", kdamond->index, i);
		add_scheme(&steps, damon, &kdamond->schemes[i], figures);
	}
	return steps.ret;
}

int auto_add_count(struct tier_plan *plan, size_t kdamonds)
{
	struct steps steps = steps_of(plan, NULL);

	snprintf(steps.dir, sizeof(steps.dir), DAMON_KDAMONDS);
	because(&steps, "a thread of the kernel for each node that is looked at");
	put_number(&steps, "nr_kdamonds", kdamonds);
	return steps.ret;
}

int auto_add_on(struct tier_plan *plan, const struct auto_kdamond *kdamond)
{
	struct steps steps = steps_of(plan, kdamond);

	snprintf(steps.dir, sizeof(steps.dir), DAMON_KDAMONDS "/%u", kdamond->index);
	because(&steps, "it starts");
	put(&steps, "state", "on");
	return steps.ret;
}

size_t auto_most_steps(const struct damon *damon, size_t kdamonds)
{
	/* As above: one kdamond without its addresses, and one scheme without groups. */
	const size_t kdamond = 12, scheme = 22;
	size_t count = 1;

	for (size_t i = 0; i < damon->n_nodes; i++)
		count += 2 * damon->nodes[i].n_spans;
	return count +
	       kdamonds * (kdamond + AUTO_SCHEMES * (scheme + 3 * damon->n_groups));
}
