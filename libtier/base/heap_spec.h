/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is asked of a heap, as text: "ratio:dram=3,pmem=1;limit:dram=8G". Selectors stay
 * uninterpreted text until somebody who knows a machine resolves them; a resolved text
 * is of the same grammar and has "node:" selectors only. Allocates nothing: it is read
 * inside of malloc.
 */
#ifndef HEAP_SPEC_H
#define HEAP_SPEC_H

#include "cleanup.h"
#include "tier.h"

#define HEAP_TIERS	  4
#define HEAP_SELECTOR	  256  /* bytes of the longest selector, with its NUL */
#define HEAP_WEIGHT_MAX	  1000 /* as in percent or permille */
#define HEAP_LINE	  4096 /* room for a resolved line, unless nodes are scattered */
#define HEAP_BOUNDARY_MIN 16ULL
#define HEAP_BOUNDARY_MAX (1ULL << 40)

enum heap_kind {
	HEAP_NOTHING = 0,
	HEAP_PREFER,
	HEAP_BIND,
	HEAP_INTERLEAVE,
	HEAP_RATIO,
	HEAP_THRESHOLD,
	HEAP_AUTO_THRESHOLD,
	HEAP_LIMIT, /* nothing but limits: the tiers one after another */
};

struct heap_tier {
	char selector[HEAP_SELECTOR];
	struct tier_nodeset nodes; /* once resolved */
	uint32_t weight;	   /* of ratio and auto-threshold, else 0 */
	uint64_t limit_bytes;	   /* 0: none */
	uint64_t from_bytes;	   /* of threshold: the smallest object that goes here */
};

struct heap_spec {
	enum heap_kind kind;
	struct heap_tier tiers[HEAP_TIERS];
	unsigned int n_tiers;
	uint64_t low_bytes, high_bytes; /* where the boundary of auto-threshold may be */
	uint64_t start_bytes;		/* and where it begins; 0: it does not matter */
};

/* -EINVAL and -ERANGE with a place in diag; *spec is undefined then. */
int heap_spec_parse(const char *text, struct heap_spec *spec,
		    struct tier_diag *diag) MUST_CHECK;

/* Whoever knows the machine: the nodes that a selector means; the errors of
 * tier_select(). */
struct heap_resolver {
	int (*select)(void *arg, const char *selector, struct tier_nodeset *nodes,
		      struct tier_diag *diag);
	void *arg;
};

/* Fill in the nodes of every tier. Errors of the resolver; -ENXIO: a tier has none. */
int heap_spec_resolve(struct heap_spec *spec, const struct heap_resolver *resolver,
		      struct tier_diag *diag) MUST_CHECK;

/* -EINVAL: a node is in two tiers, which means nothing to who placed it there. */
int heap_spec_check_apart(const struct heap_spec *spec,
			  struct tier_diag *diag) MUST_CHECK;

/* The resolved line, as snprintf(3) does it. */
int heap_spec_format(const struct heap_spec *spec, char *buf, size_t size);

/* "prefer" and so on; never NULL. */
const char *heap_kind_name(enum heap_kind kind);

/* Whether objects are parted by tier, each with a heap of its own; else one heap's pages
 * are placed. */
bool heap_spec_parts_objects(const struct heap_spec *spec);

#endif
