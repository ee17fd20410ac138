/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The user's word on nodes: statements "node:LIST key=value ...", separated by
 * newlines or ';', '#' begins a comment; and one of no node, "figures=measured". Pure;
 * knows no file.
 */
#ifndef WORDS_H
#define WORDS_H

#include "arena.h"
#include "tier.h"

/* Whose figures count, where there are several. */
enum figures_wish {
	FIGURES_NOT_SAID = 0,
	FIGURES_FIRMWARE, /* as when nothing is said */
	FIGURES_MEASURED,
};

struct node_word {
	struct tier_nodeset nodes;
	enum tier_kind kind; /* unknown: not said */
	uint32_t known;	     /* bits of enum tier_figure */
	uint64_t value[TIER_FIGURES];
	enum figures_wish figures; /* of a statement that names no node */
	const char *origin;	   /* "TIERKIT_NODES" or "tierkit.conf" */
};

/* Later words win over earlier ones. */
struct node_words {
	struct node_word *word;
	size_t count;
};

/*
 * Add the statements of `text`. -EINVAL with the place in diag, whose message
 * begins with `origin`; -ENOMEM. Nothing is added on failure.
 */
int node_words_parse(struct node_words *words, struct arena *arena, const char *text,
		     const char *origin, struct tier_diag *diag) MUST_CHECK;

/* The last word that gives this node a kind, or this figure; NULL: none does. */
const struct node_word *node_words_kind(const struct node_words *words,
					unsigned int node);
const struct node_word *node_words_figure(const struct node_words *words,
					  unsigned int node, enum tier_figure figure);
enum figures_wish node_words_figures(const struct node_words *words);

#endif
