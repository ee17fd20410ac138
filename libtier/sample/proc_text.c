// SPDX-License-Identifier: LGPL-2.1-or-later
// Lines of maps are "START-END PERMS OFFSET DEVICE INODE   NAME" (fs/proc/task_mmu.c,
// show_map_vma); those of status "Key:<TAB>value" (fs/proc/array.c), where stat is one line
// of words. A newline in a file's name is escaped in maps.
#include "proc_text.h"

#include <errno.h>
#include <string.h>

#include "parse.h"

/* Hex digits at *cursor, which then points behind them. */
static bool take_hex(const char **cursor, const char *end, uint64_t *value)
{
	const char *start = *cursor;

	*value = 0;
	for (; *cursor < end && hex_digit(**cursor) >= 0; (*cursor)++) {
		if (*value >> 60)
			return false;
		*value = *value << 4 | (uint64_t)hex_digit(**cursor);
	}
	return *cursor > start;
}

/* "START-END"; `*cursor` then points behind it. */
static bool take_range(const char **cursor, const char *end, uint64_t *first,
		       uint64_t *last)
{
	if (!take_hex(cursor, end, first) || *cursor == end || *(*cursor)++ != '-')
		return false;
	return take_hex(cursor, end, last) && *last > *first;
}

int maps_next(const char **cursor, struct mapping *mapping)
{
	const char *line, *end, *word;
	size_t len;

	if (!next_line(cursor, &line, &len))
		return 0;
	end = line + len;
	if (!take_range(&line, end, &mapping->start, &mapping->end))
		return -EINVAL;
	for (int words = 0; words < 4; words++) {
		if (!next_word(&line, end, &word, &len))
			return -EINVAL;
		if (words)
			continue;
		mapping->is_code = memchr(word, 'x', len);
		mapping->is_closed = len >= 3 && !memcmp(word, "---", 3);
		mapping->is_private = word[len - 1] == 'p';
	}
	while (line < end && *line == ' ')
		line++;
	mapping->name = line;
	mapping->name_len = (size_t)(end - line);
	return 1;
}

bool mapping_is(const struct mapping *mapping, const char *word)
{
	const char *at = word, *end = word + strlen(word);
	uint64_t first, last;

	if (span_is(mapping->name, mapping->name_len, word))
		return true;
	if (!parse_hex(word, &first))
		return mapping->start <= first && first < mapping->end;
	return take_range(&at, end, &first, &last) && at == end &&
	       mapping->start < last && first < mapping->end;
}

/* The value of a line of status, without the blanks before it. */
static bool find_value(const char *text, const char *key, const char **value, size_t *len)
{
	size_t key_len = strlen(key);
	const char *line;

	while (next_line(&text, &line, len)) {
		const char *end = line + *len;

		if (*len <= key_len || strncmp(line, key, key_len) ||
		    line[key_len] != ':')
			continue;
		for (line += key_len + 1; line < end && strchr(" \t", *line); line++)
			;
		*value = line;
		*len = (size_t)(end - line);
		return true;
	}
	return false;
}

bool status_bytes(const char *text, const char *key, uint64_t *bytes)
{
	const char *value;
	uint64_t kilobytes;
	size_t len;

	if (!find_value(text, key, &value, &len) || parse_digits(&value, &kilobytes) ||
	    kilobytes > UINT64_MAX / 1024)
		return false;
	*bytes = kilobytes * 1024;
	return true;
}

bool status_allowed_nodes(const char *text, struct tier_nodeset *nodes)
{
	char list[4 * TIER_MAX_NODES];
	const char *value;
	size_t len;

	if (!find_value(text, "Mems_allowed_list", &value, &len) || len >= sizeof(list))
		return false;
	memcpy(list, value, len);
	list[len] = '\0';
	return !tier_nodeset_parse(list, nodes, NULL);
}

bool status_number(const char *text, const char *key, uint64_t *number)
{
	const char *value;
	size_t len;

	return find_value(text, key, &value, &len) && !parse_digits(&value, number);
}

bool status_signals(const char *text, const char *key, uint64_t *signals)
{
	const char *value;
	size_t len;

	return find_value(text, key, &value, &len) &&
	       take_hex(&value, value + len, signals);
}

/* The first behind the name, which may hold anything, is the third. */
static bool stat_field(const char *text, int field, uint64_t *number)
{
	const char *at = strrchr(text, ')'), *end = text + strlen(text), *word;
	size_t len;

	if (!at)
		return false;
	at++;
	for (int i = 3; i <= field; i++)
		if (!next_word(&at, end, &word, &len))
			return false;
	return !parse_digits(&word, number);
}

bool stat_flags(const char *text, uint64_t *flags)
{
	return stat_field(text, 9, flags);
}

bool stat_cpu(const char *text, uint64_t *cpu)
{
	return stat_field(text, 39, cpu);
}

uint64_t stat_started(const char *text)
{
	uint64_t ticks;

	return stat_field(text, 22, &ticks) ? ticks : 0;
}

bool stat_parent(const char *text, uint64_t *pid)
{
	return stat_field(text, 4, pid);
}

bool stat_memory(const char *text, uint64_t *size_bytes, uint64_t *resident_pages)
{
	return stat_field(text, 23, size_bytes) && stat_field(text, 24, resident_pages);
}

bool stat_name(const char *text, const char **name, size_t *len)
{
	const char *first = strchr(text, '('), *last = strrchr(text, ')');

	if (!first || !last || last < first)
		return false;
	*name = first + 1;
	*len = (size_t)(last - first - 1);
	return true;
}

bool statm_pages(const char *text, uint64_t *mapped, uint64_t *resident)
{
	if (parse_digits(&text, mapped) || *text++ != ' ')
		return false;
	return !parse_digits(&text, resident);
}

bool status_is_zombie(const char *text)
{
	const char *value;
	size_t len;

	return find_value(text, "State", &value, &len) && len &&
	       (*value == 'Z' || *value == 'X');
}

bool status_has_memory(const char *text)
{
	uint64_t bytes;

	return status_bytes(text, "VmSize", &bytes);
}
