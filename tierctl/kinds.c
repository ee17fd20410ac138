// SPDX-License-Identifier: GPL-2.0-or-later
// Words and colours for kinds of memory. What is not known is "-".
#include "kinds.h"

#include <string.h>

#include "nodeset.h"

const char *kind_text(enum tier_kind kind)
{
	return kind == TIER_KIND_UNKNOWN ? "-" : tier_kind_name(kind);
}

const char *kinds_text(const struct tier_topology *topology,
		       const struct tier_nodeset *nodes, char buf[KINDS_BYTES])
{
	unsigned int seen = 0;
	size_t len = 0;

	for_each_node(node, nodes) {
		struct tier_node_info info;

		if (!tier_node_get(topology, (unsigned int)node, &info, sizeof(info)))
			seen |= 1U << info.kind;
	}
	if (!(seen & ~(1U << TIER_KIND_UNKNOWN)))
		return strcpy(buf, "-");
	for (unsigned int kind = TIER_KIND_DRAM; kind <= TIER_KIND_GPU; kind++)
		if (seen & 1U << kind)
			len += (size_t)snprintf(buf + len, KINDS_BYTES - len, "%s%s",
						len ? "+" : "", tier_kind_name(kind));
	if (seen & 1U << TIER_KIND_UNKNOWN)
		snprintf(buf + len, KINDS_BYTES - len, "+?");
	return buf;
}

enum tint kind_tint(const char *cell)
{
	static const struct {
		enum tier_kind kind;
		enum tint tint;
	} tints[] = {
		{ TIER_KIND_DRAM, TINT_GREEN }, { TIER_KIND_HBM, TINT_MAGENTA },
		{ TIER_KIND_CXL, TINT_CYAN },	{ TIER_KIND_PMEM, TINT_YELLOW },
		{ TIER_KIND_GPU, TINT_BLUE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tints); i++)
		if (!strcmp(cell, tier_kind_name(tints[i].kind)))
			return tints[i].tint;
	return TINT_NONE;
}

const char *rank_text(const struct tier_node_info *info, char buf[FIGURE_BYTES])
{
	return figure_count(info->flags & TIER_NODE_KNOWS_RANK, info->rank, buf);
}
