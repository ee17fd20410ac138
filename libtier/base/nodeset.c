// SPDX-License-Identifier: LGPL-2.1-or-later
// Sets of node ids and the kernel's list syntax for them.
#include "nodeset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "parse.h"

#define WORD_BITS 64
#define WORDS	  (TIER_MAX_NODES / WORD_BITS)

void tier_nodeset_zero(struct tier_nodeset *set)
{
	*set = (struct tier_nodeset){ 0 };
}

int tier_nodeset_add(struct tier_nodeset *set, unsigned int node)
{
	if (node >= TIER_MAX_NODES)
		return -ERANGE;
	set->bits[node / WORD_BITS] |= 1ULL << (node % WORD_BITS);
	return 0;
}

bool tier_nodeset_has(const struct tier_nodeset *set, unsigned int node)
{
	if (node >= TIER_MAX_NODES)
		return false;
	return set->bits[node / WORD_BITS] >> (node % WORD_BITS) & 1;
}

int tier_nodeset_next(const struct tier_nodeset *set, int after)
{
	unsigned int node = after < 0 ? 0 : (unsigned int)after + 1;

	while (node < TIER_MAX_NODES) {
		uint64_t rest = set->bits[node / WORD_BITS] >> (node % WORD_BITS);

		if (rest)
			return (int)node + __builtin_ctzll(rest);
		node = (node / WORD_BITS + 1) * WORD_BITS;
	}
	return -1;
}

int tier_nodeset_count(const struct tier_nodeset *set)
{
	int count = 0;

	for (size_t i = 0; i < WORDS; i++)
		count += __builtin_popcountll(set->bits[i]);
	return count;
}

struct tier_nodeset nodeset_or(const struct tier_nodeset *a, const struct tier_nodeset *b)
{
	struct tier_nodeset result;

	for (size_t i = 0; i < WORDS; i++)
		result.bits[i] = a->bits[i] | b->bits[i];
	return result;
}

struct tier_nodeset nodeset_and(const struct tier_nodeset *a,
				const struct tier_nodeset *b)
{
	struct tier_nodeset result;

	for (size_t i = 0; i < WORDS; i++)
		result.bits[i] = a->bits[i] & b->bits[i];
	return result;
}

struct tier_nodeset nodeset_minus(const struct tier_nodeset *a,
				  const struct tier_nodeset *b)
{
	struct tier_nodeset result;

	for (size_t i = 0; i < WORDS; i++)
		result.bits[i] = a->bits[i] & ~b->bits[i];
	return result;
}

bool nodeset_equal(const struct tier_nodeset *a, const struct tier_nodeset *b)
{
	return !memcmp(a, b, sizeof(*a));
}

bool nodeset_is_empty(const struct tier_nodeset *set)
{
	return tier_nodeset_next(set, -1) < 0;
}

/* One "N" or "N-M" at *cursor. */
static int parse_range(const char *text, const char **cursor, struct tier_nodeset *set,
		       struct tier_diag *diag)
{
	const char *start = *cursor;
	uint64_t first, last;
	int ret = parse_digits(cursor, &first);

	if (ret == -EINVAL)
		return diag_at(diag, ret, text, start, "expected a node number");
	last = first;
	if (!ret && **cursor == '-') {
		(*cursor)++;
		ret = parse_digits(cursor, &last);
	}
	if (ret == -EINVAL)
		return diag_at(diag, ret, text, *cursor,
			       "expected the last node of a range");
	if (!ret && first > last)
		return diag_at(diag, -EINVAL, text, start, "range runs backwards");
	if (ret || last >= TIER_MAX_NODES)
		return diag_at(diag, -ERANGE, text, start, "node numbers end at %d",
			       TIER_MAX_NODES - 1);
	for (; first <= last; first++)
		set->bits[first / WORD_BITS] |= 1ULL << (first % WORD_BITS);
	return 0;
}

int tier_nodeset_parse(const char *text, struct tier_nodeset *set, struct tier_diag *diag)
{
	struct tier_nodeset found = { 0 };
	const char *at = text;
	int ret;

	while (*at && *at != '\n') {
		ret = parse_range(text, &at, &found, diag);
		if (ret)
			return ret;
		if (*at == ',' && at[1] && at[1] != '\n')
			at++;
		else
			break;
	}
	if (*at == '\n')
		at++;
	if (*at)
		return diag_at(diag, -EINVAL, text, at, "not a list of nodes");
	*set = found;
	return 0;
}

/* The last node of the run of neighbours that begins at `node`. */
static int run_end(const struct tier_nodeset *set, int node)
{
	while (tier_nodeset_has(set, (unsigned int)node + 1))
		node++;
	return node;
}

/* Append like snprintf: `len` goes on counting when the buffer is full. */
static void append(char *buf, size_t size, size_t *len, const char *text)
{
	size_t add = strlen(text);

	if (*len < size) {
		size_t room = size - *len - 1;
		size_t fits = add < room ? add : room;

		memcpy(buf + *len, text, fits);
		buf[*len + fits] = '\0';
	}
	*len += add;
}

int tier_nodeset_format(const struct tier_nodeset *set, char *buf, size_t size)
{
	size_t len = 0;
	int last;

	if (size)
		buf[0] = '\0';
	for (int first = tier_nodeset_next(set, -1); first >= 0;
	     first = tier_nodeset_next(set, last)) {
		char run[32];

		last = run_end(set, first);
		if (first == last)
			snprintf(run, sizeof(run), "%s%d", len ? "," : "", first);
		else
			snprintf(run, sizeof(run), "%s%d-%d", len ? "," : "", first,
				 last);
		append(buf, size, &len, run);
	}
	return (int)len;
}

const char *nodeset_brief(const struct tier_nodeset *set, char *buf, size_t size)
{
	static const char more[] = ",...";
	char *end;

	if (tier_nodeset_format(set, buf, size) < (int)size)
		return buf;
	/* What stands behind the last comma may be cut: it goes too. */
	buf[size - sizeof(more) + 1] = '\0';
	end = strrchr(buf, ',');
	strcpy(end ? end : buf, more);
	return buf;
}
