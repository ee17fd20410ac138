/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For the files that find notes: each has a table of rules and a function for it. */
#ifndef NOTES_H
#define NOTES_H

#include "topology.h"

/* Adds the notes of one id; 0 or -ENOMEM. */
struct note_rule {
	const char *id;
	int (*find)(struct tier_topology *t, const char *id);
};

int note_all(struct tier_topology *t, const struct note_rule *rules,
	     size_t count) MUST_CHECK;

/* By what they are on; in the order in which they are told. */
int note_input(struct tier_topology *t) MUST_CHECK;
int note_memory(struct tier_topology *t) MUST_CHECK;
int note_kernel(struct tier_topology *t) MUST_CHECK;
int note_dax(struct tier_topology *t) MUST_CHECK;
int note_losses(struct tier_topology *t) MUST_CHECK;

/* One note; `text` as topology_text() gave it, so "" is -ENOMEM. */
int note_add(struct tier_topology *t, const char *id, const struct tier_nodeset *nodes,
	     const char *text) MUST_CHECK;

/* The usual one: nodes, if there are any, between two parts of a sentence. */
int note_nodes(struct tier_topology *t, const char *id, const struct tier_nodeset *nodes,
	       const char *before, const char *after) MUST_CHECK;

/* Nodes that a test picks. */
typedef bool node_test(const struct tier_topology *t, const struct tier_node_info *node);

struct tier_nodeset pick_nodes(const struct tier_topology *t, node_test *test);

/* Two tests that several files need: memory that takes part in ranks, and DRAM. */
node_test has_ranked_memory;
node_test is_dram;

#endif
