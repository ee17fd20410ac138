// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench policy: where the kernel's policies put memory, and how fast that is then.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmds.h"
#include "demotion.h"
#include "heap_row.h"
#include "series.h"

/* What a row wants of demotion; whoever bound memory may be told to leave by it. */
enum demotion_wish { DEMOTION_AS_IS = 0, DEMOTION_OFF, DEMOTION_ON };

/* Which of the wanted nodes a policy names. */
enum named { NO_NODES = 0, FASTEST_NODES, ALL_NODES, WEIGHED_NODES, NAMED };

#define NODES_BYTES 512

/* As selectors; "" of weighed ones where the kernel has no weights. */
struct names {
	char text[NAMED][NODES_BYTES];
};

struct trial {
	const char *name;
	const char *mode;
	enum named nodes;
	enum demotion_wish demotion;
};

/* What is tried. The nodes that a policy means are its own plan's. First is what may be
 * refused. */
static const struct trial trials[] = {
	{ "demotion-off", "bind", FASTEST_NODES, DEMOTION_OFF },
	{ "demotion-on", "bind", FASTEST_NODES, DEMOTION_ON },
	{ "first-touch", "default", NO_NODES, DEMOTION_AS_IS },
	{ "bind", "bind", FASTEST_NODES, DEMOTION_AS_IS },
	{ "prefer", "prefer", FASTEST_NODES, DEMOTION_AS_IS },
	{ "prefer-many", "prefer", ALL_NODES, DEMOTION_AS_IS },
	{ "interleave", "interleave", ALL_NODES, DEMOTION_AS_IS },
	{ "weighted", "weighted", WEIGHED_NODES, DEMOTION_AS_IS },
};

/* ---- the nodes that policies name -------------------------------------------------------- */

/* "node:0=3,node:2=1" with the weights that the kernel has. */
static void name_weighed(const struct bench *bench, const struct tier_nodeset *nodes,
			 char text[NODES_BYTES])
{
	size_t len = 0;

	for (int node = -1; (node = tier_nodeset_next(nodes, node)) >= 0;) {
		struct tier_node_info info;

		if (tier_node_get(bench->machine.topology, (unsigned int)node, &info,
				  sizeof(info)) ||
		    !(info.flags & TIER_NODE_KNOWS_WEIGHT) || len + 40 > NODES_BYTES) {
			text[0] = '\0';
			return;
		}
		len += (size_t)snprintf(text + len, NODES_BYTES - len, "%snode:%d=%u",
					len ? "," : "", node, info.weight);
	}
}

static void find_fastest(const struct bench *bench, const struct tier_nodeset *nodes,
			 struct tier_nodeset *fastest)
{
	uint32_t least = UINT32_MAX;

	for (int node = -1; (node = tier_nodeset_next(nodes, node)) >= 0;) {
		struct tier_node_info info;

		if (tier_node_get(bench->machine.topology, (unsigned int)node, &info,
				  sizeof(info)))
			continue;
		if (info.rank < least)
			tier_nodeset_zero(fastest);
		least = info.rank < least ? info.rank : least;
		if (info.rank == least)
			(void)tier_nodeset_add(fastest, (unsigned int)node);
	}
}

static int name_set(const struct tier_nodeset *nodes, char text[NODES_BYTES])
{
	const int len = snprintf(text, NODES_BYTES, "node:"), room = NODES_BYTES - len;

	return tier_nodeset_format(nodes, text + len, (size_t)room) >= room ?
		       say(STATUS_FAILED, "--nodes", "more than can be named") :
		       STATUS_DONE;
}

static int name_nodes(const struct bench *bench, struct names *names)
{
	struct tier_nodeset wanted, fastest = { 0 };
	int status = wanted_nodes(bench, &wanted);

	*names = (struct names){ { [FASTEST_NODES] = "fastest", [ALL_NODES] = "all" } };
	if (status)
		return status;
	name_weighed(bench, &wanted, names->text[WEIGHED_NODES]);
	if (!bench->options.nodes)
		return STATUS_DONE;
	find_fastest(bench, &wanted, &fastest);
	status = name_set(&fastest, names->text[FASTEST_NODES]);
	return status ? status : name_set(&wanted, names->text[ALL_NODES]);
}

/* ---- a policy as a place ------------------------------------------------------------------ */

/* A node of a plan's step, with what the step's mode gives it. */
static int add_node(const struct bench *bench, const struct tier_step *step,
		    unsigned int node, struct place *place)
{
	struct tier_node_info info;
	bool weighted = step->mode == TIER_MODE_WEIGHTED;

	if (tier_node_get(bench->machine.topology, node, &info, sizeof(info)) ||
	    info.usability != TIER_USABLE_YES)
		return 0;
	return place_add(place, node, weighted ? info.weight : 1);
}

static bool has_node(const struct place *place, unsigned int node)
{
	for (unsigned int i = 0; i < place->count; i++)
		if (place->node[i] == node)
			return true;
	return false;
}

