// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of what is known of the machine: figures, places, kinds, and files that do not
// make sense. Most rest on the model's notes.
#include "exam.h"

/* ---- figures ----------------------------------------------------------------------------- */

static const char *hmat_words(const struct exam *exam)
{
	const struct figure *has_hmat = &exam->in.symptoms->has_hmat;

	if (!has_hmat->known)
		return "whether the firmware has an HMAT is not known";
	return has_hmat->value ? "the firmware has an HMAT, which does not say" :
				 "the firmware has no HMAT";
}

static struct tier_nodeset nodes_of(const struct exam *exam, enum tier_source source)
{
	const struct tier_topology *t = exam->in.t;
	struct tier_nodeset nodes = { 0 };

	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].perf.known && t->nodes[i].perf.why.source == source)
			(void)tier_nodeset_add(&nodes, t->nodes[i].node);
	return nodes;
}

static bool is_ranked(const struct exam *exam, const struct tier_nodeset *nodes)
{
	for_each_node(id, nodes)
		if (!(topology_node(exam->in.t, (unsigned int)id)->flags &
		      TIER_NODE_KNOWS_RANK))
			return false;
	return true;
}

/* Without figures, but their place is known: only weights cannot be computed. */
static void say_without(struct exam *exam, const struct tier_note *without)
{
	bool ranked = is_ranked(exam, &without->nodes);
	const char *nodes = exam_node_list(exam, &without->nodes);

	exam_say(exam,
		 &(struct tier_finding){
			 .health = ranked ? TIER_HEALTH_NOTE : TIER_HEALTH_PROBLEM,
			 .nodes = without->nodes,
			 .evidence = exam_text(exam, "%s; %s", without->text,
					       hmat_words(exam)),
			 .consequence =
				 ranked ?
					 "its place among the tiers rests on its kind or "
					 "on the kernel's tiers, and weights cannot be "
					 "computed" :
					 "it has no place among the tiers: fast, slow, "
					 "fastest and slowest are refused",
			 .mend = ranked ? NULL :
					  exam_text(exam,
						    "echo 'node:%s kind=KIND "
						    "read_bandwidth=RATE "
						    "read_latency=TIME' >> "
						    "/etc/tierkit.conf",
						    nodes),
			 .advice = "the figures are in the data sheet, or measured; "
				   "tierctl(1) says how they are written",
		 });
}

void check_figures(struct exam *exam)
{
	const struct tier_note *without = exam_note(exam, "no-performance");
	struct tier_nodeset any = nodes_of(exam, TIER_SOURCE_ACCESS0);
	struct tier_nodeset cpus = nodes_of(exam, TIER_SOURCE_ACCESS1);

	if (without)
		return say_without(exam, without);
	if (nodeset_is_empty(&any) && nodeset_is_empty(&cpus))
		return exam_ok(exam, "none are known, and none are needed");
	if (nodeset_is_empty(&any))
		return exam_ok(exam, "known as CPUs see them (access1)");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .nodes = any,
			 .evidence = exam_text(exam,
					       "figures of node %s are from access0 only "
					       "(access1: Linux 5.10)",
					       exam_nodes(exam, &any)),
			 .consequence = "they may be those of a device and not of CPUs",
			 .advice = "if they look wrong, TIERKIT_NODES or "
				   "/etc/tierkit.conf have the last word",
		 });
}

void check_fake_numa(struct exam *exam)
{
	static const struct tier_finding fake = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "nodes do not stand for memory of their own, and nothing "
			       "is known of how fast they are",
		.mend = "sed -i \"s/ *numa=fake=[^ '\\\"]*//\" /etc/default/grub && "
			"update-grub",
		.advice = "then boot again; other boot loaders keep the kernel's command "
			  "line elsewhere",
	};

	if (!exam_notes(exam, "fake-numa", &fake))
		exam_ok(exam, "numa=fake= is not on the kernel's command line");
}

void check_node_words(struct exam *exam)
{
	static const struct tier_finding nobody = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "the words have no effect; nodes may be numbered anew "
			       "since they were written",
		.advice = "correct TIERKIT_NODES or /etc/tierkit.conf",
	};
	const struct tier_note *said = exam_note(exam, "user-override");

	if (exam_notes(exam, "user-no-node", &nobody))
		return;
	if (!said)
		return exam_not_applicable(exam, "the user said nothing of nodes");
	exam_ok(exam, said->text);
}

