// SPDX-License-Identifier: LGPL-2.1-or-later
// "Hot up, cold down" to kdamonds with their schemes, and to the kernel's own switches. The
// same wish on the same machine gives the same plan.
#include "auto_wish.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "auto_steps.h"
#include "diag.h"
#include "nodeset.h"
#include "topology.h"
#include "wish.h"

#define COLD_S	    30
#define INTERVAL_MS 100
#define RATE_BYTES  (200ull << 20)

/* Longer ones are slips of the keyboard; shorter than 20 ms leaves no sample a ms. */
#define INTERVAL_MS_MIN 20
#define INTERVAL_MS_MAX 60000
#define COLD_S_MAX	86400

#define MOST_REMARKS 12

/* A capture of more than one per node would not be a machine. */
struct level {
	struct tier_nodeset nodes;
};

struct build {
	const struct auto_machine *machine;
	const struct tier_auto_wish *wish;
	struct tier_diag *diag;
	struct arena arena; /* of what the plan does not need */
	struct tier_plan *plan;
	struct auto_figures figures;
	uint32_t means;
	struct level *levels; /* the fastest first */
	size_t n_levels;
	struct auto_kdamond *kdamonds;
	size_t n_kdamonds;
	struct tier_nodeset above; /* faster than the fastest level */
};

/* ---- what is asked ---------------------------------------------------------------- */

static int check_figures(struct build *build)
{
	const struct tier_auto_wish *wish = build->wish;
	struct auto_figures *figures = &build->figures;

	build->means = wish->means ? wish->means : TIER_AUTO_DAMON | TIER_AUTO_KERNEL;
	figures->cold_s = wish->cold_s ? wish->cold_s : COLD_S;
	figures->interval_ms = wish->interval_ms ? wish->interval_ms : INTERVAL_MS;
	figures->rate_bytes_per_sec =
		wish->rate_bytes_per_sec ? wish->rate_bytes_per_sec : RATE_BYTES;
	if (build->means & ~(uint32_t)(TIER_AUTO_DAMON | TIER_AUTO_KERNEL))
		return diag_set(build->diag, -EINVAL, "unknown means");
	if (!wish->fast != !wish->slow)
		return diag_set(build->diag, -EINVAL,
				"a fast and a slow side go together");
	if (wish->fast && !(build->means & TIER_AUTO_DAMON))
		return diag_set(
			build->diag, -EINVAL,
			"the kernel's own tiering goes by its own tiers: a fast and "
			"a slow side are DAMON's");
	if (figures->interval_ms < INTERVAL_MS_MIN ||
	    figures->interval_ms > INTERVAL_MS_MAX)
		return diag_set(build->diag, -EINVAL,
				"expected an interval of %d to %d ms", INTERVAL_MS_MIN,
				INTERVAL_MS_MAX);
	if (figures->cold_s > COLD_S_MAX || figures->cold_s * 1000 < figures->interval_ms)
		return diag_set(build->diag, -EINVAL,
				"cold is what was not accessed for at least one interval "
				"and at most %d s",
				COLD_S_MAX);
	return 0;
}

/* ---- levels: which nodes are faster than which ------------------------------------- */

/* Of whichever task we are: what is steered is the whole system's. */
static struct tier_nodeset with_memory(const struct build *build,
				       const struct tier_nodeset *nodes)
{
	struct tier_nodeset found = { 0 };

	for_each_node(id, nodes) {
		const struct tier_node_info *node =
			topology_node(build->machine->t, (unsigned int)id);

		if (node->flags & TIER_NODE_HAS_MEMORY && node->kind != TIER_KIND_GPU)
			(void)tier_nodeset_add(&found, node->node);
	}
	return found;
}

static bool has_cpus(const struct build *build, const struct tier_nodeset *nodes)
{
	for_each_node(id, nodes)
		if (topology_node(build->machine->t, (unsigned int)id)->flags &
		    TIER_NODE_HAS_CPUS)
			return true;
	return false;
}

/* As the kernel does it: what is as fast as the slowest memory with CPUs, or faster, is
 * never promoted from (mm/memory-tiers.c, top_tier_adistance). */
