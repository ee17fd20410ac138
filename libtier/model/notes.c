// SPDX-License-Identifier: LGPL-2.1-or-later
// What a person should know about this machine: adding notes, and in which order they
// are looked for. Finds none itself.
#include "notes.h"

#include <errno.h>

int note_add(struct tier_topology *t, const char *id, const struct tier_nodeset *nodes,
	     const char *text)
{
	struct tier_note *notes;

	if (!*text)
		return -ENOMEM;
	notes = arena_grow(&t->arena, t->notes, t->n_notes, sizeof(*notes));
	if (!notes)
		return -ENOMEM;
	t->notes = notes;
	notes[t->n_notes++] =
		(struct tier_note){ .id = id, .text = text, .nodes = *nodes };
	return 0;
}

int note_nodes(struct tier_topology *t, const char *id, const struct tier_nodeset *nodes,
	       const char *before, const char *after)
{
	char list[64];
	int ret = 0;

	if (nodeset_is_empty(nodes))
		return 0;
	return note_add(t, id, nodes,
			topology_text(t, &ret, "%s %s %s", before,
				      nodeset_brief(nodes, list, sizeof(list)), after));
}

struct tier_nodeset pick_nodes(const struct tier_topology *t, node_test *test)
{
	struct tier_nodeset set = { 0 };

	for (size_t i = 0; i < t->n_nodes; i++)
		if (test(t, &t->nodes[i]))
			(void)tier_nodeset_add(&set, t->nodes[i].node);
	return set;
}

bool has_ranked_memory(const struct tier_topology *t, const struct tier_node_info *node)
{
	(void)t;
	return node->flags & TIER_NODE_HAS_MEMORY && node->kind != TIER_KIND_GPU;
}

bool is_dram(const struct tier_topology *t, const struct tier_node_info *node)
{
	(void)t;
	return node->kind == TIER_KIND_DRAM && node->flags & TIER_NODE_HAS_MEMORY;
}

int note_all(struct tier_topology *t, const struct note_rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int ret = rules[i].find(t, rules[i].id);

		if (ret)
			return ret;
	}
	return 0;
}

int conclude_notes(struct tier_topology *t)
{
	static int (*const parts[])(struct tier_topology *) = {
		note_input, note_memory, note_kernel, note_dax, note_losses,
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		int ret = parts[i](t);

		if (ret)
			return ret;
	}
	return 0;
}
