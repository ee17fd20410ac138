// SPDX-License-Identifier: LGPL-2.1-or-later
// Which latency and bandwidth figures count, and where they come from. Concludes
// nothing about what a node is or which is faster.
#include "topology.h"

/* The known figures of one access class; the kernel's 0 means "not told": real
 * firmware writes tables full of it. */
static uint32_t take_access(const struct node_fact *fact, int class,
			    uint64_t value[TIER_FIGURES])
{
	uint32_t known = 0;

	for (int i = 0; i < TIER_FIGURES; i++) {
		const struct figure *figure = &fact->access[class].figure[i];

		if (!figure->known || !figure->value)
			continue;
		value[i] = figure->value;
		known |= 1U << i;
	}
	return known;
}

static bool has_zero(const struct node_fact *fact)
{
	for (int class = 0; class < ACCESS_CLASSES; class ++)
		for (int i = 0; i < TIER_FIGURES; i++)
			if (fact->access[class].figure[i].known)
				return true;
	return false;
}

/* access1 is how CPUs see the node; access0 may describe a device's view. */
static int from_kernel(struct tier_topology *t, struct tier_node_info *node)
{
	static const enum tier_source sources[ACCESS_CLASSES] = { TIER_SOURCE_ACCESS0,
								  TIER_SOURCE_ACCESS1 };
	const struct node_fact *fact = facts_node(&t->facts, node->node);
	int ret = 0;

	for (int class = ACCESS_CLASSES - 1; fact && class >= 0; class --) {
		node->perf.known = take_access(fact, class, node->perf.value);
		if (!node->perf.known)
			continue;
		node->perf.why.source = sources[class];
		node->perf.why.text = topology_text(
			t, &ret, "node%u/access%d/initiators, %s", node->node, class,
			class ? "as CPUs see it" : "as some initiator sees it");
		return ret;
	}
	node->perf.why.text = fact && has_zero(fact) ?
				      "the firmware's table holds only zeros: unknown" :
				      "no figures in node access0 or access1";
	return 0;
}

/* hwloc's own reading, only where the kernel's files are not there (a machine
 * known by its XML alone). */
static void from_hwloc(struct tier_topology *t, struct tier_node_info *node)
{
	const struct node_fact *fact = facts_node(&t->witness, node->node);

	if (node->perf.known || !fact)
		return;
	node->perf.known = take_access(fact, 1, node->perf.value);
	if (!node->perf.known)
		node->perf.known = take_access(fact, 0, node->perf.value);
	if (!node->perf.known)
		return;
	node->perf.why.source = TIER_SOURCE_HWLOC;
	node->perf.why.text = "hwloc's memory attributes";
}

static int from_user(struct tier_topology *t, struct tier_node_info *node)
{
	const struct node_word *last = NULL;
	int ret = 0;

	for (int i = 0; i < TIER_FIGURES; i++) {
		const struct node_word *word =
			node_words_figure(&t->words, node->node, (enum tier_figure)i);

		if (!word)
			continue;
		node->perf.known |= 1U << i;
		node->perf.value[i] = word->value[i];
		last = word;
	}
	if (!last)
		return 0;
	node->perf.why.source = TIER_SOURCE_USER;
	node->perf.why.text = topology_text(t, &ret, "said by %s", last->origin);
	return ret;
}

static int from_firmware(struct tier_topology *t)
{
	for (size_t i = 0; i < t->n_nodes; i++) {
		struct tier_node_info *node = &t->nodes[i];
		int ret = 0;

		if (t->facts.is_fake_numa)
			node->perf.why.text =
				"numa=fake= cuts nodes that the firmware's tables do not "
				"know: its figures are not used";
		else
			ret = from_kernel(t, node);
		if (!t->facts.is_fake_numa)
			from_hwloc(t, node);
		if (ret)
			return ret;
	}
	return 0;
}

int conclude_figures(struct tier_topology *t)
{
	int ret = from_firmware(t);

	if (!ret)
		ret = take_measured(t);
	for (size_t i = 0; !ret && i < t->n_nodes; i++)
		ret = from_user(t, &t->nodes[i]);
	return ret;
}

bool figures_alike(double a, double b)
{
	return a > b ? a <= b * 1.1 : b <= a * 1.1;
}
