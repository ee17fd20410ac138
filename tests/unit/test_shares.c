// SPDX-License-Identifier: GPL-2.0-or-later
// Bandwidths to small weights.
#include "shares.h"

#include "unit.h"

static void test_shares__small_numbers(void **state)
{
	static const struct {
		uint64_t figure[4];
		uint32_t weight[4];
	} rows[] = {
		{ { 1 }, { 1 } },
		{ { 7, 7 }, { 1, 1 } },
		{ { 300, 100 }, { 3, 1 } },
		{ { 100, 300 }, { 1, 3 } },
		{ { 107000000000, 107000000000, 21450000000, 21450000000 },
		  { 5, 5, 1, 1 } },
		/* 2.5: rounded toward the faster */
		{ { 50, 20 }, { 5, 2 } },
		{ { 255, 1 }, { 71, 1 } },
		/* Two sockets, measured. */
		{ { 101, 99, 20, 19 }, { 5, 5, 1, 1 } },
		{ { 905, 895, 200 }, { 5, 5, 1 } },
		/* more than the kernel has room for */
		{ { 1000000, 1 }, { 99, 1 } },
		{ { UINT64_MAX, UINT64_MAX / 2 }, { 2, 1 } },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct share shares[4];
		size_t count = 0;

		for (; count < 4 && rows[i].figure[count]; count++)
			shares[count] = (struct share){ .figure = rows[i].figure[count] };
		if (shares_weigh(shares, count) > SHARES_ERROR)
			ROW_FAILS(failures, "row %zu is off\n", i);
		for (size_t k = 0; k < count; k++)
			if (shares[k].weight != rows[i].weight[k])
				ROW_FAILS(failures, "row %zu, %zu: %u\n", i, k,
					  shares[k].weight);
	}
	assert_rows(failures);
}

/* Whatever comes: 1 to 255, no faster node below a slower one, the error as told. */
static void test_shares__bounds(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct share shares[6];
		double figures = 0, weights = 0, worst = 0, told;
		size_t count = 2 + (size_t)round % 5;

		for (size_t i = 0; i < count; i++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			shares[i] = (struct share){ .figure = 1 + (random >>
								   (8 + round % 50)) };
		}
		told = shares_weigh(shares, count);
		for (size_t i = 0; i < count; i++) {
			assert_in_range(shares[i].weight, 1, 255);
			figures += (double)shares[i].figure;
			weights += shares[i].weight;
			for (size_t k = 0; k < count; k++)
				if (shares[i].figure > shares[k].figure)
					assert_true(shares[i].weight >= shares[k].weight);
		}
		for (size_t i = 0; i < count; i++) {
			double off = (double)shares[i].weight / weights -
				     (double)shares[i].figure / figures;

			off = off < 0 ? -off : off;
			worst = off > worst ? off : worst;
		}
		assert_true(worst <= told + 1e-9 && worst >= told - 1e-9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares__small_numbers),
		cmocka_unit_test(test_shares__bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
