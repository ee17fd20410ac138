// SPDX-License-Identifier: LGPL-2.1-or-later
// The container of what was read: growing its arrays and looking things up.
#include "facts.h"

#include <errno.h>
#include <string.h>

/* Position of the first node whose id is not below `node`. */
static size_t node_position(const struct facts *facts, unsigned int node)
{
	size_t low = 0, high = facts->n_nodes;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (facts->nodes[middle].node < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct node_fact *facts_node(const struct facts *facts, unsigned int node)
{
	size_t at = node_position(facts, node);

	if (at == facts->n_nodes || facts->nodes[at].node != node)
		return NULL;
	return &facts->nodes[at];
}

struct node_fact *facts_add_node(struct facts *facts, unsigned int node)
{
	size_t at = node_position(facts, node);
	struct node_fact *nodes;

	if (at < facts->n_nodes && facts->nodes[at].node == node)
		return &facts->nodes[at];
	nodes = arena_grow(&facts->arena, facts->nodes, facts->n_nodes, sizeof(*nodes));
	if (!nodes)
		return NULL;
	facts->nodes = nodes;
	memmove(&nodes[at + 1], &nodes[at], (facts->n_nodes - at) * sizeof(*nodes));
	facts->n_nodes++;
	nodes[at] = (struct node_fact){ .node = node };
	return &nodes[at];
}

struct dax_fact *facts_add_dax(struct facts *facts, const char *name)
{
	struct dax_fact *dax =
		arena_grow(&facts->arena, facts->dax, facts->n_dax, sizeof(*dax));
	const char *copy = arena_strdup(&facts->arena, name);
	size_t at = facts->n_dax;

	if (!dax || !copy)
		return NULL;
	facts->dax = dax;
	/* dax10.0 comes after dax2.0. */
	while (at && strverscmp(dax[at - 1].name, name) > 0)
		at--;
	memmove(&dax[at + 1], &dax[at], (facts->n_dax - at) * sizeof(*dax));
	facts->n_dax++;
	dax[at] = (struct dax_fact){ .name = copy, .driver = "" };
	return &dax[at];
}

int facts_add_problem(struct facts *facts, const char *path, const char *words)
{
	struct problem_fact *problems = arena_grow(&facts->arena, facts->problems,
						   facts->n_problems, sizeof(*problems));

	if (!problems)
		return -ENOMEM;
	facts->problems = problems;
	problems += facts->n_problems;
	problems->path = arena_strdup(&facts->arena, path);
	problems->words = arena_strdup(&facts->arena, words);
	if (!problems->path || !problems->words)
		return -ENOMEM;
	facts->n_problems++;
	return 0;
}

void facts_free(struct facts *facts)
{
	arena_free(&facts->arena);
	*facts = (struct facts){ 0 };
}
