// SPDX-License-Identifier: GPL-2.0-or-later
// Which abstract distance counts.
#include "distance.h"

#include "pure.h"

static void test_distance__who_counts(void **state)
{
	static const struct {
		int figures, asked, picked;
	} rows[] = {
		{ 0, 0, 2880 },		       /* nobody knows: five times DRAM */
		{ 0, 1000, 1000 },	       /* the administrator */
		{ 28800, 0, 28800 },	       /* the firmware, however far */
		{ 28800, 1000, 28800 },	       /* before the administrator */
		{ 1, 0, 1 },		       /* faster than DRAM */
		{ 2147483647, 0, 2147483647 }, /* nothing is capped */
		{ 0, 2147483647, 2147483647 },
		{ 0, -1, -EINVAL },
		{ -1, 0, -EINVAL },
		{ -1, 1000, -EINVAL },
		{ 28800, -1, -EINVAL },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int picked = distance_pick(rows[i].figures, rows[i].asked);

		if (picked != rows[i].picked)
			ROW_FAILS(failures, "%d, %d: %d\n", rows[i].figures,
				  rows[i].asked, picked);
	}
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance__who_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
