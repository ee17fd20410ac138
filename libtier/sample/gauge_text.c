// SPDX-License-Identifier: LGPL-2.1-or-later
// Text of the kernel to figures: drivers/base/node.c (meminfo), mm/memcontrol.c (numa_stat),
// kernel/sched/psi.c.
#include "gauge_text.h"

#include <errno.h>
#include <string.h>

#include "parse.h"

static const struct {
	const char *key;
	enum tier_gauge gauge;
} fields[] = {
	{ "MemTotal:", TIER_GAUGE_TOTAL },
	{ "MemFree:", TIER_GAUGE_FREE },
	{ "FilePages:", TIER_GAUGE_FILE },
	{ "AnonPages:", TIER_GAUGE_ANON },
	{ "Shmem:", TIER_GAUGE_SHARED },
	{ "Slab:", TIER_GAUGE_SLAB },
	{ "HugePages_Total:", TIER_GAUGE_HUGE },
	{ "HugePages_Free:", TIER_GAUGE_HUGE_FREE },
};

/* "Node", a number, the key, a number, and perhaps "kB". */
static void take_line(const char *line, const char *end, struct tier_node_sample *node)
{
	const char *word, *number;
	size_t len;
	uint64_t value;

	for (int i = 0; i < 3; i++)
		if (!next_word(&line, end, &word, &len))
			return;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		size_t number_len;

		if (!span_is(word, len, fields[i].key) ||
		    !next_word(&line, end, &number, &number_len) ||
		    parse_digits(&number, &value) || value > UINT64_MAX / 1024)
			continue;
		/* Huge pages are counted, all else is in kB. */
		node->gauge[fields[i].gauge] =
			fields[i].gauge >= TIER_GAUGE_HUGE ? value : value * 1024;
		node->known |= 1U << fields[i].gauge;
		return;
	}
}

void node_meminfo(const char *text, struct tier_node_sample *node)
{
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len))
		take_line(line, line + len, node);
}

/* "N3=4096" */
static int take_count(const char *word, size_t len, uint64_t *bytes, size_t n_nodes)
{
	const char *at = word + 1;
	uint64_t node, value;

	if (*word != 'N' || parse_digits(&at, &node) || *at++ != '=' ||
	    parse_digits(&at, &value) || at != word + len)
		return -EINVAL;
	if (node < n_nodes)
		bytes[node] = value;
	return 0;
}

int group_numa_stat(const char *text, struct group_bytes *bytes)
{
	const char *line, *word;
	size_t length, len;
	int known = 0;

	while (next_line(&text, &line, &length)) {
		const char *end = line + length;
		uint64_t *to = NULL;

		if (!next_word(&line, end, &word, &len))
			continue;
		if (span_is(word, len, "anon"))
			to = bytes->anon;
		if (span_is(word, len, "file"))
			to = bytes->file;
		known += to ? 1 : 0;
		while (to && next_word(&line, end, &word, &len))
			if (take_count(word, len, to, bytes->n_nodes))
				return -EINVAL;
	}
	return known == 2 ? 0 : -EINVAL;
}

/* "avg10=12.34" between words; in thousandths. */
static bool take_share(const char *line, const char *end, uint32_t *share)
{
	static const char key[] = "avg10=";
	const char *word;
	size_t len;
	uint64_t whole, part;

	while (next_word(&line, end, &word, &len)) {
		const char *at = word + sizeof(key) - 1;

		if (len < sizeof(key) || strncmp(word, key, sizeof(key) - 1))
			continue;
		if (parse_digits(&at, &whole) || *at++ != '.' ||
		    parse_digits(&at, &part) || whole > 100 || part > 99)
			return false;
		*share = (uint32_t)(whole * 1000 + part * 10);
		return true;
	}
	return false;
}

bool pressure_shares(const char *text, uint32_t *some, uint32_t *full)
{
	const char *line, *word;
	size_t length, len;
	int found = 0;

	while (next_line(&text, &line, &length)) {
		const char *end = line + length;

		if (!next_word(&line, end, &word, &len))
			continue;
		if (span_is(word, len, "some"))
			found += take_share(line, end, some);
		if (span_is(word, len, "full"))
			found += take_share(line, end, full);
	}
	return found == 2;
}
