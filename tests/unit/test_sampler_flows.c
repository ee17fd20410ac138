// SPDX-License-Identifier: GPL-2.0-or-later
// What moves of processes that are counted, by the pages that are asked about again.
#include "unit.h"
#include "watched.h"

static const struct test_file walked[] = {
	{ "/proc/10/numa_maps",
	  "7f0000000000 default heap anon=4096 N0=1024 N2=3072 kernelpagesize_kB=4\n",
	  0 },
	{ 0 },
};

static void begin_counted(void)
{
	root = patched_root(root, walked);
	sampler.looking.root = root;
	sampler.looking.hold_ns = 1000000000;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	assert_int_equal(process(10)->how, TIER_PLACED_EXACT);
	assert_int_equal(sampler.sample.asked_pages, 0);
}

static void refresh_after(uint64_t seconds)
{
	now_ns += seconds * 1000000000;
	assert_int_equal(refresh(&sampler, &everybody), 0);
}

/* Of a process that is counted some pages are followed, too: the same ones for a while, and
 * then others. An eighth of all goes down within two seconds, comes back, and stays. */
static void test_sampler__what_moved_of_a_small_one(void **state)
{
	static const struct {
		uint64_t after_s;
		int node; /* where the eighth goes; -1: it stays */
	} steps[] = { { 2, 2 }, { 2, 0 }, { 2, -1 }, { 60, 2 }, { 2, 0 } };

	(void)state;
	begin_counted();
	refresh_after(2);
	assert_false(process(10)->flags & TIER_PROCESS_KNOWS_FLOWS);

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		double moved = 512.0 * 4096 / (double)steps[i].after_s;
		const struct tier_flow *down, *up;

		if (steps[i].node >= 0)
			fake_pages_fill(0, 512, steps[i].node);
		refresh_after(steps[i].after_s);

		down = &process(10)->demoted;
		up = &process(10)->promoted;
		assert_int_equal(process(10)->how, TIER_PLACED_EXACT);
		assert_true(process(10)->flags & TIER_PROCESS_KNOWS_FLOWS);
		assert_true((down->lowest > 0) == (steps[i].node == 2));
		assert_true((up->lowest > 0) == (steps[i].node == 0));
		assert_true(steps[i].node != 2 || down->lowest <= moved);
		assert_true(steps[i].node != 2 || moved <= down->highest);
		assert_true(steps[i].node != 0 || up->lowest <= moved);
		assert_true(steps[i].node != 0 || moved <= up->highest);
	}
}

/* What may not be asked is not known, and what was counted stays. */
static void test_sampler__small_one_that_may_not_be_followed(void **state)
{
	(void)state;
	begin_counted();
	refresh_after(2);

	fake_pages.refusal = -EPERM;
	refresh_after(2);

	assert_int_equal(process(10)->how, TIER_PLACED_EXACT);
	assert_int_equal(process(10)->error, 0);
	assert_false(process(10)->flags & TIER_PROCESS_KNOWS_FLOWS);
	fake_pages.refusal = 0;
	refresh_after(2);
	refresh_after(2);
	assert_true(process(10)->flags & TIER_PROCESS_KNOWS_FLOWS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_set_up, watch_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sampler__what_moved_of_a_small_one),
		TEST(test_sampler__small_one_that_may_not_be_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
