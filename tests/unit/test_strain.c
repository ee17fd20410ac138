// SPDX-License-Identifier: GPL-2.0-or-later
// What kept programs waiting, out of the kernel's texts; and what it does not say.
#include "strain.h"

#include "unit.h"

static void test_strain__stolen(void **state)
{
	static const struct {
		const char *text;
		bool known;
		uint64_t us;
	} rows[] = {
		{ "cpu  1 2 3 4 5 6 7 250 9 10\ncpu0 1\n", true, 2500000 },
		{ "cpu  1 2 3 4 5 6 7 0\n", true, 0 },
		{ "cpu  1 2 3 4 5 6 7\n", false, 0 },
		{ "cpu  1 2 3 4 5 6 7 x\n", false, 0 },
		{ "cpu  1 2 3 4 5 6 7 8x\n", false, 0 },
		{ "cpu  1 2 3 4 5 6 7 18446744073709551615\n", false, 0 },
		{ "cpu0 1 2 3 4 5 6 7 8\n", false, 0 },
		{ "cpu ", false, 0 },
		{ "", false, 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_traffic got = { 0 };

		strain_parse_stat(rows[i].text, 100, &got);
		if (got.known != (rows[i].known ? 1u << TIER_STOLEN_US : 0) ||
		    got.count[TIER_STOLEN_US] != rows[i].us)
			ROW_FAILS(failures, "%s", rows[i].text);
	}
	assert_rows(failures);
}

static void test_strain__pressure(void **state)
{
	static const struct {
		const char *text;
		bool known;
		uint64_t us;
	} rows[] = {
		{ "some avg10=1.50 avg60=0.00 avg300=0.00 total=1234\n"
		  "full avg10=0.00 avg60=0.00 avg300=0.00 total=99\n",
		  true, 1234 },
		{ "some avg10=0.00 avg60=0.00 avg300=0.00 total=0", true, 0 },
		{ "full avg10=0.00 avg60=0.00 avg300=0.00 total=99\n", false, 0 },
		{ "some avg10=0.00\nfull avg10=0.00 total=99\n", false, 0 },
		{ "some total=\n", false, 0 },
		{ "some total=12x\n", false, 0 },
		{ "", false, 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_traffic got = { 0 };

		strain_parse_pressure(rows[i].text, TIER_MEMORY_STALL_US, &got);
		if (got.known != (rows[i].known ? 1u << TIER_MEMORY_STALL_US : 0) ||
		    got.count[TIER_MEMORY_STALL_US] != rows[i].us)
			ROW_FAILS(failures, "%s", rows[i].text);
	}
	assert_rows(failures);
}

static void test_strain__switches(void **state)
{
	static const struct {
		const char *huge, *balancing;
		uint32_t flags;
	} rows[] = {
		{ "", "", 0 },
		{ "always madvise never\n", "4\n", 0 },
		{ "[always] madvise never\n", "",
		  TIER_TRAFFIC_KNOWS_HUGE | TIER_TRAFFIC_HUGE_ALWAYS },
		{ "always [madvise] never\n", "",
		  TIER_TRAFFIC_KNOWS_HUGE | TIER_TRAFFIC_HUGE_ADVISED },
		{ "always madvise [never]\n", "0\n",
		  TIER_TRAFFIC_KNOWS_HUGE | TIER_TRAFFIC_KNOWS_BALANCING },
		{ "", "3\n",
		  TIER_TRAFFIC_KNOWS_BALANCING | TIER_TRAFFIC_BALANCES |
			  TIER_TRAFFIC_PROMOTES },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_traffic got = { 0 };

		strain_parse_huge(rows[i].huge, &got);
		strain_parse_balancing(rows[i].balancing, &got);
		if (got.flags != rows[i].flags || got.known)
			ROW_FAILS(failures, "row %zu: %#x\n", i, got.flags);
	}
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strain__stolen),
		cmocka_unit_test(test_strain__pressure),
		cmocka_unit_test(test_strain__switches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
