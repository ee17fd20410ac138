// SPDX-License-Identifier: LGPL-2.1-or-later
// The grammar of heaps, from left to right. Knows no machine: what a selector means is
// for others.
#include "heap_spec.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "diag.h"
#include "nodeset.h"
#include "parse.h"

struct parser {
	const char *text;
	const char *at;
	const char *end; /* of the clause */
	struct heap_spec *spec;
	struct tier_diag *diag;
};

static int refuse(const struct parser *parser, const char *where, const char *what)
{
	return diag_at(parser->diag, -EINVAL, parser->text, where, "%s", what);
}

/* The first of `stops` in the clause, or its end. */
static const char *find(const struct parser *parser, const char *stops)
{
	const char *at = parser->at;

	while (at < parser->end && !strchr(stops, *at))
		at++;
	return at;
}

/* A size at *from, which ends at `end`. */
static int read_size(const struct parser *parser, const char *from, const char *end,
		     uint64_t *bytes)
{
	size_t len = (size_t)(end - from);
	char figure[32];

	if (len >= sizeof(figure))
		return refuse(parser, from, "no size is that long");
	memcpy(figure, from, len);
	figure[len] = '\0';
	if (!len || parse_figure(figure, units_bytes, bytes) || !*bytes ||
	    *bytes > INT64_MAX)
		return refuse(parser, from, "expected a size, such as 64K or 8G");
	return 0;
}

static int read_weight(const struct parser *parser, const char *from, const char *end,
		       uint32_t *weight)
{
	const char *at = from;
	uint64_t found;

	if (parse_digits(&at, &found) || at != end || found < 1 ||
	    found > HEAP_WEIGHT_MAX)
		return diag_at(parser->diag, -EINVAL, parser->text, from,
			       "expected a weight from 1 to %d", HEAP_WEIGHT_MAX);
	*weight = (uint32_t)found;
	return 0;
}

/* One more tier, whose selector is the text up to `end`. */
static int add_tier(const struct parser *parser, const char *end, struct heap_tier **tier)
{
	struct heap_spec *spec = parser->spec;
	size_t len = (size_t)(end - parser->at);
	struct heap_tier *added;

	if (!len)
		return refuse(parser, parser->at, "expected a selector, such as dram");
	if (len >= HEAP_SELECTOR)
		return refuse(parser, parser->at, "no selector is that long");
	if (spec->n_tiers == HEAP_TIERS)
		return diag_at(parser->diag, -EINVAL, parser->text, parser->at,
			       "a heap has at most %d tiers", HEAP_TIERS);
	added = &spec->tiers[spec->n_tiers];
	memcpy(added->selector, parser->at, len);
	for (unsigned int i = 0; i < spec->n_tiers; i++)
		if (!strcmp(spec->tiers[i].selector, added->selector))
			return refuse(parser, parser->at, "this tier is named twice");
	spec->n_tiers++;
	*tier = added;
	return 0;
}

static struct heap_tier *find_tier(const struct parser *parser, const char *end)
{
	size_t len = (size_t)(end - parser->at);

	for (unsigned int i = 0; i < parser->spec->n_tiers; i++)
		if (span_is(parser->at, len, parser->spec->tiers[i].selector))
			return &parser->spec->tiers[i];
	return NULL;
}

/* ---- clauses ------------------------------------------------------------------- */

static int parse_selector(struct parser *parser)
{
	struct heap_tier *tier;

	return add_tier(parser, parser->end, &tier);
}

/* "SEL=N,SEL=N": a selector may hold commas, so the '=' is what parts them. */
static int parse_ratio(struct parser *parser)
{
	while (true) {
		const char *equals = find(parser, "="), *comma;
		struct heap_tier *tier;
		int ret;

		if (equals == parser->end)
			return refuse(parser, parser->at,
				      "expected SELECTOR=WEIGHT, such as dram=3,pmem=1");
		ret = add_tier(parser, equals, &tier);
		if (ret)
			return ret;
		parser->at = equals + 1;
		comma = find(parser, ",");
		ret = read_weight(parser, parser->at, comma, &tier->weight);
		if (ret)
			return ret;
		parser->at = comma;
		if (comma == parser->end)
			break;
		parser->at++;
	}
	if (parser->spec->n_tiers < 2)
		return refuse(parser, parser->at, "a ratio needs two tiers");
	return 0;
}

