/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of selectors, one row each: how it is written and what it matches. */
#ifndef SELECTOR_WORDS_H
#define SELECTOR_WORDS_H

#include "selector.h"

/* One selector being matched. */
struct match {
	const struct tier_topology *t;
	struct tier_diag *diag;
	char text[48]; /* the selector, for messages that have more to say */
};

/* Words that speak of the order of tiers. */
enum order_word { NO_ORDER = 0, FASTEST, SLOWEST, FAST, SLOW };

struct selector_word {
	const char *name;
	/* Nodes to add or to take away; errors as tier_select(). */
	int (*match)(const struct match *match, const struct selector_item *item,
		     struct tier_nodeset *set);
	enum tier_kind kind;   /* that is named */
	enum order_word order; /* that is spoken of */
	/* Words that end in ':': takes what is behind it, and what it wants there. */
	bool (*parse)(const char *rest, struct selector_item *item);
	const char *wanted;
	bool is_list; /* a number that follows goes on with it */
};

/* The word that an item is, or begins with; NULL: none. */
const struct selector_word *selector_word_find(const char *text);

/* Whether it means something by DRAM where no node is known to be. */
bool selector_word_guesses_dram(const struct selector_word *word,
				const struct tier_topology *t);

#endif
