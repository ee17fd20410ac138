// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads an event's terms, the bits that a term has, and what a count is worth. The language of
// the environment does not matter, as it would to strtod().
#include "pmu_text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "parse.h"

/* More digits add nothing to a double. */
#define DIGITS_MOST   18
#define EXPONENT_MOST 64

static bool is_end(char c)
{
	return c == '\0' || c == '\n';
}

static int parse_value(const char **cursor, uint64_t *value)
{
	if ((*cursor)[0] == '0' && (*cursor)[1] == 'x')
		return parse_address(cursor, value);
	return parse_digits(cursor, value);
}

int pmu_next_term(const char **cursor, struct pmu_term *term)
{
	const char *at = *cursor;
	int ret;

	if (is_end(*at))
		return 0;
	*term = (struct pmu_term){ at, strcspn(at, "=,\n"), 1 };
	at += term->len;
	if (!term->len)
		return -EINVAL;
	if (*at == '=') {
		at++;
		ret = parse_value(&at, &term->value);
		if (ret)
			return ret;
	}
	if (*at == ',' && !is_end(at[1]))
		at++;
	else if (!is_end(*at))
		return -EINVAL;
	*cursor = at;
	return 1;
}

/* ---- bits ------------------------------------------------------------------------------ */

static uint64_t *word_of(const char **cursor, struct pmu_config *config)
{
	static const char *const names[PMU_WORDS] = { "config:", "config1:", "config2:" };

	for (size_t i = 0; i < PMU_WORDS; i++) {
		size_t len = strlen(names[i]);

		if (strncmp(*cursor, names[i], len) != 0)
			continue;
		*cursor += len;
		return &config->word[i];
	}
	return NULL;
}

/* "0-7", or "21" alone. */
static int parse_bits(const char **cursor, uint64_t *first, uint64_t *count)
{
	uint64_t last;
	int ret = parse_digits(cursor, first);

	last = *first;
	if (!ret && **cursor == '-') {
		++*cursor;
		ret = parse_digits(cursor, &last);
	}
	if (ret)
		return ret;
	if (last < *first || last > 63)
		return -EINVAL;
	*count = last - *first + 1;
	return 0;
}

static uint64_t low_bits(uint64_t count)
{
	return count >= 64 ? UINT64_MAX : (1ULL << count) - 1;
}

int pmu_place(const char *format, uint64_t value, struct pmu_config *config)
{
	struct pmu_config placed = *config;
	uint64_t *word = word_of(&format, &placed), taken = 0;

	if (!word)
		return -EINVAL;
	for (;;) {
		uint64_t first, count, bits;
		int ret = parse_bits(&format, &first, &count);

		if (ret)
			return ret;
		bits = low_bits(count) << first;
		if (taken & bits)
			return -EINVAL;
		taken |= bits;
		*word = (*word & ~bits) | (value & low_bits(count)) << first;
		value = count >= 64 ? 0 : value >> count;
		if (*format != ',')
			break;
		format++;
	}
	if (!is_end(*format) || (*format && format[1]))
		return -EINVAL;
	if (value)
		return -ERANGE;
	*config = placed;
	return 0;
}

/* ---- what a count is worth --------------------------------------------------------------- */

/* Digits that `value` goes on with; returns how many. */
static size_t take_digits(const char **cursor, double *value)
{
	const char *begin = *cursor;

	for (; **cursor >= '0' && **cursor <= '9'; ++*cursor)
		if (*cursor - begin < DIGITS_MOST)
			*value = *value * 10 + (**cursor - '0');
	return (size_t)(*cursor - begin);
}

static double power_of_ten(int64_t exponent)
{
	double power = 1;

	for (int64_t i = exponent < 0 ? -exponent : exponent; i > 0; i--)
		power *= 10;
	return exponent < 0 ? 1 / power : power;
}

/* "e-5", or nothing. */
static int parse_exponent(const char **cursor, int64_t *exponent)
{
	bool is_negative;
	uint64_t digits;
	int ret;

	*exponent = 0;
	if (**cursor != 'e' && **cursor != 'E')
		return 0;
	++*cursor;
	is_negative = **cursor == '-';
	*cursor += is_negative || **cursor == '+';
	ret = parse_digits(cursor, &digits);
	if (ret)
		return ret;
	if (digits > EXPONENT_MOST)
		return -ERANGE;
	*exponent = is_negative ? -(int64_t)digits : (int64_t)digits;
	return 0;
}

static int parse_scale(const char *text, double *scale)
{
	double whole = 0, part = 0;
	size_t digits = take_digits(&text, &whole), behind = 0;
	int64_t exponent;
	int ret;

	if (digits > DIGITS_MOST)
		return -ERANGE;
	if (*text == '.') {
		text++;
		behind = take_digits(&text, &part);
	}
	if (!digits && !behind)
		return -EINVAL;
	ret = parse_exponent(&text, &exponent);
	if (ret)
		return ret;
	if (!is_end(*text) || (*text && text[1]))
		return -EINVAL;
	if (behind > DIGITS_MOST)
		behind = DIGITS_MOST;
	*scale = (whole + part * power_of_ten(-(int64_t)behind)) * power_of_ten(exponent);
	return 0;
}

int pmu_bytes(const char *scale, const char *unit, double *bytes)
{
	static const struct unit units[] = {
		{ "B", 1 },
		{ "Bytes", 1 },
		{ "KiB", 1ULL << 10 },
		{ "MiB", 1ULL << 20 },
		{ "GiB", 1ULL << 30 },
	};
	const double most = 18446744073709551616.0;
	size_t len = strcspn(unit, "\n");
	double value;
	int ret = parse_scale(scale, &value);

	if (ret)
		return ret;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!span_is(unit, len, units[i].name) || (unit[len] && unit[len + 1]))
			continue;
		value *= (double)units[i].factor;
		if (!(value >= 1 / most && value <= most))
			return -ERANGE;
		*bytes = value;
		return 0;
	}
	return -EINVAL;
}
