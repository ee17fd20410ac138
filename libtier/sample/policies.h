/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy of each mapping, as /proc/PID/numa_maps writes it. Pure; opens nothing. */
#ifndef POLICIES_H
#define POLICIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "tier.h"

/*
 * A policy in the kernel's words, "prefer (many)=static:0,2" (mpol_to_str() in
 * mm/mempolicy.c). Where a mapping has none of its own, it is that of the thread whose
 * numa_maps is read.
 */
struct policy_words {
	const char *text; /* not terminated */
	size_t len;
	enum tier_mode mode; /* unknown: one that we have no word for, as "local" */
	bool is_cut;	     /* the kernel's buffer was too short for its nodes */
	struct tier_nodeset nodes;
};

/* The policy that `text` begins with. -EINVAL: that is none. */
int policy_words_parse(const char *text, const char *end,
		       struct policy_words *policy) MUST_CHECK;

/* The next mapping of *cursor: where it begins, its policy, and its line without that
 * (its pages) in *rest. 1, 0 at the end, -EINVAL: not a numa_maps text. */
struct policy_line {
	uint64_t start;
	struct policy_words policy;
	const char *line;
	size_t len;
};

int policy_lines_next(const char **cursor, struct policy_line *line) MUST_CHECK;

#endif
