// SPDX-License-Identifier: LGPL-2.1-or-later
// A line of numa_maps is "ADDRESS POLICY word word ..."; the words N3=17 and
// kernelpagesize_kB=2048 count, in any order (fs/proc/task_mmu.c,
// show_numa_map). A file's name cannot look like them: it begins "file=", and the
// blanks and '=' in it are escaped.
#include "numa_maps.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "parse.h"

struct totals {
	uint64_t *node_bytes;
	size_t len;
	int highest;
};

/* "kernelpagesize_kB=4" of a line; every line with pages has one. */
static uint64_t page_bytes(const char *line, const char *end)
{
	static const char key[] = "kernelpagesize_kB=";
	const char *word;
	uint64_t kilobytes;
	size_t len;

	while (next_word(&line, end, &word, &len)) {
		if (len < sizeof(key) || strncmp(word, key, sizeof(key) - 1))
			continue;
		end = word + len;
		word += sizeof(key) - 1;
		if (parse_digits(&word, &kilobytes) || word != end ||
		    kilobytes > UINT64_MAX / 1024)
			return 0;
		return kilobytes * 1024;
	}
	return 0;
}

/* Whether it is a word on a node's pages: no other begins with N and a digit. */
static bool is_count(const char *word)
{
	return word[0] == 'N' && word[1] >= '0' && word[1] <= '9';
}

/* "N3=17" between word and word + len. */
static int parse_count(const char *word, size_t len, uint64_t *node, uint64_t *pages)
{
	const char *end = word + len;
	int ret;

	word++;
	ret = parse_digits(&word, node);
	if (ret)
		return ret;
	if (*word++ != '=')
		return -EINVAL;
	ret = parse_digits(&word, pages);
	return ret || word == end ? ret : -EINVAL;
}

static int add_pages(struct totals *totals, uint64_t node, uint64_t pages, uint64_t size)
{
	uint64_t bytes;

	if (node >= totals->len || __builtin_mul_overflow(pages, size, &bytes) ||
	    __builtin_add_overflow(totals->node_bytes[node], bytes,
				   &totals->node_bytes[node]))
		return -ERANGE;
	if (totals->highest <= (int)node)
		totals->highest = (int)node + 1;
	return 0;
}

static bool is_address(const char *word, size_t len)
{
	return strspn(word, "0123456789abcdef") == len;
}

static int add_line(struct totals *totals, const char *line, const char *end)
{
	uint64_t size = page_bytes(line, end);
	const char *word;
	size_t len;

	if (!next_word(&line, end, &word, &len) || !is_address(word, len))
		return -EINVAL;
	while (next_word(&line, end, &word, &len)) {
		uint64_t node, pages;
		int ret;

		if (!is_count(word))
			continue;
		ret = parse_count(word, len, &node, &pages);
		if (!ret)
			ret = size ? add_pages(totals, node, pages, size) : -EINVAL;
		if (ret)
			return ret;
	}
	return 0;
}

int numa_maps_add(const char *text, uint64_t *node_bytes, size_t len)
{
	struct totals totals = { node_bytes, len, 0 };
	const char *line;
	size_t length;

	while (next_line(&text, &line, &length)) {
		int ret = add_line(&totals, line, line + length);

		if (ret)
			return ret;
	}
	return totals.highest;
}

int numa_maps_add_line(const char *line, size_t length, uint64_t *node_bytes, size_t len)
{
	struct totals totals = { node_bytes, len, 0 };
	int ret = add_line(&totals, line, line + length);

	return ret ? ret : totals.highest;
}

/* "huge" of a line: the kernel's word for hugetlbfs. */
static bool is_huge(const char *line, const char *end)
{
	const char *word;
	size_t len;

	while (next_word(&line, end, &word, &len))
		if (span_is(word, len, "huge"))
			return true;
	return false;
}

int numa_maps_next_huge(const char **cursor, uint64_t *start, uint64_t *bytes)
{
	const char *line, *word;
	char address[32];
	size_t length, len;

	while (next_line(cursor, &line, &length)) {
		const char *end = line + length, *at = line;

		if (!is_huge(line, end))
			continue;
		/* A mapping without pages has no page size. */
		*bytes = page_bytes(line, end);
		if (!*bytes)
			continue;
		if (!next_word(&at, end, &word, &len) || len >= sizeof(address))
			return -EINVAL;
		memcpy(address, word, len);
		address[len] = '\0';
		return parse_hex(address, start) ? -EINVAL : 1;
	}
	return 0;
}
