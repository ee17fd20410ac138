/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside of a topology: what was read, and what was concluded from it. Built by
 * the steps below in their order, then const for ever.
 */
#ifndef TOPOLOGY_H
#define TOPOLOGY_H

#include <stdatomic.h>

#include "arena.h"
#include "facts.h"
#include "measured.h"
#include "nodeset.h"
#include "tier.h"
#include "words.h"

struct tier_topology {
	atomic_uint refs;
	struct arena arena;   /* owns the arrays and texts below */
	struct facts facts;   /* the kernel's files */
	struct facts witness; /* hwloc's answers; empty when it was not asked */
	struct node_words words;
	struct measured measured;	 /* empty when nothing was */
	char signature[SIGNATURE_BYTES]; /* see topology_sign() */

	struct tier_node_info *nodes; /* ascending by id */
	size_t n_nodes;
	struct tier_info *tiers;
	size_t n_tiers;
	struct tier_dax_info *dax;
	size_t n_dax;
	struct tier_note *notes;
	size_t n_notes;
};

struct root;
struct witness_ops;

/* Where a topology is read from. The witnesses may be NULL. */
struct topology_source {
	struct root *root;
	const char *node_words; /* text of TIERKIT_NODES, or NULL */
	const struct witness_ops *hwloc;
	const struct witness_ops *daxctl;
};

/* Errors as tier_topology_load(). */
int topology_read(const struct topology_source *source, struct tier_topology **out,
		  struct tier_diag *diag) MUST_CHECK;

/* Conclusions, each from facts and from the conclusions before it; pure. They
 * return 0 or -ENOMEM. */
int topology_conclude(struct tier_topology *t) MUST_CHECK; /* all, in order */
int conclude_dax(struct tier_topology *t) MUST_CHECK;
int conclude_losses(struct tier_topology *t) MUST_CHECK;
int conclude_figures(struct tier_topology *t) MUST_CHECK;
int conclude_kinds(struct tier_topology *t) MUST_CHECK;
int conclude_usability(struct tier_topology *t) MUST_CHECK;
int conclude_near_memory(struct tier_topology *t) MUST_CHECK;
int conclude_ranks(struct tier_topology *t) MUST_CHECK;
int conclude_tiers(struct tier_topology *t) MUST_CHECK;
int conclude_notes(struct tier_topology *t) MUST_CHECK;

/* Set the signature, which needs the nodes and nothing else. */
void topology_sign(struct tier_topology *t);
/* Whether there are measured figures, and of a machine with this signature. */
bool measured_is_ours(const struct tier_topology *t);
/* Put them where they count. A part of conclude_figures(). */
int take_measured(struct tier_topology *t) MUST_CHECK;

/* What hwloc's subtype of a node means; unknown for NULL and words of no kind. */
enum tier_kind kind_by_hwloc(const char *subtype);

/* NULL when there is no such node. */
struct tier_node_info *topology_node(const struct tier_topology *t, unsigned int node);
/*
 * Whether each of the nodes holds movable memory only, and there is one. Of a node
 * that the machine does not have nothing is known, so it counts as one that may not.
 */
bool topology_only_movable(const struct tier_topology *t,
			   const struct tier_nodeset *nodes);

/* A text of the topology's own; sets *ret to -ENOMEM and returns "" on failure. */
const char *topology_text(struct tier_topology *t, int *ret, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* Whether two values are the same within the 10 % that the kernel allows DRAM
 * nodes to differ by (mm/memory-tiers.c, mt_set_default_dram_perf). */
bool figures_alike(double a, double b);

#endif
