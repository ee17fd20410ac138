/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A wish for other switches on its way to a plan: what the words of wish.c share. Pure:
 * the switches were read before, and nothing is written.
 */
#ifndef WISH_H
#define WISH_H

#include "plan.h"
#include "shares.h"
#include "switches.h"

struct wish {
	const struct tier_topology *t;
	const struct switches *now;
	struct tier_plan *plan;
	struct tier_diag *diag;
};

/* What is to become of one file, and why. */
struct turn {
	const struct switch_file *file;
	const char *wants;
	const char *why;
	const char *since; /* what a kernel without the file lacks, for a message */
	enum tier_step_kind kind;
	unsigned int node; /* of a weight or a reclaim, else 0 */
	uint32_t weight;   /* 0: it is none */
};

/* Add a step, or nothing when the file reads so already. -EOPNOTSUPP: there is no such
 * file; or why it cannot be read. */
int wish_turn(struct wish *wish, const struct turn *turn) MUST_CHECK;

/* The words that wish.c leads to, by what stands behind the ':'. Errors as
 * tier_switches_resolve(). */
int wish_weights(struct wish *wish, const char *value) MUST_CHECK;
int wish_shares(struct wish *wish, const char *value) MUST_CHECK;
int wish_reclaim(struct wish *wish, const char *value) MUST_CHECK;

/* The plan for all words of `text`. */
int wish_resolve(const struct tier_topology *t, const struct switches *now,
		 const char *text, struct tier_plan **out,
		 struct tier_diag *diag) MUST_CHECK;

#endif
