// SPDX-License-Identifier: LGPL-2.1-or-later
// From a root to a topology: read the facts, ask the witnesses, then conclude.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "platform.h"
#include "topology.h"

/* libdaxctl's answer replaces sysfs's; a witness with nothing to say, or one
 * that fails for a reason of its own, costs nothing. */
static int read_dax(const struct topology_source *source, struct facts *facts)
{
	int ret = -ENOENT;

	if (source->daxctl)
		ret = source->daxctl->load(source->root, facts);
	if (ret == -ENOMEM || !ret)
		return ret;
	facts->n_dax = 0;
	return facts_read_dax(source->root, facts);
}

/* Having nothing to say is no failure, and a failure is a note. */
static int read_hwloc(const struct topology_source *source, struct tier_topology *t)
{
	int ret;

	if (!source->hwloc)
		return 0;
	ret = source->hwloc->load(source->root, &t->witness);
	if (!ret || ret == -ENOMEM)
		return ret;
	facts_free(&t->witness);
	if (ret == -ENOENT)
		return 0;
	return facts_add_problem(&t->facts, source->hwloc->name, tier_strerror(ret));
}

/* A machine that is known by hwloc's XML alone still has nodes. */
static int nodes_from_witness(struct facts *facts, const struct facts *witness)
{
	for (size_t i = 0; i < witness->n_nodes; i++) {
		const struct node_fact *seen = &witness->nodes[i];
		struct node_fact *node = facts_add_node(facts, seen->node);

		if (!node)
			return -ENOMEM;
		*node = *seen;
		/* The figures stay hwloc's word, see figures.c. */
		memset(node->access, 0, sizeof(node->access));
		(void)tier_nodeset_add(&facts->online.nodes, seen->node);
	}
	facts->online.known = facts->n_nodes > 0;
	return facts->n_nodes ? 0 : -ENODATA;
}

static int read_facts(const struct topology_source *source, struct tier_topology *t)
{
	int ret = read_hwloc(source, t);
	int nodes;

	if (ret)
		return ret;
	nodes = facts_read_nodes(source->root, &t->facts);
	if (nodes == -ENODATA)
		nodes = nodes_from_witness(&t->facts, &t->witness);
	ret = nodes;
	if (!ret)
		ret = facts_read_kernel(source->root, &t->facts);
	if (!ret)
		ret = read_dax(source, &t->facts);
	return ret ? ret : facts_read_kmem(source->root, &t->facts);
}

/* The file first: what stands in the environment wins over it. */
static int read_words(const struct topology_source *source, struct tier_topology *t,
		      struct tier_diag *diag)
{
	SCOPED_STRBUF struct strbuf file = { 0 };
	int ret = facts_read_text(source->root, &t->facts, USER_TEXT_WORDS, &file);

	if (!ret)
		ret = node_words_parse(&t->words, &t->arena, strbuf_text(&file),
				       "tierkit.conf", diag);
	if (!ret && source->node_words)
		ret = node_words_parse(&t->words, &t->arena, source->node_words,
				       "TIERKIT_NODES", diag);
	return ret;
}

/* A benchmark's file that makes no sense costs what it would tell, and nothing else. */
static int read_measured(const struct topology_source *source, struct tier_topology *t)
{
	SCOPED_STRBUF struct strbuf file = { 0 };
	struct tier_diag diag = { 0 };
	int ret = facts_read_text(source->root, &t->facts, USER_TEXT_MEASURED, &file);

	if (ret || !file.len)
		return ret;
	ret = measured_parse(&t->measured, &t->arena, strbuf_text(&file), &diag);
	if (ret != -EINVAL)
		return ret;
	return facts_add_problem(&t->facts, user_text_paths[USER_TEXT_MEASURED],
				 diag.message);
}

static int count_memory(const struct tier_topology *t)
{
	int count = 0;

	for (size_t i = 0; i < t->n_nodes; i++)
		count += !!(t->nodes[i].flags & TIER_NODE_HAS_MEMORY);
	return count;
}

static int fill(const struct topology_source *source, struct tier_topology *t,
		struct tier_diag *diag)
{
	int ret = read_facts(source, t);

	if (!ret)
		ret = read_measured(source, t);
	if (!ret)
		ret = read_words(source, t, diag);
	if (ret == -EINVAL)
		return ret; /* diag has the place already */
	if (!ret)
		ret = topology_conclude(t);
	if (!ret && !count_memory(t))
		ret = -ENODATA;
	if (ret == -ENODATA)
		return diag_set(diag, ret, "%s",
				source->root->is_live ?
					"no node with memory is shown: a kernel without "
					"NUMA, or a container that hides its sysfs" :
					"no node with memory below this root");
	return ret ? diag_set(diag, ret, "%s", tier_strerror(ret)) : 0;
}

int topology_read(const struct topology_source *source, struct tier_topology **out,
		  struct tier_diag *diag)
{
	struct tier_topology *t = calloc(1, sizeof(*t));
	int ret;

	if (!t)
		return diag_set(diag, -ENOMEM, "%s", tier_strerror(-ENOMEM));
	atomic_init(&t->refs, 1);
	ret = fill(source, t, diag);
	if (ret) {
		tier_topology_unref(t);
		return ret;
	}
	*out = t;
	return 0;
}
