// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of what this task may do and where: cpusets, containers, movable memory.
#include "errors.h"
#include "exam.h"

/* ---- cpusets ----------------------------------------------------------------------------- */

/* The first tier of which this task may use no node; NULL: there is none. */
static const struct tier_info *hidden_tier(const struct exam *exam)
{
	const struct tier_topology *t = exam->in.t;

	for (size_t i = 0; i < t->n_tiers; i++) {
		bool hidden = true;

		for_each_node(id, &t->tiers[i].nodes)
			hidden &= topology_node(t, (unsigned int)id)->usability ==
				  TIER_USABLE_NOT_ALLOWED;
		if (hidden)
			return &t->tiers[i];
	}
	return NULL;
}

static const char *widen(struct exam *exam)
{
	const struct symptoms *symptoms = exam->in.symptoms;
	struct tier_nodeset memory = exam_memory(exam);

	if (!symptoms->cpuset_file)
		return NULL;
	return exam_text(exam, "echo %s > %s", exam_node_list(exam, &memory),
			 symptoms->cpuset_file);
}

void check_cpuset(struct exam *exam)
{
	const struct tier_info *tier = hidden_tier(exam);
	struct tier_finding restricted = { .health = TIER_HEALTH_NOTE };

	if (!exam->in.t->facts.mems_allowed.known)
		return exam_unknown(exam, "Mems_allowed_list could not be read");
	restricted.consequence = "selectors leave these nodes out, though /sys shows "
				 "them";
	if (tier) {
		restricted.health = TIER_HEALTH_PROBLEM;
		restricted.consequence =
			exam_text(exam,
				  "tier %u is out of reach: memory can neither be "
				  "placed there nor spill there",
				  tier->rank);
	}
	restricted.mend = widen(exam);
	restricted.advice = "the groups above must allow it as well; for a service: "
			    "systemctl set-property UNIT AllowedMemoryNodes=, for a "
			    "container: --cpuset-mems=";
	if (!exam_notes(exam, "mems-restricted", &restricted))
		exam_ok(exam, "this task may use every node with memory");
}

void check_cpuset_demotion(struct exam *exam)
{
	const struct tier_note *restricted = exam_note(exam, "mems-restricted");
	struct tier_kernel_info kernel = exam_kernel(exam);

	if (!exam->in.t->facts.mems_allowed.known)
		return exam_unknown(exam, "Mems_allowed_list could not be read");
	if (!restricted)
		return exam_not_applicable(exam, "no cpuset limits this task's nodes");
	if (!(kernel.flags & TIER_KERNEL_KNOWS_DEMOTION))
		return exam_unknown(exam, "whether the kernel demotes is not known");
	if (!(kernel.flags & TIER_KERNEL_DEMOTES))
		return exam_ok(exam, "the kernel does not demote");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .nodes = restricted->nodes,
			 .evidence = exam_text(
				 exam,
				 "demotion is on, and a cpuset%s keeps this task "
				 "from node %s",
				 exam->in.symptoms->is_cpuset_v1 ? " (v1)" : "",
				 exam_nodes(exam, &restricted->nodes)),
			 .consequence = "its cold pages may be demoted there all the "
					"same: before Linux 6.16 and with cpuset v1 "
					"always, since then shared pages",
			 .advice = "where that must not be: tierctl tiering demotion off",
		 });
}

/* ---- containers ----------------------------------------------------------------------------- */

static const char *const call_names[POLICY_CALLS] = {
	[CALL_GET_MEMPOLICY] = "get_mempolicy",
	[CALL_SET_MEMPOLICY] = "set_mempolicy",
	[CALL_MBIND] = "mbind",
	[CALL_MOVE_PAGES] = "move_pages",
	[CALL_MIGRATE_PAGES] = "migrate_pages",
};

static const char *refused_calls(struct exam *exam)
{
	const char *names = "";

	for (size_t i = 0; i < POLICY_CALLS; i++)
		if (exam->in.symptoms->refusal[i])
			names = exam_text(exam, "%s%s%s (%s)", names, *names ? ", " : "",
					  call_names[i],
					  errno_words(exam->in.symptoms->refusal[i]));
	return names;
}

/* A capture only has whether there is a filter. */
static void judge_filter(struct exam *exam)
{
	const struct figure *seccomp = &exam->in.symptoms->seccomp;

	if (seccomp->known && !seccomp->value)
		return exam_ok(exam, "the captured task had no seccomp filter");
	exam_unknown(exam, seccomp->known ?
				   "the captured task had a seccomp filter; which calls "
				   "it forbids is not in a capture" :
				   "which calls are forbidden is not in a capture");
}

void check_seccomp(struct exam *exam)
{
	const char *refused;

	if (!exam->in.symptoms->knows_calls)
		return judge_filter(exam);
	refused = refused_calls(exam);
	if (!*refused)
		return exam_ok(exam, "all calls that place memory are let through");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_PROBLEM,
			 .evidence = exam_text(exam, "refused: %s", refused),
			 .consequence = "programs cannot place memory here: policies "
					"fail, or are passed over without a word",
			 .advice = "no command mends it from inside; give the container "
				   "SYS_NICE (--cap-add SYS_NICE, or a seccomp profile "
				   "with these calls), a service SystemCallFilter="
				   "@resources",
		 });
}