/* "SIZE,SIZE:SEL<SEL<SEL": each size is where the next tier begins. */
static int parse_threshold(struct parser *parser)
{
	const char *end = parser->end, *colon = find(parser, ":");
	uint64_t sizes[HEAP_TIERS - 1] = { 0 };
	unsigned int n_sizes = 0;
	int ret;

	if (colon == end)
		return refuse(parser, parser->at,
			      "expected SIZE:SELECTOR<SELECTOR, such as 4K:dram<pmem");
	for (parser->end = colon;; parser->at++) {
		const char *comma = find(parser, ",");

		if (n_sizes == ARRAY_SIZE(sizes))
			return refuse(parser, parser->at, "too many sizes");
		ret = read_size(parser, parser->at, comma, &sizes[n_sizes]);
		if (ret)
			return ret;
		if (n_sizes && sizes[n_sizes] <= sizes[n_sizes - 1])
			return refuse(parser, parser->at, "sizes must grow");
		n_sizes++;
		parser->at = comma;
		if (comma == colon)
			break;
	}
	parser->end = end;
	for (parser->at = colon + 1;; parser->at++) {
		const char *less = find(parser, "<");
		struct heap_tier *tier;

		ret = add_tier(parser, less, &tier);
		if (ret)
			return ret;
		if (parser->spec->n_tiers > n_sizes + 1)
			return refuse(parser, parser->at,
				      "more tiers than sizes to part them");
		if (parser->spec->n_tiers > 1)
			tier->from_bytes = sizes[parser->spec->n_tiers - 2];
		parser->at = less;
		if (less == end)
			break;
	}
	if (parser->spec->n_tiers != n_sizes + 1)
		return refuse(parser, end, "fewer tiers than sizes to part them");
	return 0;
}

/* "[LOW-HIGH:]SEL=N,SEL=N". */
static int parse_auto(struct parser *parser)
{
	struct heap_spec *spec = parser->spec;
	int ret = 0;

	spec->low_bytes = HEAP_BOUNDARY_MIN;
	spec->high_bytes = HEAP_BOUNDARY_MAX;
	if (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9') {
		const char *dash = find(parser, "-"), *colon = find(parser, ":");

		if (dash >= colon || colon == parser->end)
			return refuse(parser, parser->at,
				      "expected LOW-HIGH: and the tiers, such as "
				      "1K-1M:dram=1,pmem=1");
		ret = read_size(parser, parser->at, dash, &spec->low_bytes);
		if (!ret)
			ret = read_size(parser, dash + 1, colon, &spec->high_bytes);
		if (!ret && spec->low_bytes >= spec->high_bytes)
			ret = refuse(parser, dash + 1, "sizes must grow");
		parser->at = colon + 1;
	}
	if (!ret)
		ret = parse_ratio(parser);
	if (!ret && spec->n_tiers != 2)
		ret = refuse(parser, parser->end, "auto-threshold parts two tiers");
	return ret;
}

/* "limit:SEL=SIZE,SEL=SIZE", behind a policy or alone. */
static int parse_limits(struct parser *parser)
{
	bool alone = parser->spec->kind == HEAP_NOTHING;

	if (alone)
		parser->spec->kind = HEAP_LIMIT;
	while (true) {
		const char *equals = find(parser, "="), *comma;
		struct heap_tier *tier = NULL;
		int ret = 0;

		if (equals == parser->end)
			return refuse(parser, parser->at,
				      "expected SELECTOR=SIZE, such as dram=8G");
		if (alone)
			ret = add_tier(parser, equals, &tier);
		else
			tier = find_tier(parser, equals);
		if (ret)
			return ret;
		if (!tier)
			return refuse(parser, parser->at,
				      "a limit for a tier that the policy does not name");
		if (tier->limit_bytes)
			return refuse(parser, parser->at,
				      "this tier has a limit already");
		parser->at = equals + 1;
		comma = find(parser, ",");
		ret = read_size(parser, parser->at, comma, &tier->limit_bytes);
		if (ret)
			return ret;
		parser->at = comma;
		if (comma == parser->end)
			return 0;
		parser->at++;
	}
}

static const struct {
	const char *name;
	int (*parse)(struct parser *parser);
} kinds[] = {
	[HEAP_NOTHING] = { "nothing", NULL },
	[HEAP_PREFER] = { "prefer", parse_selector },
	[HEAP_BIND] = { "bind", parse_selector },
	[HEAP_INTERLEAVE] = { "interleave", parse_selector },
	[HEAP_RATIO] = { "ratio", parse_ratio },
	[HEAP_THRESHOLD] = { "threshold", parse_threshold },
	[HEAP_AUTO_THRESHOLD] = { "auto-threshold", parse_auto },
	[HEAP_LIMIT] = { "limit", parse_limits },
};

const char *heap_kind_name(enum heap_kind kind)
{
	return kinds[kind].name;
}

static int parse_clause(struct parser *parser)
{
	const char *start = parser->at, *colon = find(parser, ":");
	size_t len = (size_t)(colon - start);

	for (size_t i = HEAP_PREFER; i < ARRAY_SIZE(kinds); i++) {
		if (colon == parser->end || !span_is(start, len, kinds[i].name))
			continue;
		if (parser->spec->kind && i != HEAP_LIMIT)
			return refuse(parser, start, "a heap has one policy, and limits");
		if (i != HEAP_LIMIT)
			parser->spec->kind = (enum heap_kind)i;
		parser->at = colon + 1;
		return kinds[i].parse(parser);
	}
	return diag_at(parser->diag, -EINVAL, parser->text, start,
		       "'%.*s' is no heap policy; there are prefer:, bind:, interleave:, "
		       "ratio:, threshold:, auto-threshold: and limit:",
		       (int)(len < 40 ? len : 40), start);
}