static void levels_by_tier(struct build *build)
{
	struct tier_info tier;
	unsigned int top = 0;

	for (unsigned int i = 0; !tier_get(build->machine->t, i, &tier, sizeof(tier));
	     i++)
		if (has_cpus(build, &tier.nodes))
			top = i;
	for (unsigned int i = 0; !tier_get(build->machine->t, i, &tier, sizeof(tier));
	     i++) {
		struct tier_nodeset nodes = with_memory(build, &tier.nodes);

		if (nodeset_is_empty(&nodes))
			continue;
		if (i < top)
			build->above = nodeset_or(&build->above, &nodes);
		else
			build->levels[build->n_levels++].nodes = nodes;
	}
}

static int level_by_selector(struct build *build, const char *selector)
{
	struct level *level = &build->levels[build->n_levels];
	struct tier_nodeset nodes;
	int ret = tier_select(build->machine->t, selector, &nodes, build->diag);

	if (ret)
		return ret;
	level->nodes = with_memory(build, &nodes);
	if (nodeset_is_empty(&level->nodes))
		return diag_set(build->diag, -ENXIO, "%.60s: no node with memory",
				selector);
	build->n_levels++;
	return 0;
}

static int check_levels(struct build *build)
{
	struct tier_nodeset both;

	if (build->n_levels < 2)
		return diag_set(build->diag,
				build->machine->t->n_tiers ? -ENXIO : -ENODATA,
				build->machine->t->n_tiers ?
					"all memory is in one tier, as far as CPUs "
					"reach down, so nothing can be moved" :
					"which memory is faster is not known; --fast and "
					"--slow say it");
	both = nodeset_and(&build->levels[0].nodes, &build->levels[1].nodes);
	if (build->wish->fast && !nodeset_is_empty(&both))
		return diag_set(build->diag, -EINVAL,
				"a node is on the fast and on the slow side");
	return 0;
}

static int find_levels(struct build *build)
{
	int ret = 0;

	build->levels = arena_array(&build->arena, build->machine->t->n_tiers + 2,
				    sizeof(*build->levels));
	if (!build->levels)
		return -ENOMEM;
	if (build->wish->fast) {
		ret = level_by_selector(build, build->wish->fast);
		if (!ret)
			ret = level_by_selector(build, build->wish->slow);
	} else {
		levels_by_tier(build);
	}
	return ret ? ret : check_levels(build);
}

/* ---- kdamonds ------------------------------------------------------------------------ */

/* The first of those that are equally near, and of those of which nothing is known. */
static unsigned int nearest(const struct build *build, unsigned int from,
			    const struct level *level)
{
	int best = -1, least = INT32_MAX;

	for_each_node(id, &level->nodes) {
		int distance =
			tier_node_distance(build->machine->t, from, (unsigned int)id);

		if (best >= 0 && (distance < 0 || distance >= least))
			continue;
		best = id;
		least = distance < 0 ? INT32_MAX : distance;
	}
	return (unsigned int)best;
}

static void add_scheme(struct build *build, struct auto_kdamond *kdamond,
		       const struct level *level, bool is_promotion)
{
	struct auto_scheme *scheme = &kdamond->schemes[kdamond->n_schemes++];

	scheme->is_promotion = is_promotion;
	scheme->to = nearest(build, kdamond->memory->node, level);
	scheme->fast = is_promotion ? scheme->to : kdamond->memory->node;
}

static int add_kdamond(struct build *build, unsigned int node, size_t level)
{
	struct auto_kdamond *kdamond = &build->kdamonds[build->n_kdamonds];

	kdamond->index = (unsigned int)build->n_kdamonds++;
	kdamond->memory = damon_node(build->machine->damon, node);
	if (!kdamond->memory ||
	    (!kdamond->memory->n_spans && !build->machine->damon->may_lack_nodes))
		return diag_set(build->diag, -ENODATA,
				"which addresses node %u has is not known: it has no "
				"memory blocks",
				node);
	if (level > 0)
		add_scheme(build, kdamond, &build->levels[level - 1], true);
	if (level + 1 < build->n_levels)
		add_scheme(build, kdamond, &build->levels[level + 1], false);
	return 0;
}

