// SPDX-License-Identifier: LGPL-2.1-or-later
// A selector as a whole: its text, its items from left to right, and what to say
// when nothing is left. Of the words it knows `all` alone.
#include "selector.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "diag.h"
#include "nodeset.h"
#include "selector_words.h"
#include "topology.h"

#define LONGEST_ITEM 64

/* "node:0,2-3": the list that a bare number goes on with, NULL when there is none. */
static struct selector_item *list_before(const struct selector *selector,
					 const char *text)
{
	struct selector_item *last;

	if (!selector->count || *text < '0' || *text > '9')
		return NULL;
	last = &selector->items[selector->count - 1];
	return last->word->is_list ? last : NULL;
}

static int parse_item(const char *text, const char *where, const char *whole,
		      struct selector *selector, struct tier_diag *diag)
{
	struct selector_item item = { .takes_away = *text == '!' };
	struct selector_item *list = list_before(selector, text);

	if (list && list->word->parse(text, list))
		return 0;
	if (list)
		return diag_at(diag, -EINVAL, whole, where, "'%s': %s", text,
			       list->word->wanted);
	text += item.takes_away;
	item.word = selector_word_find(text);
	if (!item.word && *text >= '0' && *text <= '9')
		return diag_at(diag, -EINVAL, whole, where,
			       "'%s' selects nothing; a node is named node:%s", text,
			       text);
	if (!item.word)
		return diag_at(
			diag, -EINVAL, whole, where,
			"'%s' selects nothing; there are dram, hbm, cxl, pmem, gpu, "
			"fastest, slowest, fast, slow, tier:N, node:LIST and all",
			text);
	if (item.word->parse && !item.word->parse(text + strlen(item.word->name), &item))
		return diag_at(diag, -EINVAL, whole, where, "'%s': %s", text,
			       item.word->wanted);
	selector->items[selector->count++] = item;
	return 0;
}

static size_t count_items(const struct selector_span *span)
{
	size_t count = 1;

	for (size_t i = 0; i < span->len; i++)
		count += span->text[i] == ',';
	return count;
}

int selector_parse(struct selector_span span, struct arena *arena,
		   struct selector *selector, struct tier_diag *diag)
{
	const char *at = span.text, *end = span.text + span.len;

	*selector = (struct selector){ 0 };
	selector->text = arena_strndup(arena, span.text, span.len);
	selector->items =
		arena_array(arena, count_items(&span), sizeof(*selector->items));
	if (!selector->text || !selector->items)
		return -ENOMEM;
	while (at <= end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t len = (size_t)((comma ? comma : end) - at);
		char item[LONGEST_ITEM];
		int ret;

		if (!len || len >= sizeof(item))
			return diag_at(diag, -EINVAL, span.whole, at, "%s",
				       len ? "no selector is that long" :
					     "expected a selector, such as dram");
		memcpy(item, at, len);
		item[len] = '\0';
		ret = parse_item(item, at, span.whole, selector, diag);
		if (ret)
			return ret;
		at += len + 1;
	}
	return 0;
}

/* ---- the whole selector -------------------------------------------------------- */

/* Entries of a message: those that do not fit any more are left out whole. */
struct entries {
	char text[160];
	size_t len;
};

static void add_entry(struct entries *entries, const char *format, ...) PRINTF_LIKE(2, 3);

static void add_entry(struct entries *entries, const char *format, ...)
{
	char *end = entries->text + entries->len;
	size_t room = sizeof(entries->text) - entries->len, len;
	va_list args;

	va_start(args, format);
	len = (size_t)vsnprintf(end, room, format, args);
	va_end(args);
	if (len >= room)
		*end = '\0';
	else
		entries->len += len;
}

/* Nodes of one kind that may be used, or may not for one reason. */
static void describe(const struct tier_topology *t, enum tier_kind kind,
		     enum tier_usability usability, struct entries *entries)
{
	const struct tier_node_info *one = NULL;
	struct tier_nodeset set = { 0 };
	char list[32];

	for (size_t i = 0; i < t->n_nodes; i++) {
		if (t->nodes[i].kind != kind || t->nodes[i].usability != usability)
			continue;
		one = &t->nodes[i];
		(void)tier_nodeset_add(&set, one->node);
	}
	if (!one)
		return;
	nodeset_brief(&set, list, sizeof(list));
	if (usability == TIER_USABLE_YES)
		add_entry(entries, "%s%s is node %s", entries->len ? ", " : "",
			  tier_kind_name(kind), list);
	else
		add_entry(entries, "%snode %s is %s, but %s", entries->len ? "; " : "",
			  list, tier_kind_name(kind), one->usability_why.text);
}

/* What a person could have asked for: "dram is node 0-1, pmem is node 2"; and what
 * there is besides, with the reason that it cannot be used. */
static int nothing_matches(const struct match *match)
{
	static const enum tier_kind kinds[] = { TIER_KIND_DRAM, TIER_KIND_HBM,
						TIER_KIND_CXL,	TIER_KIND_PMEM,
						TIER_KIND_GPU,	TIER_KIND_UNKNOWN };
	struct entries entries = { 0 };

	for (int usability = TIER_USABLE_YES; usability <= TIER_USABLE_GPU; usability++)
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (kinds[i] || usability == TIER_USABLE_YES)
				describe(match->t, kinds[i],
					 (enum tier_usability)usability, &entries);
	return diag_set(match->diag, -ENXIO, "'%s' selects no usable memory here: %s",
			match->text, entries.text);
}

int selector_match(const struct selector *selector, const struct tier_topology *t,
		   struct tier_nodeset *set, struct tier_diag *diag)
{
	struct match match = { .t = t, .diag = diag };
	struct tier_nodeset found = { 0 };

	if ((size_t)snprintf(match.text, sizeof(match.text), "%s", selector->text) >=
	    sizeof(match.text))
		strcpy(match.text + sizeof(match.text) - 4, "...");
	if (selector->items[0].takes_away)
		selector_word_find("all")->match(&match, NULL, &found);
	for (size_t i = 0; i < selector->count; i++) {
		const struct selector_item *item = &selector->items[i];
		struct tier_nodeset part = { 0 };
		int ret = item->word->match(&match, item, &part);

		if (ret)
			return ret;
		found = item->takes_away ? nodeset_minus(&found, &part) :
					   nodeset_or(&found, &part);
	}
	if (nodeset_is_empty(&found))
		return nothing_matches(&match);
	*set = found;
	return 0;
}

bool selector_guesses_dram(const struct selector *selector, const struct tier_topology *t)
{
	for (size_t i = 0; i < selector->count; i++)
		if (selector_word_guesses_dram(selector->items[i].word, t))
			return true;
	return false;
}

int tier_select(const struct tier_topology *t, const char *text, struct tier_nodeset *set,
		struct tier_diag *diag)
{
	struct selector_span span = { text, text, strlen(text) };
	struct arena arena = { 0 };
	struct selector selector;
	int ret = selector_parse(span, &arena, &selector, diag);

	if (!ret)
		ret = selector_match(&selector, t, set, diag);
	arena_free(&arena);
	return ret;
}
