// SPDX-License-Identifier: LGPL-2.1-or-later
// Control groups: exact figures of the kernel, for those that the processes are in and those
// above them.
#include <errno.h>
#include <string.h>

#include "gauge_text.h"
#include "sampler.h"

void sampler_free_groups(struct sampler *sampler)
{
	for (size_t i = 0; i < sampler->n_groups; i++) {
		free(sampler->groups[i].path);
		free(sampler->groups[i].bytes);
	}
	free(sampler->groups);
	sampler->groups = NULL;
	sampler->n_groups = 0;
}

static struct group *find(const struct sampler *sampler, const char *path, size_t len)
{
	for (size_t i = 0; i < sampler->n_groups; i++)
		if (!strncmp(sampler->groups[i].path, path, len) &&
		    !sampler->groups[i].path[len])
			return &sampler->groups[i];
	return NULL;
}

static struct group *add(struct sampler *sampler, const char *path, size_t len)
{
	struct group *grown =
		realloc(sampler->groups, (sampler->n_groups + 1) * sizeof(*grown));
	struct group *group;

	if (!grown)
		return NULL;
	sampler->groups = grown;
	group = &grown[sampler->n_groups];
	*group = (struct group){ .path = strndup(path, len) };
	if (!group->path)
		return NULL;
	sampler->n_groups++;
	return group;
}

/* The group of a process, and those above it, up to the top, "/". */
static int add_with_parents(struct sampler *sampler, const char *path)
{
	size_t len = strlen(path);
	struct group *group = find(sampler, path, len);

	if (group) {
		group->processes++;
		return 0;
	}
	group = add(sampler, path, len);
	if (!group)
		return -ENOMEM;
	group->processes = 1;
	while (len > 1) {
		while (len > 1 && path[len - 1] != '/')
			len--;
		len -= len > 1;
		if (find(sampler, path, len))
			return 0;
		if (!add(sampler, path, len))
			return -ENOMEM;
	}
	return 0;
}

/* A slash comes before any other character, else "/a-b" would part "/a" from "/a/c". */
static int place_of(char letter)
{
	if (letter == '/')
		return 1;
	return letter ? 1 + (unsigned char)letter : 0;
}

static int compare_paths(const void *a, const void *b)
{
	const char *first = ((const struct group *)a)->path;
	const char *second = ((const struct group *)b)->path;

	while (*first && *first == *second) {
		first++;
		second++;
	}
	return place_of(*first) - place_of(*second);
}

/* By node, then by tier. */
static int read_group(struct sampler *sampler, struct group *group, uint64_t *by_node)
{
	struct looking *looking = &sampler->looking;
	size_t n = looking->n_tiers + 1;
	struct group_bytes bytes = { by_node, by_node + TIER_MAX_NODES, TIER_MAX_NODES };
	/* The top one is the machine, and has no such file. */
	const char *path = group->path[1] ? group->path : "";
	int ret;

	group->bytes = calloc(2 * n, sizeof(*group->bytes));
	if (!group->bytes)
		return -ENOMEM;
	memset(by_node, 0, (size_t)2 * TIER_MAX_NODES * sizeof(*by_node));
	strbuf_reset(&looking->text);
	ret = cgroup_file(looking->root, path, "memory.numa_stat", &looking->text);
	if (!ret)
		ret = group_numa_stat(strbuf_text(&looking->text), &bytes);
	if (ret) {
		group->error = ret;
		return ret == -ENOMEM ? ret : 0;
	}
	for (size_t node = 0; node < TIER_MAX_NODES; node++) {
		uint32_t rank = sampler->rank[node];
		size_t tier = rank == UINT32_MAX ? n - 1 : rank;

		group->bytes[tier] += bytes.anon[node];
		group->bytes[n + tier] += bytes.file[node];
	}
	return 0;
}

int sampler_groups(struct sampler *sampler)
{
	uint64_t *by_node = calloc((size_t)2 * TIER_MAX_NODES, sizeof(*by_node));
	int ret = by_node ? 0 : -ENOMEM;

	sampler_free_groups(sampler);
	for (size_t i = 0; !ret && i < sampler->n_subjects; i++) {
		const char *path = sampler->subjects[i].cgroup;

		if (path && *path == '/')
			ret = add_with_parents(sampler, path);
	}
	if (sampler->n_groups)
		qsort(sampler->groups, sampler->n_groups, sizeof(*sampler->groups),
		      compare_paths);
	for (size_t i = 0; !ret && i < sampler->n_groups; i++)
		ret = read_group(sampler, &sampler->groups[i], by_node);
	free(by_node);
	return ret;
}
