// SPDX-License-Identifier: LGPL-2.1-or-later
// Selectors as far as small files of the kernel tell. What needs evidence to be weighed,
// only tierctl run can say, and it hands down nodes.
#include <errno.h>
#include <string.h>

#include "diag.h"
#include "heap.h"
#include "kernel.h"
#include "nodeset.h"
#include "parse.h"

#define LONGEST_WORD 256

static int select_all(struct tier_nodeset *nodes)
{
	return kernel_nodes("has_memory", nodes);
}

/* The memory beside CPUs. */
static int select_dram(struct tier_nodeset *nodes)
{
	struct tier_nodeset cpus = { 0 };
	int ret = kernel_nodes("has_cpu", &cpus);

	if (!ret)
		ret = select_all(nodes);
	if (!ret)
		*nodes = nodeset_and(nodes, &cpus);
	return ret;
}

static int select_pmem(struct tier_nodeset *nodes)
{
	return kernel_dax("/ndbus", nodes);
}

static int select_cxl(struct tier_nodeset *nodes)
{
	return kernel_dax("/cxl", nodes);
}

static int select_fastest(struct tier_nodeset *nodes)
{
	return kernel_tier(0, nodes);
}

static int select_slowest(struct tier_nodeset *nodes)
{
	unsigned int rank = 0;
	int ret;

	while (!(ret = kernel_tier(rank, nodes)))
		rank++;
	return ret == -ENOENT && rank ? 0 : ret;
}

/* Every tier up to the last one that has memory beside CPUs; without kernel tiers, that
 * memory itself. */
static int select_fast(struct tier_nodeset *nodes)
{
	struct tier_nodeset near = { 0 }, seen = { 0 }, tier, both;
	int ret = select_dram(&near);

	*nodes = near;
	for (unsigned int rank = 0; !ret && !kernel_tier(rank, &tier); rank++) {
		seen = nodeset_or(&seen, &tier);
		both = nodeset_and(&tier, &near);
		if (!nodeset_is_empty(&both))
			*nodes = nodeset_or(nodes, &seen);
	}
	return ret;
}

static int select_slow(struct tier_nodeset *nodes)
{
	struct tier_nodeset all = { 0 };
	int ret = select_fast(nodes);

	if (!ret)
		ret = select_all(&all);
	*nodes = nodeset_minus(&all, nodes);
	return ret;
}

static const struct {
	const char *name;
	int (*select)(struct tier_nodeset *nodes);
} words[] = {
	{ "all", select_all },	       { "dram", select_dram },
	{ "pmem", select_pmem },       { "cxl", select_cxl },
	{ "fastest", select_fastest }, { "slowest", select_slowest },
	{ "fast", select_fast },       { "slow", select_slow },
};

/* "node:0", and "2-3" behind a comma. */
static int select_item(const char *item, bool *is_list, struct tier_nodeset *nodes)
{
	bool goes_on = *is_list && *item >= '0' && *item <= '9';
	uint64_t rank;

	*is_list = goes_on || !strncmp(item, "node:", 5);
	if (*is_list)
		return tier_nodeset_parse(goes_on ? item : item + 5, nodes, NULL);
	if (!strncmp(item, "tier:", 5))
		return parse_u64(item + 5, &rank) || rank > UINT8_MAX ?
			       -EINVAL :
			       kernel_tier((unsigned int)rank, nodes);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(item, words[i].name))
			return words[i].select(nodes);
	return -EINVAL;
}

int words_select(void *arg, const char *selector, struct tier_nodeset *nodes,
		 struct tier_diag *diag)
{
	bool is_list = false;

	(void)arg;
	*nodes = (struct tier_nodeset){ 0 };
	while (true) {
		struct tier_nodeset found = { 0 };
		size_t len = strcspn(selector, ",");
		char item[LONGEST_WORD];
		int ret = -EINVAL;

		if (len < sizeof(item)) {
			memcpy(item, selector, len);
			item[len] = '\0';
			ret = select_item(item, &is_list, &found);
		}
		if (ret)
			return diag_set(
				diag, ret,
				"'%.*s' selects nothing that can be told from here; "
				"tierctl run --heap knows more",
				(int)(len < 40 ? len : 40), selector);
		*nodes = nodeset_or(nodes, &found);
		if (!selector[len])
			return 0;
		selector += len + 1;
	}
}
