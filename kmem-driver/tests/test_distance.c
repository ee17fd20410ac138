// SPDX-License-Identifier: GPL-2.0-only
/* Which abstract distance counts: figures, then the administrator, then the default. */
#include "distance.h"
#include "unit.h"

static void test_distance__order(void **state)
{
	static const struct {
		int from_figures, asked, want;
	} rows[] = {
		{ 0, 0, 2880 },
		{ 0, 700, 700 },
		{ 28800, 0, 28800 },
		{ 28800, 700, 28800 },
		{ 1, 0, 1 },
		{ 0, INT32_MAX, INT32_MAX },
		{ 0, -1, -EINVAL },
		{ -1, 0, -EINVAL },
		{ 28800, -1, -EINVAL },
		{ -5, 700, -EINVAL },
		{ 0, INT32_MIN, -EINVAL },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int got = distance_pick(rows[i].from_figures, rows[i].asked);

		if (got != rows[i].want)
			ROW_FAILS(failures, "figures %d, asked %d: %d\n",
				  rows[i].from_figures, rows[i].asked, got);
	}

	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance__order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
