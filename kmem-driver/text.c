// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges and names as text, read strictly: it decides which memory is used, so what is
 * not wholly understood is refused. Knows nothing of parameters and attributes.
 */
#include "text.h"

/* The longest line: two numbers of 16 digits with "0x", '-', '\n' and the final zero. */
#define LINE_BYTES (2 * 18 + 3)

/* -1 for what is no digit. */
static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A number at *at, which then points behind it. */
static int parse_hex(const char **at, u64 *value)
{
	const char *text = *at;
	u64 sum = 0;
	int digit;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	digit = digit_of(*text);
	if (digit < 0)
		return -EINVAL;
	for (; digit >= 0; digit = digit_of(*++text)) {
		/* A 17th digit that counts. */
		if (sum >> 60)
			return -EINVAL;
		sum = sum << 4 | (u64)digit;
	}
	*at = text;
	*value = sum;
	return 0;
}

static int parse_range(const char **at, struct range *range)
{
	int err = parse_hex(at, &range->start);

	if (err)
		return err;
	if (*(*at)++ != '-')
		return -EINVAL;
	return parse_hex(at, &range->end);
}

static bool is_end(const char *at)
{
	return !strcmp(at, "") || !strcmp(at, "\n");
}

int text_parse_ranges(const char *text, struct range_set *set)
{
	set->count = 0;
	if (is_end(text))
		return 0;
	for (;; text++) {
		struct range range;
		int ret = parse_range(&text, &range);

		if (ret < 0)
			return ret;
		ret = range_set_add(set, &range);
		if (ret < 0)
			return ret;
		if (is_end(text))
			return 0;
		if (*text != ',')
			return -EINVAL;
	}
}

size_t text_print_ranges(char *buf, size_t size, const struct range_set *set)
{
	size_t used = 0;

	if (!size)
		return 0;
	for (unsigned int i = 0; i < set->count; i++) {
		const struct range *range = &set->ranges[i];
		char line[LINE_BYTES];
		size_t length = (size_t)scnprintf(line, sizeof(line), "0x%llx-0x%llx\n",
						  (unsigned long long)range->start,
						  (unsigned long long)range->end);

		if (length >= size - used)
			break;
		memcpy(buf + used, line, length);
		used += length;
	}
	buf[used] = '\0';
	return used;
}

bool text_names(const char *list, const char *name)
{
	size_t left = strlen(list), wanted = strlen(name);

	if (left && list[left - 1] == '\n')
		left--;
	if (left == 3 && !memcmp(list, "all", 3))
		return true;
	while (wanted && left >= wanted) {
		const char *comma = memchr(list, ',', left);
		size_t length = comma ? (size_t)(comma - list) : left;

		if (length == wanted && !memcmp(list, name, wanted))
			return true;
		if (!comma)
			return false;
		list = comma + 1;
		left -= length + 1;
	}
	return false;
}
