// SPDX-License-Identifier: LGPL-2.1-or-later
// Figures that a benchmark measured on this machine: reading them, and when they count.
#include "measured.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "diag.h"
#include "parse.h"
#include "topology.h"

#define FIRST_LINE    "tierkit-measured 1"
#define LONGEST_VALUE 80

static const struct header {
	const char *name;
	size_t offset;
	bool must;
} headers[] = {
	{ "date", offsetof(struct measured, date), true },
	{ "kernel", offsetof(struct measured, kernel), true },
	{ "signature", offsetof(struct measured, signature), true },
	{ "doubts", offsetof(struct measured, doubts), false },
};

static const char **header_slot(struct measured *measured, const struct header *header)
{
	return (const char **)(void *)((char *)measured + header->offset);
}

static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return len > 0 && len <= LONGEST_VALUE;
}

static int take_header(struct measured *measured, struct arena *arena, const char *line,
		       size_t len, struct tier_diag *diag)
{
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		const char **slot = header_slot(measured, &headers[i]);
		size_t name = strlen(headers[i].name);

		if (len <= name || memcmp(line, headers[i].name, name) ||
		    line[name] != ' ')
			continue;
		if (*slot || !is_plain(line + name + 1, len - name - 1))
			return diag_set(diag, -EINVAL, "%s: expected one, in plain words",
					headers[i].name);
		*slot = arena_printf(arena, "%.*s", (int)(len - name - 1),
				     line + name + 1);
		return *slot ? 0 : -ENOMEM;
	}
	return diag_set(diag, -EINVAL, "a line that is neither a header nor a node's");
}

static int take_headers(struct measured *measured, struct arena *arena, const char **at,
			struct tier_diag *diag)
{
	const char *line;
	size_t len;

	if (!next_line(at, &line, &len) || !span_is(line, len, FIRST_LINE))
		return diag_set(diag, -EINVAL, "does not begin with '%s'", FIRST_LINE);
	while (strncmp(*at, "node:", 5) && next_line(at, &line, &len)) {
		int ret = take_header(measured, arena, line, len, diag);

		if (ret)
			return ret;
	}
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		const char **slot = header_slot(measured, &headers[i]);

		if (headers[i].must && !*slot)
			return diag_set(diag, -EINVAL, "has no %s", headers[i].name);
		*slot = *slot ? *slot : "";
	}
	return 0;
}

/* A benchmark measures figures: what a node is, and what counts, is not its to say. */
static int take_figures(struct measured *measured, struct arena *arena, const char *text,
			struct tier_diag *diag)
{
	int ret = node_words_parse(&measured->words, arena, text, "measured", diag);

	for (size_t i = 0; !ret && i < measured->words.count; i++)
		if (measured->words.word[i].kind || measured->words.word[i].figures)
			return diag_set(diag, -EINVAL, "says more than figures");
	if (!ret && !measured->words.count)
		return diag_set(diag, -EINVAL, "has no node");
	return ret;
}

int measured_parse(struct measured *measured, struct arena *arena, const char *text,
		   struct tier_diag *diag)
{
	struct measured found = { 0 };
	int ret = take_headers(&found, arena, &text, diag);

	if (!ret)
		ret = take_figures(&found, arena, text, diag);
	*measured = ret ? (struct measured){ 0 } : found;
	return ret;
}

/* ---- whose they are ------------------------------------------------------------------- */

/* FNV-1a over what makes figures comparable: the nodes with memory, their sizes in 64 MiB,
 * their CPUs. Not their kinds, which may be concluded from figures. */
void topology_sign(struct tier_topology *t)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	unsigned int count = 0;

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];
		char text[64];

		if (!(node->flags & TIER_NODE_HAS_MEMORY))
			continue;
		count++;
		snprintf(text, sizeof(text), "%" PRIu32 " %" PRIu64 " ", node->node,
			 node->total_bytes >> 26);
		for (const char *at = text; *at; at++)
			hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
		for (const char *at = node->cpus; *at; at++)
			hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
		hash = (hash ^ ';') * UINT64_C(0x100000001b3);
	}
	snprintf(t->signature, sizeof(t->signature), "%u-nodes-%016" PRIx64, count, hash);
}

bool measured_is_ours(const struct tier_topology *t)
{
	return t->measured.date && !strcmp(t->measured.signature, t->signature);
}

/* ---- when they count ------------------------------------------------------------------- */

/* Figures of two origins are not held against each other: those that were measured
 * count for all nodes or for none. */
static bool do_count(const struct tier_topology *t)
{
	if (!measured_is_ours(t))
		return false;
	if (node_words_figures(&t->words) == FIGURES_MEASURED)
		return true;
	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].perf.known)
			return false;
	return true;
}

static void look_up(const struct tier_topology *t, struct tier_node_info *node)
{
	for (int i = 0; i < TIER_FIGURES; i++) {
		const struct node_word *word = node_words_figure(
			&t->measured.words, node->node, (enum tier_figure)i);

		if (!word)
			continue;
		node->measured.known |= 1U << i;
		node->measured.value[i] = word->value[i];
	}
}

int take_measured(struct tier_topology *t)
{
	const bool ours = measured_is_ours(t), counts = do_count(t);
	const struct measured *measured = &t->measured;
	const char *why = "", *doubts = ours && *measured->doubts ? ": " : "";
	int ret = 0;

	if (ours)
		why = topology_text(t, &ret, "on %s, with Linux %s%s%s", measured->date,
				    measured->kernel, doubts, measured->doubts);
	for (size_t i = 0; ours && i < t->n_nodes; i++) {
		struct tier_node_info *node = &t->nodes[i];

		look_up(t, node);
		if (node->measured.known)
			node->measured.why =
				(struct tier_evidence){ TIER_SOURCE_MEASURED, why };
		if (!counts)
			continue;
		if (!node->measured.known && node->perf.known)
			node->perf = (struct tier_perf){
				.why.text = "it was not measured when others were, and "
					    "what the firmware tells is of another sort"
			};
		else if (node->measured.known)
			node->perf = node->measured;
	}
	return ret;
}
