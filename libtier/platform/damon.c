// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads who has DAMON's threads (kdamonds), and where the memory of each node lies. Changes
// nothing, and knows no wish.
#include "damon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "damon_file.h"
#include "damon_groups.h"
#include "nodeset.h"
#include "parse.h"
#include "platform.h"

#define BLOCK_SIZE "/sys/devices/system/memory/block_size_bytes"

/* Modules that have a kdamond of their own, beside which no other may run. */
static const char *const modules[] = { "damon_lru_sort", "damon_reclaim", "damon_stat" };

const char *read_first_line(struct root *root, struct arena *arena, const char *path,
			    int *ret)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const char *copy;

	*ret = damon_file_read(root, path, &text);
	if (*ret)
		return NULL;
	copy = arena_strndup(arena, strbuf_text(&text),
			     strcspn(strbuf_text(&text), "\n"));
	if (!copy)
		*ret = -ENOMEM;
	return copy;
}

const char *boot_id(struct root *root, struct arena *arena)
{
	int ret;
	const char *id =
		read_first_line(root, arena, "/proc/sys/kernel/random/boot_id", &ret);

	return ret == -ENOMEM ? NULL : id ? id : "";
}

/* ---- who has kdamonds ------------------------------------------------------------- */

struct reader {
	struct root *root;
	struct damon *damon;
	int ret; /* -ENOMEM or 0 */
};

/* "-" for what cannot be read. */
static const char *line_of(struct reader *reader, const char *path)
{
	int ret;
	const char *line =
		read_first_line(reader->root, &reader->damon->arena, path, &ret);

	if (ret == -ENOMEM)
		reader->ret = ret;
	return line ? line : "-";
}

static void say_kdamond(struct reader *reader)
{
	const char *const first = DAMON_KDAMONDS "/0/";
	char path[192];
	const char *words[4];
	static const char *const files[] = { "state", "pid", "contexts/0/operations",
					     "contexts/0/schemes/0/action" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s%s", first, files[i]);
		words[i] = line_of(reader, path);
	}
	reader->damon->who = arena_printf(
		&reader->damon->arena,
		"another program has %llu of DAMON's kdamonds (number 0: %.20s, pid "
		"%.20s, operations %.20s, action %.20s)",
		(unsigned long long)reader->damon->kdamonds, words[0], words[1], words[2],
		words[3]);
	if (!reader->damon->who)
		reader->ret = -ENOMEM;
}

static void look_for_module(struct reader *reader, const char *module)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/enabled", module);
	if (strcmp(line_of(reader, path), "Y") != 0)
		return;
	snprintf(path, sizeof(path), "/sys/module/%s/parameters/kdamond_pid", module);
	reader->damon->who =
		arena_printf(&reader->damon->arena,
			     "the kernel's module %s runs a kdamond (pid %.20s), beside "
			     "which no other may run",
			     module, line_of(reader, path));
	reader->damon->module = module;
	if (!reader->damon->who)
		reader->ret = -ENOMEM;
}

static void read_owner(struct reader *reader)
{
	struct damon *damon = reader->damon;
	const char *count =
		read_first_line(reader->root, &damon->arena, DAMON_COUNT, &damon->error);

	if (damon->error == -ENOMEM)
		reader->ret = -ENOMEM;
	if (damon->error == -ENOTDIR)
		damon->error = -ENOENT;
	if (damon->error)
		return;
	if (parse_u64(count, &damon->kdamonds))
		damon->error = -EIO;
	else if (damon->kdamonds)
		say_kdamond(reader);
	for (size_t i = 0; !damon->who && i < ARRAY_SIZE(modules); i++)
		look_for_module(reader, modules[i]);
}

/* ---- where memory lies -------------------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

/* Blocks that touch are one span. */
static int join_blocks(struct reader *reader, struct damon_node *node, uint64_t *ids,
		       size_t count)
{
	uint64_t size;

	if (parse_hex(line_of(reader, BLOCK_SIZE), &size) || !size)
		return 0;
	node->spans = arena_array(&reader->damon->arena, count, sizeof(*node->spans));
	if (!node->spans)
		return -ENOMEM;
	qsort(ids, count, sizeof(*ids), compare_ids);
	for (size_t i = 0; i < count; i++) {
		struct damon_span *last = node->spans + node->n_spans - 1;

		if (ids[i] >= UINT64_MAX / size)
			continue;
		if (!node->n_spans || last->end != ids[i] * size)
			*++last = (struct damon_span){ .start = ids[i] * size };
		last->end = (ids[i] + 1) * size;
		node->n_spans = (size_t)(last - node->spans) + 1;
	}
	return 0;
}

/* Blocks that are offline are in the list too: there DAMON finds no page. */
static int read_node(struct reader *reader, struct damon_node *node)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	uint64_t *ids;
	size_t count = 0;
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%u", node->node);
	ret = reader->root->ops->list(reader->root, path, &names);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	ids = arena_array(&reader->damon->arena, names.len / 2 + 1, sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	for (size_t at = 0; at < names.len; at += strlen(names.text + at) + 1)
		if (!strncmp(names.text + at, "memory", 6) &&
		    !parse_u64(names.text + at + 6, &ids[count]))
			count++;
	return count ? join_blocks(reader, node, ids, count) : 0;
}

static int read_nodes(struct reader *reader, const struct tier_nodeset *nodes)
{
	struct damon *damon = reader->damon;
	int ret = 0;

	damon->nodes = arena_array(&damon->arena, (size_t)tier_nodeset_count(nodes) + 1,
				   sizeof(*damon->nodes));
	if (!damon->nodes)
		return -ENOMEM;
	for_each_node(id, nodes) {
		struct damon_node *node = &damon->nodes[damon->n_nodes++];

		node->node = (unsigned int)id;
		ret = ret ? ret : read_node(reader, node);
	}
	return ret;
}

int damon_read_owner(struct root *root, struct damon *damon)
{
	struct reader reader = { .root = root, .damon = damon };

	*damon = (struct damon){ 0 };
	read_owner(&reader);
	if (reader.ret)
		damon_free(damon);
	return reader.ret;
}

int damon_read(struct root *root, const struct tier_nodeset *nodes, struct damon *damon)
{
	struct reader reader = { .root = root, .damon = damon };
	int ret;

	*damon = (struct damon){ .may_lack_nodes = !root->is_live };
	read_owner(&reader);
	damon->boot = boot_id(root, &damon->arena);
	ret = reader.ret || !damon->boot ? -ENOMEM : read_nodes(&reader, nodes);
	if (!ret && reader.ret)
		ret = reader.ret;
	if (!ret)
		ret = damon_read_groups(root, damon);
	if (ret)
		damon_free(damon);
	return ret;
}

void damon_free(struct damon *damon)
{
	arena_free(&damon->arena);
	*damon = (struct damon){ 0 };
}

const struct damon_node *damon_node(const struct damon *damon, unsigned int node)
{
	for (size_t i = 0; i < damon->n_nodes; i++)
		if (damon->nodes[i].node == node)
			return &damon->nodes[i];
	return NULL;
}
