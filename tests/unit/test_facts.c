// SPDX-License-Identifier: GPL-2.0-or-later
// The container of what was read: whatever comes in, it stays in order.
#include "facts.h"
#include "unit.h"

static void test_facts__devices_are_in_order_of_their_numbers(void **state)
{
	static const char *const in[] = { "dax1.0", "dax10.0", "dax0.1", "dax2.0",
					  "dax0.0" };
	static const char *const out[] = { "dax0.0", "dax0.1", "dax1.0", "dax2.0",
					   "dax10.0" };
	struct facts facts = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(in); i++)
		assert_string_equal(facts_add_dax(&facts, in[i])->name, in[i]);

	assert_int_equal(facts.n_dax, ARRAY_SIZE(out));
	for (size_t i = 0; i < ARRAY_SIZE(out); i++)
		assert_string_equal(facts.dax[i].name, out[i]);
	facts_free(&facts);
}

static void test_facts__nodes_are_in_order_and_come_once(void **state)
{
	static const unsigned int in[] = { 7, 1023, 0, 7, 3, 0 };
	static const unsigned int out[] = { 0, 3, 7, 1023 };
	struct facts facts = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(in); i++)
		assert_int_equal(facts_add_node(&facts, in[i])->node, in[i]);

	assert_int_equal(facts.n_nodes, ARRAY_SIZE(out));
	for (size_t i = 0; i < ARRAY_SIZE(out); i++)
		assert_int_equal(facts.nodes[i].node, out[i]);
	assert_non_null(facts_node(&facts, 7));
	assert_null(facts_node(&facts, 8));
	facts_free(&facts);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts__devices_are_in_order_of_their_numbers),
		cmocka_unit_test(test_facts__nodes_are_in_order_and_come_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