/* ---- places -------------------------------------------------------------------------------- */

void check_distances(struct exam *exam)
{
	static const struct tier_finding missing = {
		.health = TIER_HEALTH_NOTE,
		.consequence = "which CPUs are near to that memory is not known: `near` "
			       "leaves programs where they are",
		.advice = "they come from the firmware (SLIT)",
	};

	if (!exam_notes(exam, "distance-missing", &missing))
		exam_ok(exam, "each online node has its distances");
}

void check_cpu_maps(struct exam *exam)
{
	static const struct tier_finding overlap = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "memory that is called near may be far",
		.advice = "no command mends it: the firmware's tables (SRAT) are wrong, "
			  "look for a newer firmware",
	};

	if (exam_note(exam, "fake-numa"))
		return exam_not_applicable(exam, "the kernel made the nodes up: see "
						 "fake-numa");
	if (!exam_notes(exam, "overlapping-cpus", &overlap))
		exam_ok(exam, "each CPU is of one node");
}

void check_cpus_without_memory(struct exam *exam)
{
	const struct tier_topology *t = exam->in.t;
	struct tier_nodeset bare = { 0 };

	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].flags & TIER_NODE_HAS_CPUS &&
		    !(t->nodes[i].flags & TIER_NODE_HAS_MEMORY))
			(void)tier_nodeset_add(&bare, t->nodes[i].node);
	if (nodeset_is_empty(&bare))
		return exam_ok(exam, "each node with CPUs has memory");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .nodes = bare,
			 .evidence = exam_text(exam, "node %s has CPUs and no memory",
					       exam_nodes(exam, &bare)),
			 .consequence = "all memory is far from these CPUs, and some "
					"tools do not show the node",
			 .advice =
				 "keep programs that need memory on other CPUs: tierctl "
				 "run --cpus near --prefer SEL -- PROGRAM",
		 });
}

/* A dax device that may fill the node is told by unused-devices. */
static bool is_for_device(const struct exam *exam, const struct tier_node_info *node)
{
	const struct tier_topology *t = exam->in.t;

	for (size_t i = 0; i < t->n_dax; i++)
		if (t->dax[i].target_node == (int)node->node)
			return true;
	return false;
}

void check_empty_nodes(struct exam *exam)
{
	const uint32_t any = TIER_NODE_HAS_MEMORY | TIER_NODE_HAS_CPUS;
	const struct tier_topology *t = exam->in.t;
	struct tier_nodeset empty = { 0 };

	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].flags & TIER_NODE_ONLINE && !(t->nodes[i].flags & any) &&
		    !is_for_device(exam, &t->nodes[i]))
			(void)tier_nodeset_add(&empty, t->nodes[i].node);
	if (nodeset_is_empty(&empty))
		return exam_ok(exam, "each node that is online has memory or CPUs");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .nodes = empty,
			 .evidence = exam_text(exam,
					       "node %s is online and has neither memory "
					       "nor CPUs",
					       exam_nodes(exam, &empty)),
			 .consequence = "nothing can be placed there now: policies that "
					"name no other node are refused",
			 .advice = "memory may come while the machine runs (CXL dynamic "
				   "capacity, a GPU's partitions) and is taken up then; "
				   "for others no command helps",
		 });
}

/* Up to the highest that is online; each that is not. */
static struct tier_nodeset gaps(const struct tier_nodeset *online)
{
	struct tier_nodeset missing = { 0 };
	int next = 0;

	for_each_node(id, online)
		for (; next <= id; next++)
			if (next < id)
				(void)tier_nodeset_add(&missing, (unsigned int)next);
	return missing;
}

void check_node_numbers(struct exam *exam)
{
	const struct set_fact *online = &exam->in.t->facts.online;
	struct tier_nodeset missing;

	if (!online->known)
		return exam_unknown(exam, "which nodes are online could not be read");
	missing = gaps(&online->nodes);
	if (nodeset_is_empty(&missing))
		return exam_ok(exam, "they count up from 0");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .evidence = exam_text(exam,
					       "node %s is not online, others with "
					       "higher numbers are",
					       exam_nodes(exam, &missing)),
			 .consequence = "programs that count nodes take the wrong ones: "
					"rows of distances are by place and not by "
					"number, an old numastat fails without node 0",
			 .advice = "name nodes by the numbers of tierctl show; no "
				   "command changes them, the firmware gives them",
		 });
}

