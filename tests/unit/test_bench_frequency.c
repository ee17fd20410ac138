// SPDX-License-Identifier: GPL-2.0-or-later
// What is read of CPUs' frequencies, and that a machine without them says so.
#include <errno.h>

#include "frequency.h"
#include "tree.h"
#include "unit.h"

#define CPU(n) "sys/devices/system/cpu/cpu" #n "/cpufreq/"

static char root[TREE_PATH];

static int make_tree(void **state)
{
	(void)state;
	tree_make(root);
	tree_add(root, CPU(0) "scaling_cur_freq", "2400000\n");
	tree_add(root, CPU(0) "base_frequency", "2100000\n");
	tree_add(root, CPU(0) "cpuinfo_max_freq", "3500000\n");
	tree_add(root, CPU(1) "scaling_cur_freq", "3000000\n");
	tree_add(root, CPU(1) "cpuinfo_max_freq", "3600000\n");
	tree_add(root, CPU(2) "scaling_cur_freq", "<unknown>\n");
	tree_add(root, CPU(3) "scaling_cur_freq", "0\n");
	tree_add(root, "sys/devices/system/cpu/cpu4/online", "1\n");
	return 0;
}

static int remove_tree(void **state)
{
	(void)state;
	tree_remove(root);
	return 0;
}

static void test_frequency__of_cpus(void **state)
{
	static const struct {
		int cpus[3];
		size_t count;
		int ret;
		struct frequency found;
	} rows[] = {
		{ { 0 }, 1, 0, { 2400000, 2400000, 2100000 } },
		/* Without a base it is the most. */
		{ { 1 }, 1, 0, { 3000000, 3000000, 3600000 } },
		{ { 1, 0 }, 2, 0, { 2400000, 3000000, 3600000 } },
		/* Who says nothing takes nothing from the others. */
		{ { 2, 0, 4 }, 3, 0, { 2400000, 2400000, 2100000 } },
		{ { 2 }, 1, -ENODATA, { 0 } },
		{ { 3 }, 1, -ENODATA, { 0 } },
		{ { 4 }, 1, -ENODATA, { 0 } },
		{ { 5 }, 1, -ENODATA, { 0 } },
		{ { 0 }, 0, -ENODATA, { 0 } },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct frequency found = { 0 };
		int ret = frequency_look(root, rows[i].cpus, rows[i].count, &found);

		if (ret != rows[i].ret ||
		    memcmp(&found, &rows[i].found, sizeof(found)) != 0)
			ROW_FAILS(failures, "row %zu: %d\n", i, ret);
	}
	assert_rows(failures);
}

/* Another time widens what there was. */
static void test_frequency__over_time(void **state)
{
	static const int cpu = 0;
	struct frequency found = { 0 };

	(void)state;
	assert_int_equal(frequency_look(root, &cpu, 1, &found), 0);
	tree_add(root, CPU(0) "scaling_cur_freq", "1900000\n");
	assert_int_equal(frequency_look(root, &cpu, 1, &found), 0);
	tree_add(root, CPU(0) "scaling_cur_freq", "2500000\n");
	assert_int_equal(frequency_look(root, &cpu, 1, &found), 0);
	assert_int_equal(found.low_khz, 1900000);
	assert_int_equal(found.high_khz, 2500000);
	assert_int_equal(found.rated_khz, 2100000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frequency__of_cpus, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(test_frequency__over_time, make_tree,
						remove_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
