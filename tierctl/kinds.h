/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of memory as people read them. */
#ifndef KINDS_H
#define KINDS_H

#include "out.h"
#include "tier.h"

#define KINDS_BYTES 48

/* "dram", "-" when not known. */
const char *kind_text(enum tier_kind kind);
/* The kinds of a set of nodes: "dram", "dram+hbm", "cxl+?" when some are not known; "-"
 * when none is. */
const char *kinds_text(const struct tier_topology *topology,
		       const struct tier_nodeset *nodes, char buf[KINDS_BYTES]);
/* The colour of a cell that kind_text() or kinds_text() made. */
enum tint kind_tint(const char *cell);

/* A node's rank as text: "-" when it has none. */
const char *rank_text(const struct tier_node_info *info, char buf[FIGURE_BYTES]);

#endif