void check_hwloc(struct exam *exam)
{
	static const struct tier_finding differs = {
		.health = TIER_HEALTH_NOTE,
		.consequence = "what goes by hwloc (MPI, OpenMP runtimes, batch systems) "
			       "takes this memory for something else",
		.advice =
			"hwloc 2.10 and later tell HBM and CXL apart; before that, name "
			"nodes by number there",
	};

	if (!exam->in.t->witness.n_nodes)
		return exam_unknown(exam, "hwloc was not asked, or did not answer");
	if (!exam_notes(exam, "hwloc-disagrees", &differs))
		exam_ok(exam, "hwloc sees the same nodes");
}

/* ---- kinds ----------------------------------------------------------------------------------- */

void check_side_cache(struct exam *exam)
{
	static const struct tier_finding cached = {
		.health = TIER_HEALTH_NOTE,
		.consequence = "there is one tier where there could be two, and figures "
			       "are those of what is behind the cache",
		.advice = "a firmware setting (memory mode or app direct), no command",
	};

	if (!exam_notes(exam, "memory-side-cache", &cached))
		exam_ok(exam, "no node is cached by other memory");
}

/* Whether the kernel has a GPU's memory in a slower tier than the CPUs' own. */
static bool is_demotion_target(const struct exam *exam, const struct tier_node_info *gpu)
{
	const struct tier_topology *t = exam->in.t;

	if (!(gpu->flags & TIER_NODE_KNOWS_KERNEL_TIER))
		return false;
	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].flags & TIER_NODE_HAS_CPUS &&
		    t->nodes[i].flags & TIER_NODE_KNOWS_KERNEL_TIER &&
		    t->nodes[i].kernel_tier < gpu->kernel_tier)
			return true;
	return false;
}

void check_gpu_memory(struct exam *exam)
{
	const struct tier_topology *t = exam->in.t;
	struct tier_finding finding = {
		.health = TIER_HEALTH_NOTE,
		.consequence = "programs that take all nodes (numactl --interleave=all) "
			       "put their pages into the GPU",
		.advice = "tierctl run --interleave all leaves it out",
	};
	bool demoted_to = false;

	for (size_t i = 0; i < t->n_nodes; i++) {
		if (t->nodes[i].kind != TIER_KIND_GPU ||
		    !(t->nodes[i].flags & TIER_NODE_HAS_MEMORY))
			continue;
		(void)tier_nodeset_add(&finding.nodes, t->nodes[i].node);
		demoted_to |= is_demotion_target(exam, &t->nodes[i]);
	}
	if (nodeset_is_empty(&finding.nodes))
		return exam_not_applicable(exam, "no node is known to be a GPU's memory");
	finding.evidence = exam_text(exam, "node %s is memory of a GPU",
				     exam_nodes(exam, &finding.nodes));
	if (demoted_to && exam_kernel(exam).flags & TIER_KERNEL_DEMOTES) {
		finding.health = TIER_HEALTH_PROBLEM;
		finding.consequence = "the kernel has it in a slower tier and demotes "
				      "into the GPU's memory";
		finding.mend = "tierctl tiering demotion off";
	}
	exam_say(exam, &finding);
}

/* ---- files ------------------------------------------------------------------------------------- */

void check_files(struct exam *exam)
{
	static const struct tier_finding bad = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "what it would tell is unknown, here and to other tools",
		.advice = "a file that makes no sense is a bug of the kernel or of "
			  "tierkit: please report it with tierctl capture",
	};
	const struct facts *facts = &exam->in.symptoms->facts;
	int count = exam_notes(exam, "bad-file", &bad);

	for (size_t i = 0; i < facts->n_problems; i++) {
		struct tier_finding finding = bad;

		finding.evidence = exam_text(exam, "%s: %s", facts->problems[i].path,
					     facts->problems[i].words);
		exam_say(exam, &finding);
		count++;
	}
	if (!count)
		exam_ok(exam, "all files that are there make sense");
}
