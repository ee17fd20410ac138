// SPDX-License-Identifier: LGPL-2.1-or-later
// The user's word on nodes: parsing and looking up.
#include "words.h"

#include <errno.h>
#include <string.h>

#include "diag.h"
#include "parse.h"

#define LONGEST_TOKEN 4096

/* What one statement may say, besides its nodes. */
static const struct {
	const char *name;
	enum tier_figure figure;
	const struct unit *units;
	const char *example;
} figure_keys[] = {
	{ "read_bandwidth", TIER_READ_BANDWIDTH, units_bytes_per_sec, "30GB/s" },
	{ "write_bandwidth", TIER_WRITE_BANDWIDTH, units_bytes_per_sec, "30GB/s" },
	{ "read_latency", TIER_READ_LATENCY, units_ns, "250ns" },
	{ "write_latency", TIER_WRITE_LATENCY, units_ns, "250ns" },
};

struct parser {
	const char *text; /* whole, for places */
	const char *origin;
	struct tier_diag *diag;
};

static int refuse(const struct parser *parser, const char *where, const char *why,
		  const char *token)
{
	return diag_at(parser->diag, -EINVAL, parser->text, where, "%s: '%.60s': %s",
		       parser->origin, token, why);
}

static enum tier_kind kind_by_name(const char *name)
{
	static const enum tier_kind kinds[] = { TIER_KIND_DRAM, TIER_KIND_HBM,
						TIER_KIND_CXL, TIER_KIND_PMEM,
						TIER_KIND_GPU };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(tier_kind_name(kinds[i]), name))
			return kinds[i];
	return TIER_KIND_UNKNOWN;
}

static int parse_kind(const struct parser *parser, const char *where, const char *token,
		      struct node_word *word)
{
	word->kind = kind_by_name(token + strlen("kind="));
	if (!word->kind)
		return refuse(parser, where, "a kind is dram, hbm, cxl, pmem or gpu",
			      token);
	return 0;
}

static int parse_setting(const struct parser *parser, const char *where,
			 const char *token, struct node_word *word)
{
	const char *value = strchr(token, '=');

	if (!strncmp(token, "kind=", 5))
		return parse_kind(parser, where, token, word);
	for (size_t i = 0; value && i < ARRAY_SIZE(figure_keys); i++) {
		enum tier_figure figure = figure_keys[i].figure;
		char why[64];

		if (!span_is(token, (size_t)(value - token), figure_keys[i].name))
			continue;
		snprintf(why, sizeof(why), "expected a figure above 0, such as %s",
			 figure_keys[i].example);
		if (parse_figure(value + 1, figure_keys[i].units, &word->value[figure]) ||
		    !word->value[figure])
			return refuse(parser, where, why, token);
		word->known |= 1U << figure;
		return 0;
	}
	return refuse(parser, where,
		      "expected kind=, read_bandwidth=, write_bandwidth=, "
		      "read_latency= or write_latency=",
		      token);
}

/* A statement by itself: 1 when it is one, -EINVAL when it wants to be. */
static int parse_figures(const struct parser *parser, const char *where,
			 const char *token, struct node_word *word)
{
	static const char *const names[] = {
		[FIGURES_FIRMWARE] = "firmware", [FIGURES_MEASURED] = "measured"
	};

	if (strncmp(token, "figures=", 8))
		return 0;
	for (enum figures_wish wish = FIGURES_FIRMWARE; wish < ARRAY_SIZE(names); wish++)
		if (!strcmp(token + 8, names[wish])) {
			word->figures = wish;
			return 1;
		}
	return refuse(parser, where, "figures are firmware or measured", token);
}

static int parse_nodes(const struct parser *parser, const char *where, const char *token,
		       struct node_word *word)
{
	if (strncmp(token, "node:", 5))
		return refuse(parser, where, "a statement begins with node:LIST", token);
	if (tier_nodeset_parse(token + 5, &word->nodes, NULL) ||
	    tier_nodeset_count(&word->nodes) == 0)
		return refuse(parser, where, "expected nodes, such as node:2 or node:2-3",
			      token);
	return 0;
}

static int parse_token(const struct parser *parser, const char *where, const char *token,
		       struct node_word *word, size_t n_before)
{
	int ret;

	if (word->figures)
		return refuse(parser, where, "figures= is a statement by itself", token);
	if (n_before)
		return parse_setting(parser, where, token, word);
	ret = parse_figures(parser, where, token, word);
	if (ret)
		return ret < 0 ? ret : 0;
	return parse_nodes(parser, where, token, word);
}

/* One statement between `at` and `end`; *said tells whether it said anything. */
static int parse_statement(const struct parser *parser, const char *at, const char *end,
			   struct node_word *word, bool *said)
{
	char token[LONGEST_TOKEN];
	const char *start, *nodes = at;
	size_t len, n_tokens = 0;

	while (next_word(&at, end, &start, &len) && *start != '#') {
		int ret;

		if (len >= sizeof(token))
			return refuse(parser, start, "too long", start);
		memcpy(token, start, len);
		token[len] = '\0';
		nodes = n_tokens ? nodes : start;
		ret = parse_token(parser, start, token, word, n_tokens++);
		if (ret)
			return ret;
	}
	*said = n_tokens > 0;
	if (n_tokens == 1 && !word->figures)
		return refuse(parser, nodes, "says nothing of these nodes", token);
	return 0;
}

/* The end of the statement that begins at `at`; a comment lasts to the end of
 * its line whatever it holds. */
static const char *statement_end(const char *at)
{
	const char *end = at + strcspn(at, ";\n#");

	return *end == '#' ? end + strcspn(end, "\n") : end;
}

static int add_word(struct node_words *words, struct arena *arena,
		    const struct node_word *word)
{
	struct node_word *grown =
		arena_grow(arena, words->word, words->count, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	words->word = grown;
	words->word[words->count++] = *word;
	return 0;
}

int node_words_parse(struct node_words *words, struct arena *arena, const char *text,
		     const char *origin, struct tier_diag *diag)
{
	const struct parser parser = { text, origin, diag };
	struct node_words found = *words;
	const char *at = text;

	while (*at) {
		const char *end = statement_end(at);
		struct node_word word = { .origin = origin };
		bool said = false;
		int ret = parse_statement(&parser, at, end, &word, &said);

		if (!ret && said)
			ret = add_word(&found, arena, &word);
		if (ret)
			return ret;
		at = *end ? end + 1 : end;
	}
	*words = found;
	return 0;
}

const struct node_word *node_words_kind(const struct node_words *words, unsigned int node)
{
	for (size_t i = words->count; i-- > 0;)
		if (words->word[i].kind && tier_nodeset_has(&words->word[i].nodes, node))
			return &words->word[i];
	return NULL;
}

const struct node_word *node_words_figure(const struct node_words *words,
					  unsigned int node, enum tier_figure figure)
{
	for (size_t i = words->count; i-- > 0;)
		if (words->word[i].known >> figure & 1 &&
		    tier_nodeset_has(&words->word[i].nodes, node))
			return &words->word[i];
	return NULL;
}

enum figures_wish node_words_figures(const struct node_words *words)
{
	for (size_t i = words->count; i-- > 0;)
		if (words->word[i].figures)
			return words->word[i].figures;
	return FIGURES_NOT_SAID;
}
