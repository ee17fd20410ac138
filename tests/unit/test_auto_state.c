// SPDX-License-Identifier: GPL-2.0-or-later
// The note of a start is read as it was written, and names nothing but DAMON and the switches.
#include "auto_state.h"

#include "damon.h"
#include "unit.h"

static void test_auto_state__refuses(void **state)
{
	static const char *const texts[] = {
		"",
		"tierkit-auto 2\nboot x\n",
		"tierkit-auto 1\n",
		"tierkit-auto 1\nboot x\nswitch /etc/passwd a b\n",
		"tierkit-auto 1\nboot x\nswitch /proc/sys/kernel/numa_balancing 1\n",
		"tierkit-auto 1\nboot x\ndamon 0 /etc/passwd 1\n",
		"tierkit-auto 1\nboot x\ndamon 0 " DAMON_KDAMONDS "/../x 1\n",
		"tierkit-auto 1\nboot x\ndamon x " DAMON_COUNT " 1\n",
		"tierkit-auto 1\nboot x\ndamon 0 " DAMON_COUNT "\n",
		"tierkit-auto 1\nboot x\nother 0 " DAMON_COUNT " 1\n",
		"tierkit-auto 1\nboot x\n\n",
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct auto_state parsed;

		if (auto_state_parse(texts[i], &parsed) != -EINVAL)
			ROW_FAILS(failures, "row %zu was taken\n", i);
	}
	assert_rows(failures);
}

static void test_auto_state__reads_what_it_prints(void **state)
{
	static const char text[] =
		"tierkit-auto 1\nboot x\n"
		"switch /proc/sys/kernel/numa_balancing 1 3\n"
		"damon -1 " DAMON_COUNT " 4\n"
		"damon 2 " DAMON_KDAMONDS
		"/0/contexts/0/schemes/0/filters/1/memcg_path /a b c\n";
	SCOPED_STRBUF struct strbuf again = { 0 };
	struct auto_state parsed;

	(void)state;
	assert_int_equal(auto_state_parse(text, &parsed), 0);
	assert_int_equal(auto_state_print(&parsed, &again), 0);

	assert_string_equal(again.text, text);
	auto_state_free(&parsed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_auto_state__refuses),
		cmocka_unit_test(test_auto_state__reads_what_it_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
