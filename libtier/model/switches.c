// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the switches. Turns none, and does not know what they are worth.
#include "switches.h"

#include <errno.h>
#include <string.h>

#include "nodeset.h"
#include "platform.h"

struct reader {
	struct root *root;
	struct switches *switches;
	struct strbuf text;
	int ret;
};

static const char *keep(struct reader *reader, const char *text, size_t len)
{
	char *copy = arena_strndup(&reader->switches->arena, text, len);

	if (!copy)
		reader->ret = -ENOMEM;
	return copy;
}

/* A file that can only be written has no text, and is there all the same. */
static struct switch_file read_switch(struct reader *reader, const char *path)
{
	struct switch_file file = { .path = keep(reader, path, strlen(path)) };
	const char *text;

	strbuf_reset(&reader->text);
	file.error = reader->root->ops->read(reader->root, path, &reader->text);
	if (file.error == -ENOMEM)
		reader->ret = -ENOMEM;
	if (file.error == -ENOTDIR)
		file.error = -ENOENT;
	if (file.error)
		return file;
	text = strbuf_text(&reader->text);
	file.text = keep(reader, text, strcspn(text, "\n"));
	return file;
}

/* Under the first of its names that is there. */
static struct switch_file read_auto_weights(struct reader *reader)
{
	struct switch_file file = { 0 };

	for (size_t i = 0; kernel_auto_weights_paths[i]; i++) {
		file = read_switch(reader, kernel_auto_weights_paths[i]);
		if (file.error != -ENOENT)
			return file;
	}
	return file;
}

static void read_node(struct reader *reader, struct node_switches *node)
{
	char path[96];

	node->weight =
		read_switch(reader, kernel_weight_path(node->node, path, sizeof(path)));
	node->reclaim =
		read_switch(reader, kernel_reclaim_path(node->node, path, sizeof(path)));
}

static void read_all(struct reader *reader, const struct tier_nodeset *nodes)
{
	struct switches *switches = reader->switches;

	switches->demotion = read_switch(reader, kernel_demotion_path);
	switches->balancing = read_switch(reader, kernel_balancing_path);
	switches->promote_rate = read_switch(reader, kernel_promote_rate_path);
	switches->auto_weights = read_auto_weights(reader);
	switches->nodes = arena_array(&switches->arena, (size_t)tier_nodeset_count(nodes),
				      sizeof(*switches->nodes));
	if (!switches->nodes) {
		reader->ret = -ENOMEM;
		return;
	}
	for_each_node(id, nodes) {
		struct node_switches *node = &switches->nodes[switches->n_nodes++];

		node->node = (unsigned int)id;
		read_node(reader, node);
	}
}

int switches_read(struct root *root, const struct tier_nodeset *nodes,
		  struct switches *switches)
{
	struct reader reader = { .root = root, .switches = switches };

	*switches = (struct switches){ 0 };
	read_all(&reader, nodes);
	strbuf_free(&reader.text);
	if (reader.ret)
		switches_free(switches);
	return reader.ret;
}

void switches_free(struct switches *switches)
{
	arena_free(&switches->arena);
	*switches = (struct switches){ 0 };
}

const struct node_switches *switches_node(const struct switches *switches,
					  unsigned int node)
{
	for (size_t i = 0; i < switches->n_nodes; i++)
		if (switches->nodes[i].node == node)
			return &switches->nodes[i];
	return NULL;
}
