// SPDX-License-Identifier: GPL-2.0-or-later
// Checked numbers, figures with units, lines and words.
#include "parse.h"
#include "unit.h"

#define UNTOUCHED 0xabcdefULL

static void test_parse__figures(void **state)
{
	static const struct {
		const char *text;
		const struct unit *units;
		int result;
		uint64_t value;
	} rows[] = {
		{ "30GB/s", units_bytes_per_sec, 0, 30000000000 },
		{ "1.5GB/s", units_bytes_per_sec, 0, 1500000000 },
		{ "1.5GiB/s", units_bytes_per_sec, 0, 1610612736 },
		{ "0.000000001GB/s", units_bytes_per_sec, 0, 1 },
		{ "0.0000000019GB/s", units_bytes_per_sec, 0, 1 },
		{ "0.999999999999999999999999999999B/s", units_bytes_per_sec, 0, 0 },
		{ "1.999999999999999999999999999999KiB/s", units_bytes_per_sec, 0, 2047 },
		{ "2.00B/s", units_bytes_per_sec, 0, 2 },
		{ "0.7us", units_ns, 0, 700 },
		{ "250ns", units_ns, 0, 250 },
		{ "18446744073709551615ns", units_ns, 0, UINT64_MAX },
		{ "18446744073709551616ns", units_ns, -ERANGE, 0 },
		{ "18446744073709552us", units_ns, -ERANGE, 0 },
		{ "18446744073709551.999us", units_ns, -ERANGE, 0 },
		{ "16777216TiB", units_bytes, -ERANGE, 0 },
		{ "16777215.5TiB", units_bytes, 0, UINT64_MAX - (1ULL << 39) + 1 },
		{ "7", units_bytes, 0, 7 },
		{ "7", units_ns, -EINVAL, 0 },
		{ "", units_bytes, -EINVAL, 0 },
		{ "GB", units_bytes, -EINVAL, 0 },
		{ ".5GB", units_bytes, -EINVAL, 0 },
		{ "1..5GB", units_bytes, -EINVAL, 0 },
		{ "1.5.5GB", units_bytes, -EINVAL, 0 },
		{ "-1GB", units_bytes, -EINVAL, 0 },
		{ "1 GB", units_bytes, -EINVAL, 0 },
		{ "1GB ", units_bytes, -EINVAL, 0 },
		{ "1GBps", units_bytes, -EINVAL, 0 },
		{ "1gb", units_bytes, -EINVAL, 0 },
		{ "1e9B", units_bytes, -EINVAL, 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t value = UNTOUCHED;
		int ret = parse_figure(rows[i].text, rows[i].units, &value);
		uint64_t expected = rows[i].result ? UNTOUCHED : rows[i].value;

		if (ret != rows[i].result || value != expected)
			ROW_FAILS(failures, "'%s': %d, %llu\n", rows[i].text, ret,
				  (unsigned long long)value);
	}
	assert_rows(failures);
}

static int u64(const char *text, int64_t *value)
{
	uint64_t found;
	int ret = parse_u64(text, &found);

	if (!ret)
		*value = (int64_t)found;
	return ret;
}

static int hex(const char *text, int64_t *value)
{
	uint64_t found;
	int ret = parse_hex(text, &found);

	if (!ret)
		*value = (int64_t)found;
	return ret;
}

static int i32(const char *text, int64_t *value)
{
	int32_t found;
	int ret = parse_i32(text, &found);

	if (!ret)
		*value = found;
	return ret;
}

static void test_parse__numbers(void **state)
{
	static const struct {
		const char *text;
		int (*parse)(const char *text, int64_t *value);
		int result;
		int64_t value;
	} rows[] = {
		{ "0", u64, 0, 0 },
		{ "12\n", u64, 0, 12 },
		{ "0x1f", u64, 0, 31 },
		{ "18446744073709551615", u64, 0, -1 },
		{ "18446744073709551616", u64, -ERANGE, 0 },
		{ "", u64, -EINVAL, 0 },
		{ "\n", u64, -EINVAL, 0 },
		{ "12\n\n", u64, -EINVAL, 0 },
		{ " 12", u64, -EINVAL, 0 },
		{ "+12", u64, -EINVAL, 0 },
		{ "-12", u64, -EINVAL, 0 },
		{ "0x", u64, -EINVAL, 0 },
		{ "12k", u64, -EINVAL, 0 },
		{ "8000000\n", hex, 0, 0x8000000 },
		{ "fFfF", hex, 0, 0xffff },
		{ "0x8", hex, -EINVAL, 0 },
		{ "10000000000000000", hex, -ERANGE, 0 },
		{ "2147483647", i32, 0, INT32_MAX },
		{ "2147483648", i32, -ERANGE, 0 },
		{ "-2147483648", i32, 0, INT32_MIN },
		{ "-2147483649", i32, -ERANGE, 0 },
		{ "-1\n", i32, 0, -1 },
		{ "-", i32, -EINVAL, 0 },
		{ "--1", i32, -EINVAL, 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t value = UNTOUCHED;
		int ret = rows[i].parse(rows[i].text, &value);
		int64_t expected = rows[i].result ? (int64_t)UNTOUCHED : rows[i].value;

		if (ret != rows[i].result || value != expected)
			ROW_FAILS(failures, "'%s': %d, %lld\n", rows[i].text, ret,
				  (long long)value);
	}
	assert_rows(failures);
}

static void test_parse__digits_stop_at_the_first_other(void **state)
{
	const char *text = "42-17", *cursor = text;
	uint64_t value;

	(void)state;

	assert_int_equal(parse_digits(&cursor, &value), 0);
	assert_int_equal(value, 42);
	assert_ptr_equal(cursor, text + 2);
	assert_int_equal(parse_digits(&cursor, &value), -EINVAL);
	assert_ptr_equal(cursor, text + 2);
}

static void test_parse__lines(void **state)
{
	static const char *const expected[] = { "one", "", "three", "last" };
	const char *cursor = "one\n\nthree\nlast", *line;
	size_t len;

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_true(next_line(&cursor, &line, &len));
		assert_true(span_is(line, len, expected[i]));
	}
	assert_false(next_line(&cursor, &line, &len));
}

static void test_parse__words(void **state)
{
	static const char *const expected[] = { "numa=fake=4", "quiet" };
	const char *text = " \tnuma=fake=4   quiet\t", *cursor = text;
	const char *end = text + strlen(text), *word;
	size_t len;

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_true(next_word(&cursor, end, &word, &len));
		assert_true(span_is(word, len, expected[i]));
	}
	assert_false(next_word(&cursor, end, &word, &len));
	assert_false(span_is("quiet", 5, "quie"));
	assert_false(span_is("quie", 4, "quiet"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse__figures),
		cmocka_unit_test(test_parse__numbers),
		cmocka_unit_test(test_parse__digits_stop_at_the_first_other),
		cmocka_unit_test(test_parse__lines),
		cmocka_unit_test(test_parse__words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