static int find_kdamonds(struct build *build)
{
	size_t most = 0;
	int ret = 0;

	for (size_t i = 0; i < build->n_levels; i++)
		most += (size_t)tier_nodeset_count(&build->levels[i].nodes);
	build->kdamonds = arena_array(&build->arena, most, sizeof(*build->kdamonds));
	if (!build->kdamonds)
		return -ENOMEM;
	for (size_t i = 0; i < build->n_levels; i++)
		for_each_node(id, &build->levels[i].nodes)
			ret = ret ? ret : add_kdamond(build, (unsigned int)id, i);
	return ret;
}

/* ---- the kernel's own ------------------------------------------------------------------ */

static int copy_switches(struct build *build, const struct tier_plan *plan)
{
	struct arena *arena = &build->plan->arena;

	for (size_t i = 0; i < plan->n_steps; i++) {
		struct tier_step step = plan->steps[i];

		step.file = arena_strdup(arena, step.file);
		step.has = arena_strdup(arena, step.has);
		step.wants = arena_strdup(arena, step.wants);
		step.why = arena_strdup(arena, step.why);
		if (!step.file || !step.has || !step.wants || !step.why)
			return -ENOMEM;
		plan_add_step(build->plan, &step);
	}
	for (size_t i = 0; i < plan->n_remarks; i++)
		if (plan_add_remark(build->plan, "%s", plan->remarks[i]))
			return -ENOMEM;
	return 0;
}

static int add_wish(struct build *build, const char *wish, struct tier_diag *why)
{
	struct tier_plan *plan = NULL;
	int ret = wish_resolve(build->machine->t, build->machine->switches, wish, &plan,
			       why);

	if (ret)
		return ret;
	ret = copy_switches(build, plan);
	tier_plan_free(plan);
	return ret;
}

/* What this kernel lacks is no failure where DAMON does the same: then each alone. */
static int add_switches(struct build *build)
{
	static const char *const each[] = { "demotion:on", "promotion:on" };
	struct tier_diag why = { 0 };
	int ret = add_wish(build, "demotion:on promotion:on", &why);

	if (ret && (ret != -EOPNOTSUPP || !(build->means & TIER_AUTO_DAMON)))
		return diag_set(build->diag, ret, "%s", why.message);
	for (size_t i = 0; ret == -EOPNOTSUPP && i < ARRAY_SIZE(each); i++) {
		int alone = add_wish(build, each[i], &why);

		if (alone == -EOPNOTSUPP)
			alone = plan_add_remark(build->plan, "%s", why.message);
		if (alone)
			return alone;
	}
	return 0;
}

/* ---- the plan ------------------------------------------------------------------------------ */

/*
 * Hot pages take what is free in the fast memory down to the kernel's reserve. Its own
 * memory cannot go to movable memory, and without demotion nothing makes room for it:
 * seen on 6.12 as an OOM kill with most of the slow memory free.
 */
static int remark_on_room(struct build *build)
{
	const struct tier_topology *t = build->machine->t;
	struct tier_nodeset slower = { 0 };
	char nodes[64];

	if (build->means & TIER_AUTO_KERNEL || !t->facts.demotion.known ||
	    t->facts.demotion.value)
		return 0;
	for (size_t i = 1; i < build->n_levels; i++)
		slower = nodeset_or(&slower, &build->levels[i].nodes);
	if (!topology_only_movable(t, &slower))
		return 0;
	return plan_add_remark(
		build->plan,
		"node %s holds movable memory only: where hot pages fill the faster "
		"nodes the kernel finds no memory for itself, and may kill; its own "
		"demotion makes room: --by both, or tierctl tiering demotion on",
		nodeset_brief(&slower, nodes, sizeof(nodes)));
}