/* On all nodes: the CPUs' own first, which may have none, or where pages are demoted to. */
static int fill_anywhere(const struct bench *bench, struct place *place)
{
	struct tier_nodeset nodes;
	int ret = tier_select(bench->machine.topology, "all", &nodes, NULL);

	for (int node = -1; !ret && (node = tier_nodeset_next(&nodes, node)) >= 0;) {
		const struct tier_step anything = { .mode = TIER_MODE_PREFER };

		if (!has_node(place, (unsigned int)node))
			ret = add_node(bench, &anything, (unsigned int)node, place);
	}
	place->any_of_them = true;
	return ret;
}

static int fill_place(const struct bench *bench, const struct tier_plan *plan,
		      struct place *place)
{
	struct tier_step step;
	int ret = 0;

	for (unsigned int i = 0; !ret && !tier_plan_step(plan, i, &step, sizeof(step));
	     i++) {
		if (step.kind != TIER_STEP_MEMPOLICY)
			continue;
		if (step.mode == TIER_MODE_DEFAULT)
			return fill_anywhere(bench, place);
		for (int node = -1;
		     !ret && (node = tier_nodeset_next(&step.nodes, node)) >= 0;)
			ret = add_node(bench, &step, (unsigned int)node, place);
		place->any_of_them = step.mode == TIER_MODE_PREFER ||
				     step.mode == TIER_MODE_BIND;
	}
	return ret;
}

/* What a policy means here, as a place that can be checked. */
static int resolve(const struct bench *bench, const char *text, struct place *place)
{
	struct tier_policy *policy = NULL;
	struct tier_plan *plan = NULL;
	struct tier_diag diag = { 0 };
	int ret = tier_policy_parse(text, &policy, &diag);

	*place = (struct place){ .policy = text };
	if (!ret)
		ret = tier_policy_resolve(policy, bench->machine.topology, NULL, &plan,
					  &diag);
	if (ret)
		(void)say(STATUS_NOT_FOUND, text, "%s",
			  diag.message[0] ? diag.message : tier_strerror(ret));
	else
		ret = fill_place(bench, plan, place);
	tier_plan_free(plan);
	tier_policy_free(policy);
	return ret ? STATUS_NOT_FOUND : STATUS_DONE;
}

/* As rows call it. Nodes that were asked for make it another row. */
static void name_place(struct place *place, const char *name, const char *nodes)
{
	(void)snprintf(place->text, sizeof(place->text), "%.15s%s%.46s", name,
		       nodes ? ":" : "", nodes ? nodes : "");
}

static int measure_read(struct bench *bench, struct spot *spot)
{
	return measure_bandwidth(bench, spot, "policy", job_find("read"));
}

static int measure_placed(struct bench *bench, const struct place *place,
			  int (*each)(struct bench *bench, struct spot *spot))
{
	struct target target = { .place = *place, .buffers = 1 };
	int status = initiator_of(bench, place->node[0], &target.cpu_node);

	return status ? status : measure_in_laps(bench, &target, each);
}

/* ---- demotion ------------------------------------------------------------------------ */

/* Pages that each CPU may not have added yet to what is told of a node (mm/vmstat.c). */
#define UNCOUNTED_MOST 125

/* Of the buffer that is measured: how many nodes it was bound to, the first of its place,
 * and what the kernel had demoted before it was there. */
static struct {
	unsigned int bound_count;
	uint64_t before;
} demoting;

/* Nothing but demotion may have brought pages away from the first nodes. */
static int prove_demoted(struct bench *bench, const struct spot *spot)
{
	const uint64_t cpus = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t away = 0, may_be = cpus * spot->place.count * UNCOUNTED_MOST;
	struct tier_page_counts counts;
	int status = buffer_count(&spot->buffer[0], &counts);

	if (status)
		return status;
	for (unsigned int i = demoting.bound_count; i < spot->place.count; i++)
		away += counts.node[spot->place.node[i]];
	may_be += demotion_count(&bench->machine) - demoting.before;
	if (away <= may_be)
		return STATUS_DONE;
	return say(STATUS_FAILED, spot->place.text,
		   "%" PRIu64 " pages left their nodes, and the kernel demoted %" PRIu64
		   " at most. There is no result",
		   away, may_be);
}

static int measure_lap_demoting(struct bench *bench, struct spot *spot)
{
	int status = measure_read(bench, spot);

	if (!status && !interrupted())
		status = prove_demoted(bench, spot);
	demoting.before = demotion_count(&bench->machine);
	return status;
}

static int measure_demoting(struct bench *bench, struct place *place)
{
	char name[PLACE_TEXT_BYTES];
	int status;

	(void)snprintf(name, sizeof(name), "%s", place->text);
	demoting.before = demotion_count(&bench->machine);
	demoting.bound_count = place->count;
	status = demotion_turn(&bench->machine, true);
	if (!status && fill_anywhere(bench, place))
		status =
			say(STATUS_FAILED, place->text, "more nodes than are kept apart");
	name_place(place, name, NULL);
	return status ? status : measure_placed(bench, place, measure_lap_demoting);
}

