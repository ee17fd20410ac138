// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of what an administrator can turn: demotion, promotion, weights, reclaim.
#include <errno.h>

#include "exam.h"
#include "plan.h"
#include "wish.h"

/* ---- demotion and promotion ----------------------------------------------------------- */

/* Says so where it does not matter whether the kernel moves pages; true then. */
static bool is_idle(struct exam *exam)
{
	if (exam_lacks_tiers(exam))
		return true;
	if (!exam_note(exam, "all-in-one-tier"))
		return false;
	exam_not_applicable(exam, "the kernel has all memory in one tier: see "
				  "kernel-tiers");
	return true;
}

/* Off is right where the kernel would move pages the wrong way. */
static bool off_is_right(struct exam *exam)
{
	if (!exam_note(exam, "kernel-rank-disagrees"))
		return false;
	exam_ok(exam, "off, as it should be while the kernel's order is wrong: see "
		      "kernel-order");
	return true;
}

void check_demotion(struct exam *exam)
{
	struct tier_kernel_info kernel = exam_kernel(exam);
	bool promotes = kernel.flags & TIER_KERNEL_KNOWS_BALANCING &&
			kernel.numa_balancing & 2;

	if (is_idle(exam))
		return;
	if (!(kernel.flags & TIER_KERNEL_KNOWS_DEMOTION))
		return exam_unknown(exam, exam_text(exam, "%s is missing (Linux 5.15)",
						    kernel_demotion_path));
	if (kernel.flags & TIER_KERNEL_DEMOTES)
		return exam_ok(exam, exam_text(exam, "%s is true", kernel_demotion_path));
	if (off_is_right(exam))
		return;
	exam_say(
		exam,
		&(struct tier_finding){
			.health = TIER_HEALTH_PROBLEM,
			.evidence = exam_text(exam, "%s is false%s", kernel_demotion_path,
					      promotes ? ", and promotion is on" : ""),
			.consequence =
				promotes ? "promotion fills the fast tier and then finds "
					   "no room there: its cold pages never leave" :
					   "a full fast tier drops or swaps out its cold "
					   "pages, while slower memory is free",
			.mend = "tierctl tiering demotion on",
			.advice = "it may move pages outside a program's memory "
				  "policy; where programs must stay on their nodes, "
				  "leave it off",
		});
}

void check_promotion(struct exam *exam)
{
	struct tier_kernel_info kernel = exam_kernel(exam);

	if (is_idle(exam))
		return;
	if (!(kernel.flags & TIER_KERNEL_KNOWS_BALANCING))
		return exam_unknown(exam, exam_text(exam, "%s is missing",
						    kernel_balancing_path));
	if (kernel.numa_balancing & 2)
		return exam_ok(exam, exam_text(exam, "numa_balancing is %u",
					       kernel.numa_balancing));
	if (off_is_right(exam))
		return;
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_PROBLEM,
			 .evidence = exam_text(
				 exam, "numa_balancing is %u, which lacks 2 (promotion)",
				 kernel.numa_balancing),
			 .consequence = "pages in slow memory stay there, however hot "
					"they become",
			 .mend = "tierctl tiering promotion on",
			 .advice = "it costs the faults by which hot pages are found; a "
				   "machine whose programs are all placed by hand can do "
				   "without. Before Linux 5.18 the kernel refuses it",
		 });
}

/* ---- weights --------------------------------------------------------------------------- */

/* What each node has, and what it would have in the ratio of the bandwidths. */
struct weighing {
	struct tier_nodeset nodes;
	uint32_t has[TIER_MAX_NODES];
	uint32_t wants[TIER_MAX_NODES];
	uint64_t has_sum;
	uint64_t wants_sum;
};

static void weigh(const struct exam *exam, const struct tier_plan *plan,
		  struct weighing *weighing)
{
	const struct tier_topology *t = exam->in.t;

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];

		if (node->usability != TIER_USABLE_YES ||
		    !(node->flags & TIER_NODE_KNOWS_WEIGHT))
			continue;
		(void)tier_nodeset_add(&weighing->nodes, node->node);
		weighing->has[node->node] = node->weight;
		weighing->wants[node->node] = node->weight;
	}
	for (size_t i = 0; i < plan->n_steps; i++) {
		int node = tier_nodeset_next(&plan->steps[i].nodes, -1);

		if (node >= 0 && plan->steps[i].weight)
			weighing->wants[node] = plan->steps[i].weight;
	}
	for_each_node(id, &weighing->nodes) {
		weighing->has_sum += weighing->has[id];
		weighing->wants_sum += weighing->wants[id];
	}
}

/* Shares in tenths of a per cent. */
static unsigned int share(uint64_t weight, uint64_t sum)
{
	return (unsigned int)(weight * 1000 / sum);
}

/* Small weights are up to a per cent off by themselves (policy/shares.h), and others may
 * round the other way: below this no ratio is called wrong. */
#define SHARE_TOLERANCE 25

