// SPDX-License-Identifier: GPL-2.0-or-later
// The extensible-struct rule: callers that are older or newer than the library.
#include "fill.h"
#include "unit.h"

static void test_fill__sizes(void **state)
{
	static const char ours[8] = "abcdefgh";
	static const struct {
		size_t size;
		const char *result; /* '.' is a NUL, '#' was not touched */
	} rows[] = {
		{ 0, "############" }, { 1, "a###########" }, { 7, "abcdefg#####" },
		{ 8, "abcdefgh####" }, { 9, "abcdefgh.###" }, { 12, "abcdefgh...." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char theirs[13] = "############";

		fill_struct(theirs, rows[i].size, ours, sizeof(ours));
		for (char *c = theirs; c < theirs + 12; c++)
			*c = *c ? *c : '.';
		assert_string_equal(theirs, rows[i].result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fill__sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
