// SPDX-License-Identifier: GPL-2.0-or-later
// CPU lists to masks.
#include "cpus.h"
#include "unit.h"

static bool has(const struct cpus *cpus, size_t cpu)
{
	return CPU_ISSET_S(cpu, sizeof(cpus->set), cpus->set);
}

static void test_cpus__parse(void **state)
{
	static const struct {
		const char *text;
		int result;
		int count;
		size_t first, last;
	} rows[] = {
		{ "0", 0, 1, 0, 0 },
		{ "0-3,8", 0, 5, 0, 8 },
		{ "0-3,2-5", 0, 6, 0, 5 },
		{ "5,5,5", 0, 1, 5, 5 },
		{ "1023-1024", 0, 2, 1023, 1024 },
		{ "0-8191", 0, 8192, 0, 8191 },
		{ "8192", -ERANGE, 0, 0, 0 },
		{ "0-99999999999", -ERANGE, 0, 0, 0 },
		{ "18446744073709551616", -ERANGE, 0, 0, 0 },
		{ "", -EINVAL, 0, 0, 0 },
		{ ",", -EINVAL, 0, 0, 0 },
		{ "0,", -EINVAL, 0, 0, 0 },
		{ ",0", -EINVAL, 0, 0, 0 },
		{ "3-1", -EINVAL, 0, 0, 0 },
		{ "0-", -EINVAL, 0, 0, 0 },
		{ "-1", -EINVAL, 0, 0, 0 },
		{ "0\n", -EINVAL, 0, 0, 0 },
		{ "0-7:2/4", -EINVAL, 0, 0, 0 },
		{ "0x3", -EINVAL, 0, 0, 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cpus cpus;
		int ret = cpus_parse(rows[i].text, &cpus);

		if (ret != rows[i].result)
			ROW_FAILS(failures, "'%s': %d\n", rows[i].text, ret);
		else if (!ret &&
			 (CPU_COUNT_S(sizeof(cpus.set), cpus.set) != rows[i].count ||
			  !has(&cpus, rows[i].first) || !has(&cpus, rows[i].last)))
			ROW_FAILS(failures, "'%s': wrong CPUs\n", rows[i].text);
	}
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cpus__parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
