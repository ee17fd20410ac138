// SPDX-License-Identifier: LGPL-2.1-or-later
// "ADDRESS MODE[=FLAGS][:NODES] word word ..."; two of the modes hold a blank. Nodes that
// do not fit into the kernel's 64 bytes are cut off, in the middle of a number too.
#include "policies.h"

#include <errno.h>
#include <string.h>

#include "parse.h"

/* fs/proc/task_mmu.c, show_numa_map(): the buffer, and what a list at its end has used. */
#define KERNEL_ROOM 64
#define LEAST_CUT   (KERNEL_ROOM - 2)

/* The longer of two that begin alike first. */
static const struct {
	const char *word;
	enum tier_mode mode;
} modes[] = {
	{ "default", TIER_MODE_DEFAULT },
	{ "prefer (many)", TIER_MODE_PREFER },
	{ "prefer", TIER_MODE_PREFER },
	{ "bind", TIER_MODE_BIND },
	{ "interleave", TIER_MODE_INTERLEAVE },
	{ "weighted interleave", TIER_MODE_WEIGHTED },
	{ "local", TIER_MODE_UNKNOWN },
};

static bool ends_word(const char *at, const char *end)
{
	return at == end || *at == ' ' || *at == '=' || *at == ':';
}

/* Behind the mode's name; one that is not known ends where its word does. */
static const char *take_mode(const char *text, const char *end, enum tier_mode *mode)
{
	const char *at = text;

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		size_t len = strlen(modes[i].word);

		if ((size_t)(end - text) < len || memcmp(text, modes[i].word, len) ||
		    !ends_word(text + len, end))
			continue;
		*mode = modes[i].mode;
		return text + len;
	}
	*mode = TIER_MODE_UNKNOWN;
	while (!ends_word(at, end))
		at++;
	return at;
}

/* A list, or one whose end is missing: its last number may be part of a longer one. */
static int take_nodes(const char *at, const char *end, struct policy_words *policy)
{
	char list[KERNEL_ROOM];
	size_t len = (size_t)(end - at);

	if (len >= sizeof(list))
		return -EINVAL;
	memcpy(list, at, len);
	list[len] = '\0';
	policy->is_cut = policy->len >= LEAST_CUT;
	if (policy->is_cut) {
		char *comma = strrchr(list, ',');

		*(comma ? comma : list) = '\0';
	}
	return tier_nodeset_parse(list, &policy->nodes, NULL) ? -EINVAL : 0;
}

int policy_words_parse(const char *text, const char *end, struct policy_words *policy)
{
	const char *at;

	*policy = (struct policy_words){ .text = text };
	at = take_mode(text, end, &policy->mode);
	if (at == text)
		return -EINVAL;
	if (at < end && *at == '=')
		while (at < end && *at != ':' && *at != ' ')
			at++;
	if (at < end && *at == ':') {
		const char *nodes = ++at;

		while (at < end && *at != ' ')
			at++;
		policy->len = (size_t)(at - text);
		return take_nodes(nodes, at, policy);
	}
	policy->len = (size_t)(at - text);
	return 0;
}

int policy_lines_next(const char **cursor, struct policy_line *line)
{
	const char *at, *end, *word;
	char address[20];
	size_t len;

	if (!next_line(cursor, &line->line, &line->len))
		return 0;
	at = line->line;
	end = at + line->len;
	if (!next_word(&at, end, &word, &len) || len >= sizeof(address))
		return -EINVAL;
	memcpy(address, word, len);
	address[len] = '\0';
	if (parse_hex(address, &line->start) || at == end || *at != ' ')
		return -EINVAL;
	return policy_words_parse(at + 1, end, &line->policy) ? -EINVAL : 1;
}
