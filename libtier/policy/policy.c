// SPDX-License-Identifier: LGPL-2.1-or-later
// Policy text to policy. Knows no machine.
#include "policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "parse.h"

struct parser {
	const char *text;
	const char *rest; /* behind "mode:" */
	struct tier_policy *policy;
	struct tier_diag *diag;
};

static int parse_nothing(const struct parser *parser)
{
	if (*parser->rest)
		return diag_at(parser->diag, -EINVAL, parser->text, parser->rest,
			       "default takes no nodes");
	return 0;
}

static int parse_selector(const struct parser *parser)
{
	struct selector_span span = { parser->text, parser->rest, strlen(parser->rest) };
	struct policy_part *part = &parser->policy->parts[0];

	parser->policy->count = 1;
	return selector_parse(span, &parser->policy->arena, &part->selector,
			      parser->diag);
}

static int parse_weight(const struct parser *parser, const char **at, uint32_t *weight)
{
	const char *start = *at;
	uint64_t found;

	if (parse_digits(at, &found) || found < 1 || found > WEIGHT_MAX ||
	    (**at && **at != ','))
		return diag_at(parser->diag, -EINVAL, parser->text, start,
			       "expected a weight from 1 to %d", WEIGHT_MAX);
	*weight = (uint32_t)found;
	return 0;
}

/* "SEL=N,SEL=N": a selector may hold commas, so the '=' is what parts them. */
static int parse_weights(const struct parser *parser)
{
	const char *at = parser->rest;
	struct tier_policy *policy = parser->policy;

	do {
		const char *equals = strchr(at, '=');
		struct policy_part *part = &policy->parts[policy->count];
		struct selector_span span = { parser->text, at, 0 };
		int ret;

		if (!equals)
			return diag_at(parser->diag, -EINVAL, parser->text, at,
				       "expected SELECTOR=WEIGHT, such as dram=3,pmem=1");
		span.len = (size_t)(equals - at);
		ret = selector_parse(span, &policy->arena, &part->selector, parser->diag);
		if (ret)
			return ret;
		at = equals + 1;
		ret = parse_weight(parser, &at, &part->weight);
		if (ret)
			return ret;
		policy->count++;
	} while (*at++ == ',');
	return 0;
}

static const struct {
	enum tier_mode mode;
	int (*parse)(const struct parser *parser);
} modes[] = {
	{ TIER_MODE_DEFAULT, parse_nothing },  { TIER_MODE_PREFER, parse_selector },
	{ TIER_MODE_BIND, parse_selector },    { TIER_MODE_INTERLEAVE, parse_selector },
	{ TIER_MODE_WEIGHTED, parse_weights },
};

static size_t most_parts(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == '=';
	return count;
}

static int parse(struct parser *parser)
{
	struct tier_policy *policy = parser->policy;
	size_t len = strcspn(parser->text, ":");

	policy->parts = arena_array(&policy->arena, most_parts(parser->text),
				    sizeof(*policy->parts));
	if (!policy->parts)
		return -ENOMEM;
	parser->rest = parser->text + len + (parser->text[len] == ':');
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (!span_is(parser->text, len, tier_mode_name(modes[i].mode)))
			continue;
		policy->mode = modes[i].mode;
		return modes[i].parse(parser);
	}
	return diag_at(parser->diag, -EINVAL, parser->text, parser->text,
		       "'%.*s' is no policy; there are prefer:, bind:, interleave:, "
		       "weighted: and default",
		       (int)(len < 40 ? len : 40), parser->text);
}

int tier_policy_parse(const char *text, struct tier_policy **out, struct tier_diag *diag)
{
	struct tier_policy *policy = calloc(1, sizeof(*policy));
	struct parser parser = { .text = text, .policy = policy, .diag = diag };
	int ret;

	ret = policy ? parse(&parser) : -ENOMEM;
	if (ret) {
		tier_policy_free(policy);
		return ret == -ENOMEM ? diag_set(diag, ret, "out of memory") : ret;
	}
	*out = policy;
	return 0;
}

void tier_policy_free(struct tier_policy *policy)
{
	if (!policy)
		return;
	arena_free(&policy->arena);
	free(policy);
}