int heap_spec_parse(const char *text, struct heap_spec *spec, struct tier_diag *diag)
{
	struct parser parser = { .text = text, .at = text, .spec = spec, .diag = diag };

	*spec = (struct heap_spec){ 0 };
	while (true) {
		int ret;

		if (spec->kind == HEAP_LIMIT)
			return refuse(&parser, parser.at,
				      "limits come last, behind the policy");
		parser.end = strchrnul(parser.at, ';');
		ret = parse_clause(&parser);
		if (ret)
			return ret;
		if (!*parser.end)
			return 0;
		parser.at = parser.end + 1;
	}
}

/* ---- nodes --------------------------------------------------------------------- */

int heap_spec_resolve(struct heap_spec *spec, const struct heap_resolver *resolver,
		      struct tier_diag *diag)
{
	for (unsigned int i = 0; i < spec->n_tiers; i++) {
		struct heap_tier *tier = &spec->tiers[i];
		int ret = resolver->select(resolver->arg, tier->selector, &tier->nodes,
					   diag);

		if (ret)
			return ret;
		if (nodeset_is_empty(&tier->nodes))
			return diag_set(diag, -ENXIO, "'%s' selects no node",
					tier->selector);
	}
	return 0;
}

int heap_spec_check_apart(const struct heap_spec *spec, struct tier_diag *diag)
{
	struct tier_nodeset seen = { 0 };

	for (unsigned int i = 0; i < spec->n_tiers; i++) {
		struct tier_nodeset both = nodeset_and(&seen, &spec->tiers[i].nodes);
		char list[32];

		if (!nodeset_is_empty(&both))
			return diag_set(diag, -EINVAL, "node %s is in two tiers",
					nodeset_brief(&both, list, sizeof(list)));
		seen = nodeset_or(&seen, &spec->tiers[i].nodes);
	}
	return 0;
}

bool heap_spec_parts_objects(const struct heap_spec *spec)
{
	for (unsigned int i = 0; i < spec->n_tiers; i++)
		if (spec->tiers[i].limit_bytes)
			return true;
	return spec->n_tiers > 1;
}

/* ---- the line ------------------------------------------------------------------ */

struct line {
	char *buf;
	size_t size;
	size_t len; /* of the whole text, as snprintf(3) counts */
};

static void put(struct line *line, const char *format, ...) PRINTF_LIKE(2, 3);

static void put(struct line *line, const char *format, ...)
{
	char part[64]; /* the longest are two numbers */
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(part, sizeof(part), format, args);
	va_end(args);
	if (line->len < line->size)
		snprintf(line->buf + line->len, line->size - line->len, "%s", part);
	line->len += (size_t)len;
}

static void put_nodes(struct line *line, const struct heap_tier *tier)
{
	size_t room = line->len + 5 < line->size ? line->size - line->len - 5 : 0;
	char none[1];

	put(line, "node:");
	line->len += (size_t)tier_nodeset_format(
		&tier->nodes, room ? line->buf + line->len : none, room ? room : 1);
}

static void put_limits(struct line *line, const struct heap_spec *spec)
{
	const char *before = spec->kind == HEAP_LIMIT ? "" : ";";
	bool first = true;

	for (unsigned int i = 0; i < spec->n_tiers; i++) {
		if (!spec->tiers[i].limit_bytes)
			continue;
		put(line, "%s", first ? before : ",");
		if (first)
			put(line, "limit:");
		put_nodes(line, &spec->tiers[i]);
		put(line, "=%llu", (unsigned long long)spec->tiers[i].limit_bytes);
		first = false;
	}
}

int heap_spec_format(const struct heap_spec *spec, char *buf, size_t size)
{
	struct line line = { buf, size, 0 };

	if (size)
		buf[0] = '\0';
	if (spec->kind == HEAP_LIMIT) {
		put_limits(&line, spec);
		return (int)line.len;
	}
	put(&line, "%s:", heap_kind_name(spec->kind));
	for (unsigned int i = 1; spec->kind == HEAP_THRESHOLD && i < spec->n_tiers; i++)
		put(&line, "%llu%s", (unsigned long long)spec->tiers[i].from_bytes,
		    i + 1 < spec->n_tiers ? "," : ":");
	if (spec->kind == HEAP_AUTO_THRESHOLD)
		put(&line, "%llu-%llu:", (unsigned long long)spec->low_bytes,
		    (unsigned long long)spec->high_bytes);
	for (unsigned int i = 0; i < spec->n_tiers; i++) {
		put(&line, "%s", !i ? "" : spec->kind == HEAP_THRESHOLD ? "<" : ",");
		put_nodes(&line, &spec->tiers[i]);
		if (spec->tiers[i].weight)
			put(&line, "=%u", spec->tiers[i].weight);
	}
	put_limits(&line, spec);
	return (int)line.len;
}
