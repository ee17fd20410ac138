// SPDX-License-Identifier: LGPL-2.1-or-later
// Kernel tiers, switches, the task's own limits and GPU nodes. Concludes nothing.
#include <errno.h>
#include <string.h>

#include "fact_file.h"
#include "parse.h"

#define TIERING_DIR "/sys/devices/virtual/memory_tiering"
#define NVIDIA_DIR  "/proc/driver/nvidia/gpus"

static int add_tier(struct fact_reader *reader, unsigned int id)
{
	struct facts *facts = reader->facts;
	struct set_fact set = { 0 };
	struct kernel_tier_fact *tiers;
	int ret;

	/* The kernel creates "nodelist"; its ABI document says "nodes". */
	fact_path(reader, TIERING_DIR "/memory_tier%u/nodelist", id);
	ret = fact_set(reader, &set);
	if (ret || !set.known)
		return ret;
	tiers = arena_grow(&facts->arena, facts->tiers, facts->n_tiers, sizeof(*tiers));
	if (!tiers)
		return -ENOMEM;
	facts->tiers = tiers;
	tiers += facts->n_tiers++;
	/* Names sort by bytes, numbers do not: insert in its place. */
	while (tiers > facts->tiers && tiers[-1].id > id) {
		tiers[0] = tiers[-1];
		tiers--;
	}
	*tiers = (struct kernel_tier_fact){ .id = id, .nodes = set.nodes };
	return 0;
}

static int read_tiers(struct fact_reader *reader)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret;

	fact_path(reader, TIERING_DIR);
	ret = fact_list(reader, &names);
	if (ret <= 0)
		return ret;
	for (const char *name = NULL; (name = fact_next_name(&names, name));) {
		int id = fact_numbered(name, "memory_tier");

		if (id < 0)
			continue;
		ret = add_tier(reader, (unsigned int)id);
		if (ret)
			return ret;
	}
	return 0;
}

/* Value of a "Name:\tvalue" line, NULL when there is none. */
static const char *status_value(const char *status, const char *name)
{
	const char *line;
	size_t len;

	while (next_line(&status, &line, &len)) {
		if (!strncmp(line, name, strlen(name)))
			return line + strlen(name) + strspn(line + strlen(name), " \t");
	}
	return NULL;
}

static int read_mems_allowed(struct fact_reader *reader)
{
	struct set_fact *allowed = &reader->facts->mems_allowed;
	const char *value;
	char list[8192];
	int ret;

	fact_path(reader, "/proc/self/status");
	ret = fact_read(reader);
	if (ret <= 0)
		return ret;
	value = status_value(strbuf_text(&reader->text), "Mems_allowed_list:");
	if (!value)
		return fact_problem(reader, "lacks Mems_allowed_list");
	snprintf(list, sizeof(list), "%.*s", (int)strcspn(value, "\n"), value);
	if (tier_nodeset_parse(list, &allowed->nodes, NULL))
		return fact_problem(reader, "has a Mems_allowed_list that is no list");
	allowed->known = true;
	return 0;
}

static int read_demotion(struct fact_reader *reader)
{
	fact_path(reader, "%s", kernel_demotion_path);
	return fact_bool(reader, &reader->facts->demotion);
}

static int read_auto_weights(struct fact_reader *reader)
{
	struct figure *automatic = &reader->facts->auto_weights;

	for (size_t i = 0; !automatic->known && kernel_auto_weights_paths[i]; i++) {
		int ret;

		fact_path(reader, "%s", kernel_auto_weights_paths[i]);
		ret = fact_bool(reader, automatic);
		if (ret)
			return ret;
	}
	return 0;
}

static int read_command_line(struct fact_reader *reader)
{
	const char *text, *end, *word;
	size_t len;
	int ret;

	fact_path(reader, "/proc/cmdline");
	ret = fact_read(reader);
	if (ret <= 0)
		return ret;
	text = strbuf_text(&reader->text);
	end = text + strcspn(text, "\n");
	while (next_word(&text, end, &word, &len))
		if (len > 10 && !strncmp(word, "numa=fake=", 10))
			reader->facts->is_fake_numa = true;
	return 0;
}

static int read_gpu(struct fact_reader *reader, const char *name)
{
	const char *value;
	uint64_t node;
	int ret;

	fact_path(reader, NVIDIA_DIR "/%s/numa_status", name);
	ret = fact_read(reader);
	if (ret <= 0)
		return ret;
	value = status_value(strbuf_text(&reader->text), "Node:");
	/* A GPU whose memory is no node of its own has no such line, or -1. */
	if (!value || parse_digits(&value, &node))
		return 0;
	if (node >= TIER_MAX_NODES)
		return fact_problem(reader, "names a node that cannot be");
	return tier_nodeset_add(&reader->facts->gpu, (unsigned int)node);
}

static int read_gpus(struct fact_reader *reader)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret;

	fact_path(reader, NVIDIA_DIR);
	ret = fact_list(reader, &names);
	if (ret <= 0)
		return ret;
	for (const char *name = NULL; (name = fact_next_name(&names, name));) {
		ret = read_gpu(reader, name);
		if (ret)
			return ret;
	}
	return 0;
}

static int read_hotplug(struct fact_reader *reader)
{
	int ret;

	fact_path(reader, "/sys/devices/system/memory/block_size_bytes");
	ret = fact_hex(reader, &reader->facts->block_bytes);
	if (ret)
		return ret;
	fact_path(reader, "/sys/devices/system/memory/auto_online_blocks");
	return fact_text(reader, &reader->facts->auto_online);
}

static int read_balancing(struct fact_reader *reader)
{
	fact_path(reader, "%s", kernel_balancing_path);
	return fact_number(reader, &reader->facts->numa_balancing);
}

int facts_read_kernel(struct root *root, struct facts *facts)
{
	static int (*const parts[])(struct fact_reader *) = {
		read_tiers,	   read_mems_allowed, read_demotion, read_balancing,
		read_auto_weights, read_command_line, read_gpus,     read_hotplug,
	};
	struct fact_reader reader = { .root = root, .facts = facts };
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(parts); i++)
		ret = parts[i](&reader);
	strbuf_free(&reader.text);
	return ret;
}
