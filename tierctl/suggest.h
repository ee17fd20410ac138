/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": the known word that is nearest to a mistyped one. */
#ifndef SUGGEST_H
#define SUGGEST_H

struct suggestion {
	const char *typed;
	const char *best; /* NULL: nothing is near enough to be worth a word */
	unsigned int distance;
};

/* Begin with { .typed = WORD } and offer each known word. */
void suggest_consider(struct suggestion *suggestion, const char *known);

#endif
