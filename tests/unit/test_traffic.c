// SPDX-License-Identifier: GPL-2.0-or-later
// Counters out of vmstat, and rates out of two moments.
#include "traffic.h"

#include "unit.h"

static void test_traffic__adds_up(void **state)
{
	static const char text[] = "nr_free_pages 12\n"
				   "pgdemote_kswapd 5\npgdemote_direct 7\n"
				   "pgdemote_khugepaged 1\npgdemote_kswapdx 900\n"
				   "pgpromote_success 3\nnuma_hint_faults x\n"
				   "pgmigrate_fail\npswpout 18446744073709551615\n";
	struct tier_traffic traffic = { 0 };

	(void)state;

	traffic_parse(text, &traffic);

	assert_int_equal(traffic.known, 1u << TIER_DEMOTED_PAGES |
						1u << TIER_PROMOTED_PAGES |
						1u << TIER_SWAPPED_OUT_PAGES);
	assert_int_equal(traffic.count[TIER_DEMOTED_PAGES], 13);
	assert_int_equal(traffic.count[TIER_PROMOTED_PAGES], 3);
	assert_int_equal(traffic.count[TIER_SWAPPED_OUT_PAGES], UINT64_MAX);
}

static void test_traffic__rate(void **state)
{
	const struct tier_traffic before = { .time_ns = 1000000000,
					     .known = 7,
					     .count = { 100, 50, 9 } };
	const struct tier_traffic after = { .time_ns = 3000000000,
					    .known = 6,
					    .count = { 300, 150, 8 } };
	struct tier_rates rate;

	(void)state;

	traffic_rate(&before, &after, &rate);

	/* One is not known of both, one went back. */
	assert_int_equal(rate.known, 1u << TIER_PROMOTED_PAGES);
	assert_true(rate.per_sec[TIER_PROMOTED_PAGES] == 50);
	assert_true(rate.seconds == 2);
}

static void test_traffic__no_time_no_rate(void **state)
{
	const struct tier_traffic now = { .time_ns = 5, .known = 1 };
	struct tier_rates rate;

	(void)state;

	traffic_rate(&now, &now, &rate);

	assert_int_equal(rate.known, 0);
	assert_true(rate.seconds == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_traffic__adds_up),
		cmocka_unit_test(test_traffic__rate),
		cmocka_unit_test(test_traffic__no_time_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