/* What a person should know of DAMON before he lets it move pages. */
static int remark(struct build *build)
{
	const struct damon *damon = build->machine->damon;
	char nodes[64];
	int ret;

	if (!build->kdamonds[0].memory->n_spans &&
	    plan_add_remark(build->plan, "a capture does not hold the addresses of "
					 "memory, so the regions are left out here"))
		return -ENOMEM;
	ret = plan_add_remark(
		build->plan,
		"where the kernel has no goals (6.16), what was not accessed for %" PRIu64
		" s is demoted whether its place is needed or not",
		build->figures.cold_s);
	if (!ret)
		ret = plan_add_remark(
			build->plan,
			"DAMON does not heed memory policies (mbind, numactl), "
			"and of cpusets only those listed");
	if (!ret && !nodeset_is_empty(&build->above))
		ret = plan_add_remark(
			build->plan,
			"node %s is faster than the memory of the CPUs, and "
			"left alone; --fast names it",
			nodeset_brief(&build->above, nodes, sizeof(nodes)));
	if (!ret)
		ret = remark_on_room(build);
	for (size_t i = 0; !ret && i < damon->n_groups; i++)
		if (!damon->groups[i].is_counted)
			return plan_add_remark(
				build->plan,
				"%s may not use all nodes and has no memory controller, so "
				"its pages cannot be told apart and may be moved there",
				damon->groups[i].path);
	return ret;
}

static int add_damon(struct build *build)
{
	int ret = auto_add_count(build->plan, build->n_kdamonds);

	for (size_t i = 0; !ret && i < build->n_kdamonds; i++)
		ret = auto_add_kdamond(build->plan, build->machine->damon,
				       &build->kdamonds[i], &build->figures);
	for (size_t i = 0; !ret && i < build->n_kdamonds; i++)
		ret = auto_add_on(build->plan, &build->kdamonds[i]);
	return ret ? ret : remark(build);
}

static int check_damon(struct build *build)
{
	const struct damon *damon = build->machine->damon;

	if (damon->error == -ENOENT)
		return diag_set(
			build->diag, -EOPNOTSUPP,
			"this kernel has no DAMON that moves pages between nodes "
			"(Linux 6.11, CONFIG_DAMON_SYSFS and CONFIG_DAMON_PADDR): "
			"%s is missing; 'tierctl auto start --by kernel' has the "
			"kernel's own tiering do it",
			DAMON_COUNT);
	if (damon->error)
		return diag_set(build->diag, damon->error, "%s: %s", DAMON_COUNT,
				tier_strerror(damon->error));
	if (damon->who)
		return diag_set(build->diag, -EEXIST, "%s", damon->who);
	return 0;
}

static int make_plan(struct build *build)
{
	const struct tier_step keep = {
		.kind = TIER_STEP_KEEP,
		.file = AUTO_STATE_PATH,
		.wants = "start",
		.why = "what is changed is noted here first, so that stop can put it back",
	};
	int ret = 0;

	build->plan =
		plan_new(auto_most_steps(build->machine->damon, build->n_kdamonds) + 4,
			 MOST_REMARKS);
	if (!build->plan)
		return -ENOMEM;
	plan_add_step(build->plan, &keep);
	if (build->means & TIER_AUTO_DAMON)
		ret = add_damon(build);
	if (!ret && build->means & TIER_AUTO_KERNEL)
		ret = add_switches(build);
	return ret;
}

int auto_resolve_start(const struct auto_machine *machine,
		       const struct tier_auto_wish *wish, struct tier_plan **out,
		       struct tier_diag *diag)
{
	struct build build = { .machine = machine, .wish = wish, .diag = diag };
	int ret = check_figures(&build);

	if (!ret && build.means & TIER_AUTO_DAMON)
		ret = check_damon(&build);
	if (!ret)
		ret = find_levels(&build);
	if (!ret && build.means & TIER_AUTO_DAMON)
		ret = find_kdamonds(&build);
	if (!ret)
		ret = make_plan(&build);
	arena_free(&build.arena);
	if (!ret) {
		*out = build.plan;
		return 0;
	}
	tier_plan_free(build.plan);
	return ret == -ENOMEM ? diag_set(diag, ret, "out of memory") : ret;
}
