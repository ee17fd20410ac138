// SPDX-License-Identifier: LGPL-2.1-or-later
// What /sys/devices/system/node says, without hwloc. Concludes nothing.
#include <errno.h>
#include <string.h>

#include "cpus.h"
#include "fact_file.h"
#include "nodeset.h"
#include "parse.h"

#define NODE_DIR "/sys/devices/system/node"

/* Files of accessN/initiators in the order of enum tier_figure, with what one
 * of their units is in ours: MiB/s and ns (Documentation/admin-guide/mm/
 * numaperf.rst). */
static const struct {
	const char *name;
	uint64_t unit;
} access_files[TIER_FIGURES] = {
	[TIER_READ_BANDWIDTH] = { "read_bandwidth", 1 << 20 },
	[TIER_WRITE_BANDWIDTH] = { "write_bandwidth", 1 << 20 },
	[TIER_READ_LATENCY] = { "read_latency", 1 },
	[TIER_WRITE_LATENCY] = { "write_latency", 1 },
};

static int read_sets(struct fact_reader *reader)
{
	struct facts *facts = reader->facts;
	const struct {
		const char *name;
		struct set_fact *set;
	} files[] = {
		{ "online", &facts->online },
		{ "possible", &facts->possible },
		{ "has_memory", &facts->has_memory },
		{ "has_normal_memory", &facts->has_normal_memory },
		{ "has_cpu", &facts->has_cpu },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		int ret;

		fact_path(reader, NODE_DIR "/%s", files[i].name);
		ret = fact_set(reader, files[i].set);
		if (ret)
			return ret;
	}
	return 0;
}

/* The kB figure of a "Node 0 MemTotal:  123 kB" line. */
static bool find_kilobytes(const char *meminfo, const char *name, struct figure *bytes)
{
	const char *at = strstr(meminfo, name);
	uint64_t kilobytes, value;

	if (!at)
		return false;
	at += strlen(name);
	at += strspn(at, " \t");
	if (parse_digits(&at, &kilobytes) ||
	    __builtin_mul_overflow(kilobytes, 1024, &value))
		return false;
	*bytes = (struct figure){ true, value };
	return true;
}

static int read_meminfo(struct fact_reader *reader, struct node_fact *node)
{
	bool has_total, has_free;
	const char *text;
	int ret;

	fact_path(reader, NODE_DIR "/node%u/meminfo", node->node);
	ret = fact_read(reader);
	if (ret <= 0)
		return ret;
	text = strbuf_text(&reader->text);
	has_total = find_kilobytes(text, "MemTotal:", &node->total_bytes);
	has_free = find_kilobytes(text, "MemFree:", &node->free_bytes);
	if (!has_total || !has_free)
		return fact_problem(reader, "lacks MemTotal or MemFree");
	if (node->free_bytes.value <= node->total_bytes.value)
		return 0;
	node->free_bytes = (struct figure){ 0 };
	return fact_problem(reader, "says that more is free than there is");
}

static int read_access(struct fact_reader *reader, struct node_fact *node, int class)
{
	struct access_fact *access = &node->access[class];
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret;

	fact_path(reader, NODE_DIR "/node%u/access%d/initiators", node->node, class);
	ret = fact_list(reader, &names);
	if (ret <= 0)
		return ret;
	for (const char *name = NULL; (name = fact_next_name(&names, name));) {
		int initiator = fact_numbered(name, "node");

		if (initiator >= 0)
			(void)tier_nodeset_add(&access->initiators,
					       (unsigned int)initiator);
	}
	for (size_t i = 0; i < TIER_FIGURES; i++) {
		struct figure *figure = &access->figure[i];

		fact_path(reader, NODE_DIR "/node%u/access%d/initiators/%s", node->node,
			  class, access_files[i].name);
		ret = fact_number(reader, figure);
		if (ret)
			return ret;
		if (__builtin_mul_overflow(figure->value, access_files[i].unit,
					   &figure->value))
			*figure = (struct figure){ 0 };
	}
	return 0;
}

/* The last cache in front of the memory; several levels do not add up. */
static int read_side_cache(struct fact_reader *reader, struct node_fact *node)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret;

	fact_path(reader, NODE_DIR "/node%u/memory_side_cache", node->node);
	ret = fact_list(reader, &names);
	if (ret <= 0)
		return ret;
	for (const char *name = NULL; (name = fact_next_name(&names, name));) {
		if (fact_numbered(name, "index") < 0)
			continue;
		fact_path(reader, NODE_DIR "/node%u/memory_side_cache/%s/size",
			  node->node, name);
		ret = fact_number(reader, &node->side_cache_bytes);
		if (ret)
			return ret;
	}
	return 0;
}