/* The node that is off most; -1: none is. */
static int worst_node(const struct weighing *weighing)
{
	unsigned int most = SHARE_TOLERANCE;
	int worst = -1;

	for_each_node(id, &weighing->nodes) {
		unsigned int has = share(weighing->has[id], weighing->has_sum);
		unsigned int wants = share(weighing->wants[id], weighing->wants_sum);
		unsigned int off = has > wants ? has - wants : wants - has;

		if (off > most) {
			most = off;
			worst = id;
		}
	}
	return worst;
}

static void judge_weights(struct exam *exam, const struct weighing *weighing)
{
	int node = worst_node(weighing);

	if (node < 0)
		return exam_ok(exam, "each node's share is that of its bandwidth");
	exam_say(
		exam,
		&(struct tier_finding){
			.health = TIER_HEALTH_PROBLEM,
			.nodes = weighing->nodes,
			.evidence = exam_text(
				exam,
				"by its weight of %u node %d gets %u %% of the pages, by "
				"its bandwidth it should get %u %%",
				weighing->has[node], node,
				share(weighing->has[node], weighing->has_sum) / 10,
				share(weighing->wants[node], weighing->wants_sum) / 10),
			.consequence = "weighted interleave is as fast as the node that "
				       "has too many pages",
			.mend = "tierctl weights auto",
		});
}

static void weigh_by_plan(struct exam *exam, const struct tier_plan *plan)
{
	struct weighing *weighing = arena_alloc(&exam->arena, sizeof(*weighing));

	if (!weighing) {
		exam->error = -ENOMEM;
		return;
	}
	weigh(exam, plan, weighing);
	if (tier_nodeset_count(&weighing->nodes) < 2)
		return exam_not_applicable(exam, "fewer than two nodes have weights");
	judge_weights(exam, weighing);
}

void check_weights(struct exam *exam)
{
	struct tier_kernel_info kernel = exam_kernel(exam);
	struct tier_plan *plan = NULL;
	struct tier_diag diag = { 0 };
	bool has_weights = false;
	int ret;

	for (size_t i = 0; i < exam->in.t->n_nodes; i++)
		has_weights |= exam->in.t->nodes[i].flags & TIER_NODE_KNOWS_WEIGHT;
	if (exam_lacks_tiers(exam))
		return;
	if (!has_weights)
		return exam_not_applicable(
			exam, "this kernel has no weighted interleave (Linux 6.9)");
	if (kernel.flags & TIER_KERNEL_SETS_WEIGHTS)
		return exam_ok(exam, "the kernel sets the weights itself, by bandwidth");
	ret = wish_resolve(exam->in.t, exam->in.switches, "weights:auto", &plan, &diag);
	if (ret == -ENOMEM)
		exam->error = ret;
	else if (ret)
		exam_unknown(exam, exam_text(exam, "%s", diag.message));
	else
		weigh_by_plan(exam, plan);
	tier_plan_free(plan);
}

/* ---- DAMON ------------------------------------------------------------------------------- */

static void say_damon(struct exam *exam, const struct damon *damon)
{
	struct tier_finding finding = {
		.health = TIER_HEALTH_NOTE,
		.evidence = damon->who,
		.consequence = "tierctl auto cannot have DAMON move pages, and tiertop "
			       "cannot see which are hot",
		.advice = "only whoever started it may end it; tierctl auto start --by "
			  "kernel does without DAMON",
	};

	if (damon->module)
		finding.mend = exam_text(exam,
					 "echo N > /sys/module/%s/parameters/enabled",
					 damon->module);
	exam_say(exam, &finding);
}

void check_damon(struct exam *exam)
{
	const struct symptoms *symptoms = exam->in.symptoms;
	const struct damon *damon = &symptoms->damon;

	if (damon->error == -ENOENT)
		return exam_not_applicable(exam, "this kernel has no DAMON in /sys");
	if (damon->error)
		return exam_unknown(exam, "DAMON's files could not be read");
	if (!damon->who)
		return exam_ok(exam, "nobody has it");
	if (damon->kdamonds && symptoms->has_auto)
		return exam_ok(exam, "tierctl auto has it: tierctl auto status");
	if (damon->kdamonds && !symptoms->knows_calls)
		return exam_unknown(exam, "somebody has it; who is not in a capture");
	say_damon(exam, damon);
}

/* ---- zone reclaim ----------------------------------------------------------------------- */

void check_zone_reclaim(struct exam *exam)
{
	const struct figure *mode = &exam->in.symptoms->zone_reclaim;
	struct tier_nodeset memory = exam_memory(exam);

	if (tier_nodeset_count(&memory) < 2)
		return exam_not_applicable(exam, "there is one node with memory");
	if (!mode->known)
		return exam_unknown(exam, "vm.zone_reclaim_mode could not be read");
	if (!mode->value)
		return exam_ok(exam, "vm.zone_reclaim_mode is 0");
	exam_say(exam, &(struct tier_finding){
			       .health = TIER_HEALTH_PROBLEM,
			       .evidence = exam_text(exam, "vm.zone_reclaim_mode is %llu",
						     (unsigned long long)mode->value),
			       .consequence =
				       "a full node reclaims its own pages before it "
				       "lets an allocation go to the next: slower memory "
				       "stays free, and files are read again",
			       .mend = "sysctl -w vm.zone_reclaim_mode=0",
		       });
}