void check_policy_modes(struct exam *exam)
{
	const struct symptoms *symptoms = exam->in.symptoms;
	bool lacks_many = !symptoms->has_many;

	if (!symptoms->knows_calls)
		return exam_unknown(exam, "what the kernel has is not in a capture");
	if (symptoms->has_many < 0 || symptoms->has_weighted < 0)
		return exam_unknown(exam, "the kernel could not be asked: see seccomp");
	if (symptoms->has_many && symptoms->has_weighted)
		return exam_ok(exam, "it has prefer-many and weighted interleave");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .evidence = exam_text(
				 exam, "it has no %s%s%s",
				 lacks_many ? "prefer-many (Linux 5.15)" : "",
				 lacks_many && !symptoms->has_weighted ? " and no " : "",
				 symptoms->has_weighted ?
					 "" :
					 "weighted interleave (Linux 6.9)"),
			 .consequence = lacks_many ?
						"of several preferred nodes the kernel "
						"takes one" :
						"weights have no effect, and programs "
						"that ask for them fail",
			 .advice =
				 "no command adds it but a newer kernel; a heap spreads "
				 "its pages by a ratio without it: tierctl run --heap",
		 });
}

void check_sysfs(struct exam *exam)
{
	const struct figure *read_only = &exam->in.symptoms->is_sysfs_read_only;

	if (!read_only->known)
		return exam_unknown(exam, "how it is mounted is not in a capture");
	if (!read_only->value)
		return exam_ok(exam, "sysfs is writable");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .evidence = "sysfs is mounted read-only, as in a container",
			 .consequence = "demotion, weights and devices cannot be changed "
					"from here",
			 .advice = "run tierctl outside of the container",
		 });
}

/* ---- movable memory --------------------------------------------------------------------------- */

/* Usable nodes, those with movable memory only or the others. */
static struct tier_nodeset usable(const struct exam *exam, bool is_movable)
{
	const struct tier_topology *t = exam->in.t;
	struct tier_nodeset nodes = { 0 };

	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].usability == TIER_USABLE_YES &&
		    !(t->nodes[i].flags & TIER_NODE_MOVABLE_ONLY) == !is_movable)
			(void)tier_nodeset_add(&nodes, t->nodes[i].node);
	return nodes;
}

void check_movable_only(struct exam *exam)
{
	struct tier_nodeset movable = usable(exam, true), rest = usable(exam, false);
	struct tier_finding finding = {
		.health = TIER_HEALTH_NOTE,
		.nodes = movable,
		.consequence = "a strict bind to it alone runs out of memory for page "
			       "tables and pinned pages: the program may be killed "
			       "with most of it free",
		.advice = "prefer it instead: tierctl run --prefer SEL -- PROGRAM, or "
			  "bind to other memory as well",
	};

	if (!exam->in.t->facts.has_normal_memory.known)
		return exam_unknown(exam, "has_normal_memory could not be read");
	if (nodeset_is_empty(&movable))
		return exam_ok(exam, "no usable node has movable memory only");
	finding.evidence = exam_text(exam, "node %s holds movable memory only",
				     exam_nodes(exam, &movable));
	if (nodeset_is_empty(&rest)) {
		finding.health = TIER_HEALTH_PROBLEM;
		finding.evidence = exam_text(exam, "%s, and this task may use no other",
					     finding.evidence);
		finding.mend = widen(exam);
		finding.advice = "allow a node with normal memory too";
	}
	exam_say(exam, &finding);
}

/* Seen on 6.1 and 6.12, see policy/remarks.c. */
void check_spill(struct exam *exam)
{
	struct tier_nodeset movable = usable(exam, true), rest = usable(exam, false);
	struct tier_kernel_info kernel = exam_kernel(exam);
	struct tier_finding finding = {
		.health = TIER_HEALTH_PROBLEM,
		.nodes = movable,
		.consequence = "a program that prefers the other nodes fills them to the "
			       "brim; its page tables find no room then, and it is "
			       "killed with most of the slow memory free",
		.mend = "tierctl tiering demotion on",
	};

	if (!exam->in.t->facts.has_normal_memory.known)
		return exam_unknown(exam, "has_normal_memory could not be read");
	if (nodeset_is_empty(&movable) || nodeset_is_empty(&rest))
		return exam_not_applicable(exam, "memory is not of both sorts: movable "
						 "only, and other");
	if (!(kernel.flags & TIER_KERNEL_KNOWS_DEMOTION))
		return exam_unknown(exam, "whether the kernel demotes is not known");
	if (kernel.flags & TIER_KERNEL_DEMOTES)
		return exam_ok(exam, "demotion makes room on full nodes");
	if (exam_note(exam, "all-in-one-tier") ||
	    exam_note(exam, "kernel-rank-disagrees")) {
		finding.mend = NULL;
		finding.advice =
			"demotion is no help while the kernel's tiers are wrong; "
			"bring some of that memory online in zone Normal, or "
			"leave room on the other nodes";
	}
	finding.evidence = exam_text(exam,
				     "node %s holds movable memory only, and demotion is "
				     "off",
				     exam_nodes(exam, &movable));
	exam_say(exam, &finding);
}
