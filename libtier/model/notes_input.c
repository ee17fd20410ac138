// SPDX-License-Identifier: LGPL-2.1-or-later
// Notes on what was read: what is broken, doubtful, said by the user or kept from this
// task.
#include "notes.h"

#include <errno.h>

#include "cpus.h"

static int bad_file(struct tier_topology *t, const char *id)
{
	const struct tier_nodeset none = { 0 };

	for (size_t i = 0; i < t->facts.n_problems; i++) {
		const struct problem_fact *problem = &t->facts.problems[i];
		int ret = 0;
		const char *text =
			topology_text(t, &ret, "%s: %s", problem->path, problem->words);

		if (note_add(t, id, &none, text))
			return -ENOMEM;
	}
	return 0;
}

static bool lacks_distance(const struct tier_topology *t,
			   const struct tier_node_info *node)
{
	const struct node_fact *fact = facts_node(&t->facts, node->node);

	return node->flags & TIER_NODE_ONLINE && fact && !fact->distance;
}

static int distance_missing(struct tier_topology *t, const char *id)
{
	struct tier_nodeset nodes = pick_nodes(t, lacks_distance);

	return note_nodes(t, id, &nodes, "node",
			  "without distances: nearness is unknown");
}

/* Nodes that have a CPU of a node before them. */
static int overlapping_cpus(struct tier_topology *t, const char *id)
{
	struct tier_nodeset nodes = { 0 };
	struct cpus seen = { 0 };

	for (size_t i = 0; i < t->n_nodes; i++) {
		struct cpus mine, both;

		if (cpus_parse(t->nodes[i].cpus, &mine))
			continue;
		CPU_AND_S(sizeof(both.set), both.set, mine.set, seen.set);
		if (CPU_COUNT_S(sizeof(both.set), both.set))
			(void)tier_nodeset_add(&nodes, t->nodes[i].node);
		CPU_OR_S(sizeof(seen.set), seen.set, seen.set, mine.set);
	}
	return note_nodes(t, id, &nodes, "node",
			  "claims CPUs of another node: nearness cannot be trusted");
}

static int fake_numa(struct tier_topology *t, const char *id)
{
	const struct tier_nodeset none = { 0 };

	if (!t->facts.is_fake_numa)
		return 0;
	return note_add(
		t, id, &none,
		"numa=fake= is on: nodes are cut by the kernel, so the firmware's "
		"figures are not used");
}

static bool hwloc_differs(const struct tier_topology *t,
			  const struct tier_node_info *node)
{
	const struct node_fact *seen = facts_node(&t->witness, node->node);
	enum tier_kind kind;

	if (!seen)
		return false;
	if (seen->total_bytes.known && node->flags & TIER_NODE_KNOWS_TOTAL &&
	    seen->total_bytes.value != node->total_bytes)
		return true;
	if (seen->cpus && !*seen->cpus != !*node->cpus)
		return true;
	kind = kind_by_hwloc(seen->subtype);
	return kind && kind != node->kind && node->kind_why.source != TIER_SOURCE_USER;
}

static int hwloc_disagrees(struct tier_topology *t, const char *id)
{
	struct tier_nodeset nodes = pick_nodes(t, hwloc_differs);

	return note_nodes(
		t, id, &nodes, "node",
		"looks different to hwloc (kind, size or CPUs); the kernel's files "
		"count");
}

/* ---- what was said or restricted ------------------------------------------ */

static bool has_user_word(const struct tier_topology *t,
			  const struct tier_node_info *node)
{
	(void)t;
	return node->kind_why.source == TIER_SOURCE_USER ||
	       node->perf.why.source == TIER_SOURCE_USER;
}

static int user_override(struct tier_topology *t, const char *id)
{
	struct tier_nodeset nodes = pick_nodes(t, has_user_word);

	return note_nodes(t, id, &nodes, "node", "is as the user says, not as found");
}

static int user_no_node(struct tier_topology *t, const char *id)
{
	struct tier_nodeset said = { 0 }, there;

	for (size_t i = 0; i < t->words.count; i++)
		said = nodeset_or(&said, &t->words.word[i].nodes);
	tier_topology_nodes(t, &there);
	said = nodeset_minus(&said, &there);
	return note_nodes(t, id, &said, "the user speaks of node",
			  "which this machine does not have");
}

/* ---- what was measured ------------------------------------------------------ */

static int measured_elsewhere(struct tier_topology *t, const char *id)
{
	const struct tier_nodeset none = { 0 };
	const char *text;
	int ret = 0;

	if (!t->measured.date || measured_is_ours(t))
		return 0;
	text = topology_text(
		t, &ret,
		"what was measured on %s is of other nodes, sizes or CPUs (%s, here %s), "
		"and not used: measure again",
		t->measured.date, t->measured.signature, t->signature);
	return ret ? ret : note_add(t, id, &none, text);
}

static int measured_missing(struct tier_topology *t, const char *id)
{
	const struct tier_nodeset none = { 0 };

	if (node_words_figures(&t->words) != FIGURES_MEASURED || measured_is_ours(t))
		return 0;
	return note_add(t, id, &none,
			"the user wants measured figures, and there are none of this "
			"machine: 'tierbench quick' as root measures them");
}

static bool is_not_allowed(const struct tier_topology *t,
			   const struct tier_node_info *node)
{
	(void)t;
	return node->usability == TIER_USABLE_NOT_ALLOWED &&
	       node->flags & TIER_NODE_HAS_MEMORY;
}

static int mems_restricted(struct tier_topology *t, const char *id)
{
	struct tier_nodeset nodes = pick_nodes(t, is_not_allowed);

	return note_nodes(t, id, &nodes, "this task may not allocate on node",
			  "(cpuset or container)");
}

static const struct note_rule rules[] = {
	{ "bad-file", bad_file },
	{ "distance-missing", distance_missing },
	{ "overlapping-cpus", overlapping_cpus },
	{ "fake-numa", fake_numa },
	{ "hwloc-disagrees", hwloc_disagrees },
	{ "user-override", user_override },
	{ "user-no-node", user_no_node },
	{ "measured-elsewhere", measured_elsewhere },
	{ "measured-missing", measured_missing },
	{ "mems-restricted", mems_restricted },
};

int note_input(struct tier_topology *t)
{
	return note_all(t, rules, ARRAY_SIZE(rules));
}
