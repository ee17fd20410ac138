// SPDX-License-Identifier: GPL-2.0-only
/* Ranges and names as text: what is read, what is refused, and what is written again. */
#include "text.h"
#include "unit.h"

#define ROOM 4

static void test_text__ranges_read(void **state)
{
	static const struct {
		const char *text;
		const char *again;
	} rows[] = {
		{ "", "" },
		{ "\n", "" },
		{ "0-0", "0x0-0x0\n" },
		{ "108000000-10fffffff", "0x108000000-0x10fffffff\n" },
		{ "0x108000000-0x10fffffff\n", "0x108000000-0x10fffffff\n" },
		{ "0X1aB-0x1Ac", "0x1ab-0x1ac\n" },
		{ "0-ffffffffffffffff", "0x0-0xffffffffffffffff\n" },
		{ "000000000000000000001-2", "0x1-0x2\n" },
		{ "0x00000000000000000000a-b", "0xa-0xb\n" },
		{ "1-2,4-5,7-8,a-b\n", "0x1-0x2\n0x4-0x5\n0x7-0x8\n0xa-0xb\n" },
		/* In any order; what overlaps or touches is one, and so fits. */
		{ "30-3f,10-1f", "0x10-0x1f\n0x30-0x3f\n" },
		{ "10-1f,20-2f,18-27", "0x10-0x2f\n" },
		{ "0-1,1-2,2-3,3-4,4-5,5-6", "0x0-0x6\n" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range ranges[ROOM];
		struct range_set set = { .count = 1, .room = ROOM, .ranges = ranges };
		char again[256];

		if (text_parse_ranges(rows[i].text, &set) ||
		    text_print_ranges(again, sizeof(again), &set) != strlen(again) ||
		    strcmp(again, rows[i].again))
			ROW_FAILS(failures, "'%s'\n", rows[i].text);
	}

	assert_rows(failures);
}

static void test_text__ranges_refused(void **state)
{
	static const struct {
		const char *text;
		int error;
	} rows[] = {
		{ "1", -EINVAL },
		{ "1-", -EINVAL },
		{ "-1", -EINVAL },
		{ "-", -EINVAL },
		{ "0x-1", -EINVAL },
		{ "1-0x", -EINVAL },
		{ "0x0x1-2", -EINVAL },
		{ "x1-2", -EINVAL },
		{ "1-2g", -EINVAL },
		{ "g-ff", -EINVAL },
		{ "2-1", -EINVAL },
		{ "1-2-3", -EINVAL },
		{ "1--2", -EINVAL },
		{ "+1-2", -EINVAL },
		{ "1-2,", -EINVAL },
		{ "1-2,\n", -EINVAL },
		{ ",1-2", -EINVAL },
		{ ",", -EINVAL },
		{ "1-2,,3-4", -EINVAL },
		{ "1-2;3-4", -EINVAL },
		{ " 1-2", -EINVAL },
		{ "1-2 ", -EINVAL },
		{ "1 -2", -EINVAL },
		{ "1-2, 4-5", -EINVAL },
		{ "1-2\n\n", -EINVAL },
		{ "\n1-2", -EINVAL },
		{ "1-2\n4-5", -EINVAL },
		{ "1-2\r\n", -EINVAL },
		/* What stands beside the digits in ASCII. */
		{ "/-ff", -EINVAL },
		{ ":-ff", -EINVAL },
		{ "@-ff", -EINVAL },
		{ "G-ff", -EINVAL },
		{ "`-ff", -EINVAL },
		{ "\xb1-ff", -EINVAL },
		/* More than 64 bits. */
		{ "0-10000000000000000", -EINVAL },
		{ "10000000000000000-1", -EINVAL },
		{ "0-fffffffffffffffff", -EINVAL },
		{ "0-100000000000000000000000000000001", -EINVAL },
		/* One more than there is room for. */
		{ "1-2,4-5,7-8,a-b,d-e", -ENOSPC },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range ranges[ROOM];
		struct range_set set = { .room = ROOM, .ranges = ranges };
		int got = text_parse_ranges(rows[i].text, &set);

		if (got != rows[i].error)
			ROW_FAILS(failures, "'%s': %d\n", rows[i].text, got);
	}

	assert_rows(failures);
}

/* Whole lines, whatever the buffer's size, and never a byte behind its end. */
static void test_text__ranges_as_many_as_fit(void **state)
{
	static const char whole[] =
		"0x1-0x2\n0x40-0x5f\n0x100000000-0xffffffffffffffff\n";
	struct range ranges[] = { { 1, 2 }, { 0x40, 0x5f }, { 0x100000000, UINT64_MAX } };
	struct range_set set = { .count = 3, .room = 3, .ranges = ranges };
	int failures = 0;

	(void)state;
	for (size_t size = 1; size <= sizeof(whole); size++) {
		size_t want = size < 9		   ? 0 :
			      size < 19		   ? 8 :
			      size < sizeof(whole) ? 18 :
						     49;
		char *buf = malloc(size);
		size_t length;

		assert_non_null(buf);
		length = text_print_ranges(buf, size, &set);
		if (length != want || buf[length] || memcmp(buf, whole, length))
			ROW_FAILS(failures, "%zu bytes: %zu\n", size, length);
		free(buf);
	}
	assert_int_equal(text_print_ranges(NULL, 0, &set), 0);

	assert_rows(failures);
}

/* The longest line that there can be. */
static void test_text__ranges_longest(void **state)
{
	struct range ranges[] = { { UINT64_MAX, UINT64_MAX } };
	struct range_set set = { .count = 1, .room = 1, .ranges = ranges };
	char buf[64];

	(void)state;
	assert_int_equal(text_print_ranges(buf, sizeof(buf), &set), 38);
	assert_string_equal(buf, "0xffffffffffffffff-0xffffffffffffffff\n");
}

static void test_text__names(void **state)
{
	static const struct {
		const char *list;
		const char *name;
		bool is_in;
	} rows[] = {
		{ "dax0.0", "dax0.0", true },
		{ "dax0.0\n", "dax0.0", true },
		{ "dax0.0,dax1.0", "dax0.0", true },
		{ "dax0.0,dax1.0", "dax1.0", true },
		{ "dax0.0,dax1.0\n", "dax1.0", true },
		{ "dax0.0,,dax1.0", "dax1.0", true },
		{ "all", "dax0.0", true },
		{ "all\n", "dax0.0", true },
		{ "", "dax0.0", false },
		{ "\n", "dax0.0", false },
		{ ",", "dax0.0", false },
		{ "dax0.1", "dax0.0", false },
		{ "dax0.0", "dax0.00", false },
		{ "dax0.00", "dax0.0", false },
		{ "dax10.0", "dax0.0", false },
		{ "dax0.0 ", "dax0.0", false },
		{ " dax0.0", "dax0.0", false },
		{ "dax0.0,dax1.0", "dax0.0,dax1.0", false },
		{ "dax0.0\n\n", "dax0.0", false },
		{ "dax0.0\ndax1.0", "dax0.0", false },
		{ "all,dax1.0", "dax0.0", false },
		{ "dax1.0,all", "dax0.0", false },
		{ "ALL", "dax0.0", false },
		{ "allx", "dax0.0", false },
		{ "al", "dax0.0", false },
		{ "", "", false },
		{ ",", "", false },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (text_names(rows[i].list, rows[i].name) != rows[i].is_in)
			ROW_FAILS(failures, "'%s' in '%s'\n", rows[i].name, rows[i].list);

	assert_rows(failures);
}

/* The host's scnprintf() counts as the kernel's does, or the tests above prove nothing. */
static void test_text__scnprintf(void **state)
{
	char buf[8] = "unused";

	(void)state;
	assert_int_equal(scnprintf(buf, 0, "%d", 12345), 0);
	assert_string_equal(buf, "unused");
	assert_int_equal(scnprintf(buf, 4, "%d", 12345), 3);
	assert_string_equal(buf, "123");
	assert_int_equal(scnprintf(buf, 6, "%d", 12345), 5);
	assert_string_equal(buf, "12345");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text__ranges_read),
		cmocka_unit_test(test_text__ranges_refused),
		cmocka_unit_test(test_text__ranges_as_many_as_fit),
		cmocka_unit_test(test_text__ranges_longest),
		cmocka_unit_test(test_text__names),
		cmocka_unit_test(test_text__scnprintf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
