// SPDX-License-Identifier: GPL-2.0-or-later
// Sets of nodes: the list syntax both ways, and their arithmetic.
#include "nodeset.h"
#include "unit.h"

static void test_nodeset__parse(void **state)
{
	static const struct {
		const char *text;
		int result;
		const char *list; /* as written back, or what the message says */
		uint32_t column;
	} rows[] = {
		{ "", 0, "", 0 },
		{ "\n", 0, "", 0 },
		{ "0", 0, "0", 0 },
		{ "0-2,8\n", 0, "0-2,8", 0 },
		{ "3,1,2", 0, "1-3", 0 },
		{ "0-3,2-5", 0, "0-5", 0 },
		{ "62-66,1023", 0, "62-66,1023", 0 },
		{ "0-1023", 0, "0-1023", 0 },
		{ "007", 0, "7", 0 },
		{ "1024", -ERANGE, "end at 1023", 1 },
		{ "0,5-1024", -ERANGE, "end at 1023", 3 },
		{ "99999999999999999999999", -ERANGE, "end at 1023", 1 },
		{ "1-99999999999999999999999", -ERANGE, "end at 1023", 1 },
		{ "5-3", -EINVAL, "backwards", 1 },
		{ "9999-3", -EINVAL, "backwards", 1 },
		{ "0,", -EINVAL, "not a list", 2 },
		{ "0,\n", -EINVAL, "not a list", 2 },
		{ ",0", -EINVAL, "expected a node number", 1 },
		{ "0,,1", -EINVAL, "expected a node number", 3 },
		{ "0 1", -EINVAL, "not a list", 2 },
		{ "0-", -EINVAL, "expected the last node", 3 },
		{ "0-x", -EINVAL, "expected the last node", 3 },
		{ "-1", -EINVAL, "expected a node number", 1 },
		{ "0x3", -EINVAL, "not a list", 2 },
		{ "0\n1", -EINVAL, "not a list", 1 },
		{ "0\n\n", -EINVAL, "not a list", 1 },
		{ "banana", -EINVAL, "expected a node number", 1 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_nodeset set = { { 0x55 } };
		struct tier_diag diag = { 0 };
		char list[NODESET_TEXT];
		int ret = tier_nodeset_parse(rows[i].text, &set, &diag);
		bool fits;

		tier_nodeset_format(&set, list, sizeof(list));
		fits = ret ? strstr(diag.message, rows[i].list) != NULL :
			     !strcmp(list, rows[i].list);
		/* On failure the set is as it was. */
		if (ret && strcmp(list, "0,2,4,6"))
			fits = false;
		if (ret != rows[i].result || !fits || diag.column != rows[i].column)
			ROW_FAILS(failures, "'%s': %d, %s, column %u: %s\n", rows[i].text,
				  ret, list, diag.column, diag.message);
	}
	assert_rows(failures);
}

static void test_nodeset__needs_no_diag(void **state)
{
	struct tier_nodeset set;

	(void)state;
	assert_int_equal(tier_nodeset_parse("x", &set, NULL), -EINVAL);
}

static void test_nodeset__format_cuts_like_snprintf(void **state)
{
	struct tier_nodeset set = { 0 };
	char buf[16];

	(void)state;
	assert_int_equal(tier_nodeset_parse("0-2,8,100-200", &set, NULL), 0);

	for (size_t size = 0; size <= sizeof("0-2,8,100-200"); size++) {
		memset(buf, '#', sizeof(buf));
		assert_int_equal(tier_nodeset_format(&set, buf, size), 13);
		assert_int_equal(buf[size], '#');
		if (size) {
			assert_memory_equal(buf, "0-2,8,100-200", size - 1);
			assert_int_equal(buf[size - 1], '\0');
		}
	}
}

/* Every other node is the longest list there is. */
static void test_nodeset__longest_list_fits(void **state)
{
	struct tier_nodeset set = { 0 }, again;
	char list[NODESET_TEXT];

	(void)state;
	for (unsigned int node = 0; node < TIER_MAX_NODES; node += 2)
		assert_int_equal(tier_nodeset_add(&set, node), 0);

	assert_true(tier_nodeset_format(&set, list, sizeof(list)) < (int)sizeof(list));

	assert_int_equal(tier_nodeset_parse(list, &again, NULL), 0);
	assert_true(nodeset_equal(&set, &again));
}

static void test_nodeset__brief_cuts_between_entries(void **state)
{
	static const struct {
		const char *list, *brief;
	} rows[] = {
		{ "0-2,8", "0-2,8" },
		{ "100,200,300,400", "100,200,300,400" },
		{ "100,200,300,401,500", "100,200,300,..." },
		{ "1,3,5,7,9,11,13,15", "1,3,5,7,9,..." },
		{ "1,3,5,7,9,101-999", "1,3,5,7,9,..." },
		{ "10-100,200-300,1000", "10-100,..." },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_nodeset set;
		char brief[16];

		assert_int_equal(tier_nodeset_parse(rows[i].list, &set, NULL), 0);
		assert_string_equal(nodeset_brief(&set, brief, sizeof(brief)),
				    rows[i].brief);
	}
}

static void test_nodeset__members(void **state)
{
	struct tier_nodeset set = { 0 };

	(void)state;
	assert_int_equal(tier_nodeset_next(&set, -1), -1);
	assert_true(nodeset_is_empty(&set));

	assert_int_equal(tier_nodeset_add(&set, 63), 0);
	assert_int_equal(tier_nodeset_add(&set, 64), 0);
	assert_int_equal(tier_nodeset_add(&set, 1023), 0);
	assert_int_equal(tier_nodeset_add(&set, 1024), -ERANGE);
	assert_int_equal(tier_nodeset_add(&set, UINT32_MAX), -ERANGE);

	assert_int_equal(tier_nodeset_count(&set), 3);
	assert_true(tier_nodeset_has(&set, 64));
	assert_false(tier_nodeset_has(&set, 65));
	assert_false(tier_nodeset_has(&set, 1024));
	assert_false(tier_nodeset_has(&set, UINT32_MAX));
	assert_int_equal(tier_nodeset_next(&set, -1), 63);
	assert_int_equal(tier_nodeset_next(&set, -7), 63);
	assert_int_equal(tier_nodeset_next(&set, 63), 64);
	assert_int_equal(tier_nodeset_next(&set, 64), 1023);
	assert_int_equal(tier_nodeset_next(&set, 1023), -1);
	assert_int_equal(tier_nodeset_next(&set, INT32_MAX), -1);
}

static void test_nodeset__arithmetic(void **state)
{
	static const struct {
		const char *a, *b, *either, *both, *less;
	} rows[] = {
		{ "0-3", "2-5", "0-5", "2-3", "0-1" },
		{ "", "7", "7", "", "" },
		{ "7,1000", "7,1000", "7,1000", "7,1000", "" },
		{ "60-70", "64", "60-70", "64", "60-63,65-70" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_nodeset a, b, set;
		char list[64];

		assert_int_equal(tier_nodeset_parse(rows[i].a, &a, NULL), 0);
		assert_int_equal(tier_nodeset_parse(rows[i].b, &b, NULL), 0);
		set = nodeset_or(&a, &b);
		tier_nodeset_format(&set, list, sizeof(list));
		assert_string_equal(list, rows[i].either);
		set = nodeset_and(&a, &b);
		tier_nodeset_format(&set, list, sizeof(list));
		assert_string_equal(list, rows[i].both);
		set = nodeset_minus(&a, &b);
		tier_nodeset_format(&set, list, sizeof(list));
		assert_string_equal(list, rows[i].less);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nodeset__parse),
		cmocka_unit_test(test_nodeset__needs_no_diag),
		cmocka_unit_test(test_nodeset__format_cuts_like_snprintf),
		cmocka_unit_test(test_nodeset__longest_list_fits),
		cmocka_unit_test(test_nodeset__brief_cuts_between_entries),
		cmocka_unit_test(test_nodeset__members),
		cmocka_unit_test(test_nodeset__arithmetic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
