// SPDX-License-Identifier: LGPL-2.1-or-later
// Checked numbers, units, lines and words. Knows no file and no tier.
#include "parse.h"

#include <errno.h>
#include <string.h>

const struct unit units_bytes[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "K", 1ULL << 10 },
	{ "M", 1ULL << 20 },
	{ "G", 1ULL << 30 },
	{ "T", 1ULL << 40 },
	{ "KiB", 1ULL << 10 },
	{ "MiB", 1ULL << 20 },
	{ "GiB", 1ULL << 30 },
	{ "TiB", 1ULL << 40 },
	{ "kB", 1000 },
	{ "MB", 1000000 },
	{ "GB", 1000000000 },
	{ "TB", 1000000000000 },
	{ NULL, 0 },
};

const struct unit units_bytes_per_sec[] = {
	{ "B/s", 1 },
	{ "KiB/s", 1ULL << 10 },
	{ "MiB/s", 1ULL << 20 },
	{ "GiB/s", 1ULL << 30 },
	{ "TiB/s", 1ULL << 40 },
	{ "kB/s", 1000 },
	{ "MB/s", 1000000 },
	{ "GB/s", 1000000000 },
	{ "TB/s", 1000000000000 },
	{ NULL, 0 },
};

const struct unit units_ns[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ NULL, 0 },
};

int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static inline int digit_of(char c, unsigned int base)
{
	if (base == 16)
		return hex_digit(c);
	return c >= '0' && c <= '9' ? c - '0' : -1;
}

/* Base 10 or 16, and known where it is called: a large machine's distances are a
 * million numbers. */
static inline int scan_number(const char **cursor, unsigned int base, uint64_t *value)
{
	const char *at = *cursor;
	uint64_t sum = 0;
	int digit;

	for (; (digit = digit_of(*at, base)) >= 0; at++) {
		if (__builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return -ERANGE;
	}
	if (at == *cursor)
		return -EINVAL;
	*cursor = at;
	*value = sum;
	return 0;
}

int parse_digits(const char **cursor, uint64_t *value)
{
	return scan_number(cursor, 10, value);
}

int parse_hex_digits(const char **cursor, uint64_t *value)
{
	return scan_number(cursor, 16, value);
}

int parse_address(const char **cursor, uint64_t *value)
{
	const char *at = *cursor;
	int ret;

	if (at[0] != '0' || at[1] != 'x')
		return -EINVAL;
	at += 2;
	ret = scan_number(&at, 16, value);
	if (!ret)
		*cursor = at;
	return ret;
}

static int parse_whole(const char *text, unsigned int base, uint64_t *value)
{
	uint64_t found;
	int ret = scan_number(&text, base, &found);

	if (ret)
		return ret;
	if (*text == '\n')
		text++;
	if (*text)
		return -EINVAL;
	*value = found;
	return 0;
}

int parse_u64(const char *text, uint64_t *value)
{
	if (text[0] == '0' && text[1] == 'x')
		return parse_whole(text + 2, 16, value);
	return parse_whole(text, 10, value);
}

int parse_hex(const char *text, uint64_t *value)
{
	return parse_whole(text, 16, value);
}

int parse_i32(const char *text, int32_t *value)
{
	bool negative = *text == '-';
	uint64_t found;
	int ret;

	ret = parse_u64(text + negative, &found);
	if (ret)
		return ret;
	if (found > (uint64_t)INT32_MAX + negative)
		return -ERANGE;
	*value = (int32_t)(negative ? -(int64_t)found : (int64_t)found);
	return 0;
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (!strcmp(units->name, name))
			return units;
	return NULL;
}

/* "1.5": the digits behind the point, from the last to the first, so that what is
 * cut off is less than one base unit in all. */
static uint64_t scan_fraction(const char **cursor, uint64_t factor)
{
	size_t len = strspn(*cursor, "0123456789");
	uint64_t value = 0;

	for (const char *at = *cursor + len; at-- > *cursor;)
		value = (value + factor * (uint64_t)hex_digit(*at)) / 10;
	*cursor += len;
	return value;
}

int parse_figure(const char *text, const struct unit *units, uint64_t *value)
{
	const char *unit_name = text + strspn(text, "0123456789.");
	const struct unit *unit = find_unit(units, unit_name);
	uint64_t found;
	int ret;

	if (!unit)
		return -EINVAL;
	ret = scan_number(&text, 10, &found);
	if (ret)
		return ret;
	if (__builtin_mul_overflow(found, unit->factor, &found))
		return -ERANGE;
	if (*text == '.') {
		text++;
		if (__builtin_add_overflow(found, scan_fraction(&text, unit->factor),
					   &found))
			return -ERANGE;
	}
	if (text != unit_name)
		return -EINVAL;
	*value = found;
	return 0;
}

bool next_line(const char **cursor, const char **line, size_t *len)
{
	const char *end;

	if (!**cursor)
		return false;
	*line = *cursor;
	end = strchrnul(*cursor, '\n');
	*len = (size_t)(end - *line);
	*cursor = *end ? end + 1 : end;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool next_word(const char **cursor, const char *end, const char **word, size_t *len)
{
	const char *at = *cursor;

	while (at < end && is_blank(*at))
		at++;
	if (at == end)
		return false;
	*word = at;
	while (at < end && !is_blank(*at))
		at++;
	*len = (size_t)(at - *word);
	*cursor = at;
	return true;
}

bool span_is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(text, word, len);
}
