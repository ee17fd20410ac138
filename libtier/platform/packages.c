// SPDX-License-Identifier: LGPL-2.1-or-later
// Sockets, from the numbers that the firmware gave to them.
#include "packages.h"

#include <errno.h>
#include <string.h>

#include "cpus.h"
#include "gauges.h"
#include "nodeset.h"
#include "parse.h"

static int read_line(struct root *root, unsigned int node, const char *name,
		     struct strbuf *out)
{
	int ret = node_file(root, node, name, out);

	while (!ret && out->len && out->text[out->len - 1] == '\n')
		strbuf_truncate(out, out->len - 1);
	return ret;
}

int cpu_package(struct root *root, unsigned int cpu, uint64_t *package)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	char path[80];
	int ret;

	snprintf(path, sizeof(path),
		 "/sys/devices/system/cpu/cpu%u/topology/physical_package_id", cpu);
	ret = root->ops->read(root, path, &text);
	/* -1 where the firmware does not say. */
	if (!ret && parse_u64(strbuf_text(&text), package))
		return -ENOENT;
	return ret;
}

int node_package(struct root *root, unsigned int node, uint64_t *package)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	bool is_known = false;
	struct cpus cpus;
	int ret = read_line(root, node, "cpulist", &text);

	if (ret)
		return ret == -ENOMEM || ret == -ENOENT ? ret : -EMLINK;
	if (!text.len)
		return -ENOENT;
	if (cpus_parse(text.text, &cpus))
		return -EMLINK;
	for (unsigned int cpu = 0; cpu < CPUS_MAX; cpu++) {
		uint64_t its;

		if (!CPU_ISSET(cpu % CPU_SETSIZE, &cpus.set[cpu / CPU_SETSIZE]))
			continue;
		ret = cpu_package(root, cpu, &its);
		if (ret)
			return ret == -ENOMEM ? ret : -EMLINK;
		if (is_known && its != *package)
			return -EMLINK;
		*package = its;
		is_known = true;
	}
	return 0;
}

/* ---- the nearest ----------------------------------------------------------------------------- */

struct search {
	struct root *root;
	uint64_t *package;
	uint64_t least; /* distance */
	int found;	/* what is known of the nodes at this distance */
};

static int try_node(struct search *search, unsigned int node, uint64_t distance)
{
	uint64_t package;
	int ret;

	if (distance > search->least)
		return 0;
	ret = node_package(search->root, node, &package);
	if (ret == -ENOENT)
		return 0;
	if (ret == -ENOMEM)
		return ret;
	if (distance == search->least && !search->found && !ret &&
	    package == *search->package)
		return 0;
	search->found = ret || distance == search->least ? -EMLINK : 0;
	search->least = distance;
	if (!ret)
		*search->package = package;
	return 0;
}

/* A row has a number for each node that is online, in their order. */
static int search_row(struct search *search, const struct tier_nodeset *online,
		      const char *row)
{
	const char *end = row + strlen(row);
	int ret = 0;

	for_each_node(node, online) {
		const char *word, *cursor;
		uint64_t distance;
		size_t len;

		if (!next_word(&row, end, &word, &len))
			return -EMLINK;
		cursor = word;
		if (parse_digits(&cursor, &distance) || cursor != word + len)
			return -EMLINK;
		ret = ret ? ret : try_node(search, (unsigned int)node, distance);
	}
	return ret ? ret : search->found;
}

int nearest_package(struct root *root, unsigned int node, uint64_t *package)
{
	SCOPED_STRBUF struct strbuf text = { 0 }, row = { 0 };
	struct search search = { root, package, UINT64_MAX, -EMLINK };
	struct tier_nodeset online;
	int ret = root->ops->read(root, "/sys/devices/system/node/online", &text);

	while (!ret && text.len && text.text[text.len - 1] == '\n')
		strbuf_truncate(&text, text.len - 1);
	if (!ret)
		ret = read_line(root, node, "distance", &row);
	if (ret)
		return ret == -ENOMEM ? ret : -EMLINK;
	if (tier_nodeset_parse(strbuf_text(&text), &online, NULL))
		return -EMLINK;
	return search_row(&search, &online, strbuf_text(&row));
}