/* A list that is none must not pass for CPUs, nor be handed on in a plan. */
static int read_cpus(struct fact_reader *reader, struct node_fact *node)
{
	struct cpus cpus;
	int ret;

	fact_path(reader, NODE_DIR "/node%u/cpulist", node->node);
	ret = fact_text(reader, &node->cpus);
	if (ret || !node->cpus || !*node->cpus || !cpus_parse(node->cpus, &cpus))
		return ret;
	node->cpus = NULL;
	return fact_problem(reader, "is not a list of CPUs");
}

static int read_weight(struct fact_reader *reader, struct node_fact *node)
{
	int ret;

	kernel_weight_path(node->node, reader->path, sizeof(reader->path));
	ret = fact_number(reader, &node->weight);
	if (ret || !node->weight.known ||
	    (node->weight.value && node->weight.value <= KERNEL_WEIGHT_MAX))
		return ret;
	node->weight = (struct figure){ 0 };
	return fact_problem(reader, "is not a weight from 1 to 255");
}

static int read_failures(struct fact_reader *reader, struct node_fact *node)
{
	fact_path(reader, NODE_DIR "/node%u/memory_failure/total", node->node);
	return fact_number(reader, &node->failures);
}

static int read_node(struct fact_reader *reader, struct node_fact *node)
{
	int ret = read_cpus(reader, node);

	if (!ret)
		ret = read_meminfo(reader, node);
	for (int class = 0; !ret && class < ACCESS_CLASSES; class ++)
		ret = read_access(reader, node, class);
	if (!ret)
		ret = read_side_cache(reader, node);
	if (!ret)
		ret = read_failures(reader, node);
	return ret ? ret : read_weight(reader, node);
}

static const char *skip_blanks(const char *text)
{
	while (*text == ' ')
		text++;
	return text;
}

/* One more distance behind blanks; NULL: no number, or too large for one. */
static const char *scan_distance(const char *text, uint16_t *distance)
{
	const char *digits = skip_blanks(text);
	uint32_t sum = 0;

	for (text = digits; *text >= '0' && *text <= '9' && sum <= UINT16_MAX; text++)
		sum = sum * 10 + (uint32_t)(*text - '0');
	*distance = (uint16_t)sum;
	return text == digits || sum > UINT16_MAX ? NULL : text;
}

/* A row holds one number per online node, in order: their positions are not
 * node ids. A machine of 1,024 nodes has a million of them. */
static bool parse_distances(const char *text, const struct facts *facts, uint16_t *row)
{
	const struct tier_nodeset online = facts->online.nodes;

	for (size_t i = 0; i < facts->n_nodes; i++) {
		if (!tier_nodeset_has(&online, facts->nodes[i].node))
			continue;
		text = scan_distance(text, &row[i]);
		if (!text)
			return false;
	}
	text = skip_blanks(text);
	return *text == '\n' || !*text;
}

static int read_distances(struct fact_reader *reader, struct node_fact *node)
{
	uint16_t *row;
	int ret;

	fact_path(reader, NODE_DIR "/node%u/distance", node->node);
	ret = fact_read(reader);
	if (ret <= 0)
		return ret;
	row = arena_array(&reader->facts->arena, reader->facts->n_nodes, sizeof(*row));
	if (!row)
		return -ENOMEM;
	if (!parse_distances(strbuf_text(&reader->text), reader->facts, row))
		return fact_problem(reader, "is not one number per online node");
	node->distance = row;
	return 0;
}

/* Every directory nodeN and every online node becomes a fact. */
static int add_nodes(struct fact_reader *reader, const struct strbuf *names)
{
	struct facts *facts = reader->facts;
	struct tier_nodeset found = { 0 };

	for (const char *name = NULL; (name = fact_next_name(names, name));) {
		int id = fact_numbered(name, "node");

		if (id >= 0)
			(void)tier_nodeset_add(&found, (unsigned int)id);
	}
	/* By number, so that each goes behind those before it. */
	for_each_node(id, &found) {
		struct node_fact *node = facts_add_node(facts, (unsigned int)id);

		if (!node)
			return -ENOMEM;
		node->has_directory = true;
	}
	if (!facts->online.known)
		facts->online.nodes = found;
	return 0;
}

static int read_directory(struct fact_reader *reader)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret;

	fact_path(reader, NODE_DIR);
	ret = fact_list(reader, &names);
	if (ret < 0)
		return ret;
	if (ret == 0)
		return -ENODATA;
	ret = read_sets(reader);
	return ret ? ret : add_nodes(reader, &names);
}

int facts_read_nodes(struct root *root, struct facts *facts)
{
	struct fact_reader reader = { .root = root, .facts = facts };
	int ret = read_directory(&reader);

	for (size_t i = 0; !ret && i < facts->n_nodes; i++)
		ret = read_node(&reader, &facts->nodes[i]);
	for (size_t i = 0; !ret && i < facts->n_nodes; i++)
		ret = read_distances(&reader, &facts->nodes[i]);
	strbuf_free(&reader.text);
	return ret;
}
