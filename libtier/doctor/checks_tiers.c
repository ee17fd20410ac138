// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of the kernel's own tiers: they decide whether it moves anything, and where to.
#include "exam.h"

#define PLACE_YOURSELF "place programs yourself: tierctl run --prefer fastest -- PROGRAM"

void check_kernel_tiers(struct exam *exam)
{
	static const struct tier_finding one_tier = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "nothing is ever demoted or promoted: a full fast node "
			       "swaps out its pages or spills by nearness",
		.advice = "no command moves a node to another kernel tier. Kernels from "
			  "6.7 on take them from the firmware's figures for dax devices, "
			  "and from 6.10 on for all memory without CPUs; until "
			  "then " PLACE_YOURSELF,
	};
	int count = exam_kernel_tiers(exam);

	if (exam_lacks_tiers(exam))
		return;
	if (!count)
		return exam_unknown(exam, "this kernel shows no tiers (Linux 6.1)");
	if (!exam_notes(exam, "all-in-one-tier", &one_tier))
		exam_ok(exam, exam_text(exam, "the kernel has %d tiers (%s)", count,
					exam_kernel_tiers_text(exam)));
}

void check_kernel_order(struct exam *exam)
{
	struct tier_kernel_info kernel = exam_kernel(exam);
	struct tier_finding wrong = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "cold pages are demoted to the faster memory, hot ones "
			       "promoted to the slower",
	};
	bool demotes = kernel.flags & TIER_KERNEL_DEMOTES;
	bool promotes = kernel.numa_balancing & 2;

	if (exam_kernel_tiers(exam) < 2)
		return exam_not_applicable(exam, "the kernel has no order of tiers");
	wrong.mend = exam_text(exam, "tierctl tiering%s%s",
			       demotes ? " demotion off" : "",
			       promotes ? " promotion off" : "");
	wrong.advice = PLACE_YOURSELF;
	if (!demotes && !promotes) {
		wrong.health = TIER_HEALTH_NOTE;
		wrong.mend = NULL;
		wrong.consequence = "the kernel moves nothing now, and demotion and "
				    "promotion had better stay off";
	}
	if (!exam_notes(exam, "kernel-rank-disagrees", &wrong))
		exam_ok(exam, exam_text(exam,
					"nothing contradicts the kernel's order "
					"(%s)",
					exam_kernel_tiers_text(exam)));
}

void check_equal_dram(struct exam *exam)
{
	struct tier_finding unequal = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "memory that the kernel would rank by its figures gets a "
			       "default tier: for all that is not DRAM the order may be "
			       "wrong",
		.advice = "no command changes that; firmware may have a setting that "
			  "equals DRAM out (all channels populated alike), and TIERKIT_"
			  "NODES changes what tierctl believes, not what the kernel does",
	};

	if (!exam_has_tiers(exam))
		unequal.health = TIER_HEALTH_NOTE;
	if (exam_notes(exam, "dram-unequal", &unequal))
		return;
	for (size_t i = 0; i < exam->in.t->n_nodes; i++)
		if (exam->in.t->nodes[i].kind == TIER_KIND_DRAM &&
		    exam->in.t->nodes[i].perf.known)
			return exam_ok(exam, "all DRAM with figures is within 10 %");
	exam_not_applicable(exam, "no DRAM has figures");
}

/* The slowest kernel tier in which there is a node with CPUs: up to there the kernel
 * calls all tiers "top" and promotes nothing out of them (mm/memory-tiers.c). */
static bool last_top_tier(const struct exam *exam, uint32_t *top)
{
	const struct tier_topology *t = exam->in.t;
	bool found = false;

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];

		if (!(node->flags & TIER_NODE_HAS_CPUS) ||
		    !(node->flags & TIER_NODE_KNOWS_KERNEL_TIER))
			continue;
		if (!found || node->kernel_tier > *top)
			*top = node->kernel_tier;
		found = true;
	}
	return found;
}

void check_promotion_reach(struct exam *exam)
{
	const struct tier_topology *t = exam->in.t;
	struct tier_nodeset stuck = { 0 };
	uint32_t top = 0;

	if (exam_kernel_tiers(exam) < 2 || !exam_has_tiers(exam))
		return exam_not_applicable(exam, "the kernel has no tiers to promote to");
	if (exam_note(exam, "kernel-rank-disagrees"))
		return exam_not_applicable(exam, "the kernel's order is wrong: see "
						 "kernel-order");
	if (!last_top_tier(exam, &top))
		return exam_unknown(exam, "no node with CPUs is in a kernel tier");
	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];

		if (node->flags & TIER_NODE_KNOWS_RANK && node->rank &&
		    node->flags & TIER_NODE_KNOWS_KERNEL_TIER && node->kernel_tier <= top)
			(void)tier_nodeset_add(&stuck, node->node);
	}
	if (nodeset_is_empty(&stuck))
		return exam_ok(exam, "pages can be promoted from all slower memory");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .nodes = stuck,
			 .evidence = exam_text(
				 exam,
				 "node %s is not the fastest, and in no slower kernel "
				 "tier than the CPUs' own memory (tier %u)",
				 exam_nodes(exam, &stuck), top),
			 .consequence = "hot pages there stay there: the kernel promotes "
					"none out of such tiers",
			 .advice = "place what must be fast yourself: tierctl run "
				   "--prefer fastest -- PROGRAM",
		 });
}
