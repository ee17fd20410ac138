// SPDX-License-Identifier: GPL-2.0-or-later
// What a neighbour has of the CPUs, and that it is not what we have.
#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "others.h"
#include "tree.h"
#include "unit.h"

static char root[TREE_PATH];

static int make_tree(void **state)
{
	(void)state;
	tree_make(root);
	return 0;
}

static int remove_tree(void **state)
{
	(void)state;
	tree_remove(root);
	return 0;
}

static void test_others__read(void **state)
{
	static const struct {
		const char *text; /* NULL: no file */
		int ret;
		uint64_t ticks;
	} rows[] = {
		{ NULL, -ENODATA, 0 },
		/* Neither who is idle nor who waits for a disk works, nor a hypervisor. */
		{ "cpu  100 20 3 4000 500 60 7 800 9 10\ncpu0 1\n", 0, 190 },
		{ "cpu  0 0 0 0 0 0 0\n", 0, 0 },
		{ "cpu  1 2 3 4 5 6\n", -ENODATA, 0 },
		{ "cpu  1 2 3 4 5 6 x\n", -ENODATA, 0 },
		{ "cpu  1 2 3 4 5 6 7x\n", -ENODATA, 0 },
		{ "cpu  18446744073709551615 2 3 4 5 6 7 8\n", -ENODATA, 0 },
		{ "cpu0 1 2 3 4 5 6 7 8\n", -ENODATA, 0 },
		{ "", -ENODATA, 0 },
	};
	const uint64_t tick_us = 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spent spent = { 0 };
		int ret;

		if (rows[i].text)
			tree_add(root, "proc/stat", rows[i].text);
		ret = others_look(root, &spent);
		if (ret != rows[i].ret || spent.all_us != rows[i].ticks * tick_us)
			ROW_FAILS(failures, "row %zu: %d\n", i, ret);
	}
	assert_rows(failures);
}

static void test_others__between(void **state)
{
	static const struct {
		struct spent to;
		double others; /* NAN: not known */
	} rows[] = {
		/* Both CPUs ours, or one of them, or none. */
		{ { 1000000, 2000000, 2000000 }, 0 },
		{ { 1000000, 2000000, 1000000 }, 1 },
		{ { 1000000, 250000, 0 }, 0.25 },
		{ { 4000000, 5000000, 4000000 }, 0.25 },
		/* Ticks are late. */
		{ { 1000000, 990000, 1000000 }, 0 },
		/* A tick too few. */
		{ { 199999, 400000, 200000 }, NAN },
		{ { 200000, 400000, 200000 }, 1 },
	};
	const struct spent from = { 7, 8, 9 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct spent to = { from.wall_us + rows[i].to.wall_us,
					  from.all_us + rows[i].to.all_us,
					  from.own_us + rows[i].to.own_us };
		const double got = others_between(&from, &to), want = rows[i].others;

		if (isnan(want) ? !isnan(got) : fabs(got - want) > 1e-9 || isnan(got))
			ROW_FAILS(failures, "row %zu: %g\n", i, got);
	}
	assert_rows(failures);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_others__read, make_tree,
						remove_tree),
		cmocka_unit_test(test_others__between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
