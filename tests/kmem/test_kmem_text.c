// SPDX-License-Identifier: GPL-2.0-or-later
// Ranges and names as people write them: what is understood, and that all else is refused.
#include "text.h"

#include "pure.h"

static void test_text__ranges_that_are_read(void **state)
{
	static const struct {
		const char *text, *printed;
	} rows[] = {
		{ "", "" },
		{ "\n", "" },
		{ "0-0", "0x0-0x0\n" },
		{ "108000000-10fffffff\n", "0x108000000-0x10fffffff\n" },
		{ "0x10-0X1f,30-3f", "0x10-0x1f\n0x30-0x3f\n" },
		{ "30-3f,10-1f", "0x10-0x1f\n0x30-0x3f\n" },
		{ "10-1f,20-2f", "0x10-0x2f\n" }, /* they touch */
		{ "10-2f,18-3f", "0x10-0x3f\n" },
		{ "aBc-DeF", "0xabc-0xdef\n" },
		{ "0000000000000000010-0000000000000000011", "0x10-0x11\n" },
		{ "0-ffffffffffffffff", "0x0-0xffffffffffffffff\n" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char printed[128];
		struct own_set own;
		int rc = text_parse_ranges(rows[i].text, empty(&own, MOST));

		text_print_ranges(printed, sizeof(printed), &own.set);
		if (rc || strcmp(printed, rows[i].printed))
			ROW_FAILS(failures, "'%s': %d '%s'\n", rows[i].text, rc, printed);
	}
	assert_rows(failures);
}

static void test_text__ranges_that_are_refused(void **state)
{
	static const char *const texts[] = {
		" ",
		"-",
		"1",
		"1-",
		"-1",
		"2-1",
		"1-2-3",
		"1-2,",
		",1-2",
		"1-2,,3-4",
		"1-2;3-4",
		"1-2 ",
		" 1-2",
		"1 - 2",
		"1-2\n\n",
		"0x-1",
		"1-0x",
		"g-h",
		"1-2x",
		"0x0x1-2",
		"\n1-2",
		"1-2\n,3-4",
		"0-10000000000000000",
		"+1-2",
		"1--2",
		"all",
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct own_set own;
		int rc = text_parse_ranges(texts[i], empty(&own, MOST));

		if (rc != -EINVAL)
			ROW_FAILS(failures, "'%s': %d\n", texts[i], rc);
	}
	assert_rows(failures);
}

static void test_text__no_more_ranges_than_there_is_room_for(void **state)
{
	struct own_set own;

	(void)state;
	assert_int_equal(text_parse_ranges("1-2,5-6,9-a", empty(&own, 3)), 0);
	assert_int_equal(text_parse_ranges("1-2,5-6,9-a", empty(&own, 2)), -ENOSPC);
	assert_int_equal(text_parse_ranges("1-2,5-6,2-5", empty(&own, 2)), 0);
}

/* Whatever the room: whole lines, and a zero behind them. */
static void test_text__printing_in_every_room(void **state)
{
	static const char whole[] = "0x1-0x2\n0x10-0x20\n0x100-0x200\n";
	struct own_set own;
	int failures = 0;

	(void)state;
	assert_int_equal(text_parse_ranges("1-2,10-20,100-200", empty(&own, MOST)), 0);
	for (size_t size = 1; size <= sizeof(whole) + 1; size++) {
		char buf[sizeof(whole) + 1];
		size_t length;

		memset(buf, '#', sizeof(buf));
		length = text_print_ranges(buf, size, &own.set);
		if (length >= size || buf[length] || memcmp(buf, whole, length) ||
		    (length && buf[length - 1] != '\n') ||
		    (size > strlen(whole) && length != strlen(whole)) ||
		    (size < sizeof(buf) && buf[size] != '#'))
			ROW_FAILS(failures, "room %zu: length %zu\n", size, length);
	}
	assert_rows(failures);
	assert_int_equal(text_print_ranges(NULL, 0, &own.set), 0);
}

static void test_text__names(void **state)
{
	static const struct {
		const char *list, *name;
		bool named;
	} rows[] = {
		{ "dax0.0", "dax0.0", true },
		{ "dax0.0\n", "dax0.0", true },
		{ "dax1.0,dax0.0", "dax0.0", true },
		{ "dax0.0,dax1.0", "dax0.0", true },
		{ "all", "dax0.0", true },
		{ "all\n", "dax0.0", true },
		{ "", "dax0.0", false },
		{ "\n", "dax0.0", false },
		{ "dax0.00", "dax0.0", false },
		{ "dax0", "dax0.0", false },
		{ "xdax0.0", "dax0.0", false },
		{ "dax0.0 ", "dax0.0", false },
		{ "all,dax1.0", "dax0.0", false },
		{ "ALL", "dax0.0", false },
		{ ",,dax0.0,", "dax0.0", true },
		{ "dax1.0", "", false },
		{ "", "", false },
		{ ",", "", false },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (text_names(rows[i].list, rows[i].name) != rows[i].named)
			ROW_FAILS(failures, "'%s' in '%s'\n", rows[i].name, rows[i].list);
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text__ranges_that_are_read),
		cmocka_unit_test(test_text__ranges_that_are_refused),
		cmocka_unit_test(test_text__no_more_ranges_than_there_is_room_for),
		cmocka_unit_test(test_text__printing_in_every_room),
		cmocka_unit_test(test_text__names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