/* ---- one after the other --------------------------------------------------------------- */

static int measure_trial(struct bench *bench, const struct trial *trial,
			 const struct names *names)
{
	const char *nodes = names->text[trial->nodes];
	char policy[NODES_BYTES + 16];
	struct place place;
	int status;

	(void)snprintf(policy, sizeof(policy), "%s%s%s", trial->mode,
		       trial->nodes ? ":" : "", nodes);
	status = resolve(bench, policy, &place);
	if (status)
		return status;
	name_place(&place, trial->name,
		   trial->nodes && bench->options.nodes ? nodes : NULL);
	if (trial->demotion == DEMOTION_OFF)
		status = demotion_turn(&bench->machine, false);
	if (status)
		return status;
	return trial->demotion == DEMOTION_ON ?
		       measure_demoting(bench, &place) :
		       measure_placed(bench, &place, measure_read);
}

/* Whether it can be tried; else *status has why, or is 0 where it is merely left out. */
static bool may_try(const struct bench *bench, const struct trial *trial,
		    const struct names *names, int *status)
{
	const bool is_known = !trial->nodes || names->text[trial->nodes][0];

	*status = STATUS_DONE;
	if (trial->demotion && !bench->options.turn_demotion) {
		if (bench->options.only)
			*status = say(STATUS_USAGE, trial->name,
				      "turns demotion for the whole machine while it "
				      "measures: ask for that with --turn-demotion");
		return false;
	}
	if (!is_known && bench->options.only)
		*status = say(STATUS_UNSUPPORTED, trial->name,
			      "this kernel has no weighted interleave (Linux 6.9)");
	return is_known;
}

/* As far as the command line tells. */
static bool is_planned(const struct bench *bench, const struct trial *trial)
{
	return is_wanted(bench, trial->name) &&
	       (!trial->demotion || bench->options.turn_demotion);
}

/* In a process whose heap is on tiers. Placed once, as a heap may have back the pages that it
 * was given. */
static int measure_heap(struct bench *bench)
{
	static struct spot spot;
	struct tier_page_counts counts;
	struct place place;
	unsigned int cpu_node = 0;
	int status = heap_place(bench, &place, bench->wishes.bytes);

	if (!status)
		status = initiator_of(bench, place.node[0], &cpu_node);
	if (!status)
		status = spot_open(bench, &place, cpu_node, 1, &spot);
	if (!status)
		status = measure_read(bench, &spot);
	if (!status && !interrupted())
		status = buffer_count(&spot.buffer[0], &counts);
	if (!status && !interrupted())
		status = heap_prove(bench, &counts);
	spot_close(&spot);
	return status;
}

static const char *variant(size_t i)
{
	if (i < ARRAY_SIZE(trials))
		return trials[i].name;
	return i == ARRAY_SIZE(trials) ? HEAP_ROW : NULL;
}

static int run(struct bench *bench, char **operands)
{
	const char *heap = bench->options.heap;
	struct names names;
	int status = name_nodes(bench, &names);

	(void)operands;
	for (size_t i = 0; i < ARRAY_SIZE(trials); i++)
		bench->planned += is_planned(bench, &trials[i]);
	bench->planned *= (unsigned int)laps_most(bench);
	bench->planned += heap != NULL;
	if (!status && heap)
		status = heap_rows(bench, heap);
	else if (!status && bench->options.only && is_wanted(bench, HEAP_ROW))
		status = measure_heap(bench);
	for (size_t i = 0; !status && i < ARRAY_SIZE(trials) && !interrupted(); i++) {
		const struct trial *trial = &trials[i];

		if (is_wanted(bench, trial->name) &&
		    may_try(bench, trial, &names, &status))
			status = measure_trial(bench, trial, &names);
	}
	return status;
}

const struct cmd cmd_policy = {
	.name = "policy",
	.summary = "where memory policies put pages, proved, and how fast that is",
	.about = "Has the kernel place a buffer under each policy, looks at every page, and "
		 "measures reads: first-touch, bind, prefer, prefer-many, interleave and, from "
		 "Linux 6.9 on, weighted with the weights that the kernel has. Policies name all "
		 "nodes of --nodes, or its fastest to bind to and to prefer. Shares must be "
		 "right to 0.1 percentage points. With --turn-demotion also demotion-off and "
		 "demotion-on: bound memory while the kernel may not, and may, move it to a "
		 "slower tier. That switch is the whole machine's, and is put back at the end "
		 "however that comes. With --heap also a block of malloc's, in a process that "
		 "tierctl run --heap started.",
	.flags = CMD_MEASURES | CMD_TRAFFIC | CMD_ONLY | CMD_TURNS | CMD_HEAP,
	.run = run,
	.variant = variant,
	.examples = {
		{ "tierbench policy", "All of them." },
		{ "tierbench policy --only weighted", "Does weighted interleave hold its ratio?" },
		{ "tierbench policy --only demotion-off,demotion-on --turn-demotion",
		  "What does demotion do to bound memory?" },
	},
};
