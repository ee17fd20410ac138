// SPDX-License-Identifier: GPL-2.0-or-later
// Pace as a function of a clock that the test holds.
#include "pace.h"
#include "unit.h"

#define MB  1000000ULL
#define MIB (1ULL << 20)
#define MS  1000000ULL
#define SEC 1000000000ULL

/* Bytes that a mover gets done in so many seconds: each batch takes `work_ns`, and each
 * wait lasts `late_ns` too long. */
static uint64_t bytes_in(struct pace *pace, uint64_t seconds, uint64_t work_ns,
			 uint64_t late_ns)
{
	const uint64_t began = 1000 * SEC;
	uint64_t now = began, done = 0;

	for (;;) {
		uint64_t wait = pace_wait(pace, now);
		uint64_t batch = pace_batch(pace, 8 * MIB, 2 * MIB);

		if (wait)
			now += wait + late_ns;
		if (now >= began + seconds * SEC)
			return done;
		pace_spend(pace, now, batch);
		done += batch;
		now += work_ns;
	}
}

static void test_pace__holds_the_rate_over_ten_seconds(void **state)
{
	static const struct {
		uint64_t rate, work_ns, late_ns;
	} rows[] = {
		{ 50 * MB, 0, 0 },
		{ 50 * MB, 10 * MS, 0 },
		{ 50 * MB, 10 * MS, 5 * MS },
		{ 200 * MB, 9 * MS, 20 * MS },
		{ 1000 * MB, 2 * MS, 3 * MS },
		{ 4000 * MB, 1 * MS, 100000 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pace pace = { .bytes_per_sec = rows[i].rate };
		double done =
			(double)bytes_in(&pace, 10, rows[i].work_ns, rows[i].late_ns);
		double ratio = done / 10 / (double)rows[i].rate;

		if (ratio < 0.95 || ratio > 1.05)
			ROW_FAILS(failures, "row %zu: %.3f of the rate\n", i, ratio);
	}
	assert_rows(failures);
}

static void test_pace__no_limit_never_waits(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	pace_spend(&pace, SEC, 1000 * MIB);
	assert_int_equal(pace_wait(&pace, SEC), 0);
	assert_int_equal(pace_batch(&pace, 8 * MIB, 2 * MIB), 8 * MIB);
}

/* Being stopped for a minute is not made up for by a minute's worth at once. */
static void test_pace__no_burst_after_a_stop(void **state)
{
	struct pace pace = { .bytes_per_sec = 100 * MB };
	uint64_t now = 100 * SEC, burst = 0;

	(void)state;
	pace_spend(&pace, now, 10 * MB);
	now += 60 * SEC;
	while (!pace_wait(&pace, now)) {
		pace_spend(&pace, now, 10 * MB);
		burst += 10 * MB;
	}
	assert_true(burst <= 40 * MB);
}

static void test_pace__batches(void **state)
{
	static const struct {
		uint64_t rate, most, least, batch;
	} rows[] = {
		{ 0, 8, 2, 8 },	  { 0, 9, 2, 8 },   { 0, 1, 2, 2 },   { 1, 8, 2, 2 },
		{ 100, 8, 2, 4 }, { 160, 8, 2, 8 }, { 999, 8, 2, 8 }, { 100, 8, 5, 5 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pace pace = { .bytes_per_sec = rows[i].rate };
		uint64_t batch = pace_batch(&pace, rows[i].most, rows[i].least);

		if (batch != rows[i].batch)
			ROW_FAILS(failures, "row %zu: %llu\n", i,
				  (unsigned long long)batch);
	}
	assert_rows(failures);
}

static void test_pace__time_left(void **state)
{
	static const struct {
		uint64_t done, whole, elapsed;
		bool known;
		uint64_t left;
	} rows[] = {
		{ 0, 100, SEC, false, 0 },	  { 50, 100, 0, false, 0 },
		{ 50, 100, SEC, true, SEC },	  { 25, 100, SEC, true, 3 * SEC },
		{ 100, 100, SEC, true, 0 },	  { 150, 100, SEC, true, 0 },
		{ 1, UINT64_MAX, SEC, false, 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t left = 0;
		bool known =
			pace_left(rows[i].done, rows[i].whole, rows[i].elapsed, &left);

		if (known != rows[i].known || left != rows[i].left)
			ROW_FAILS(failures, "row %zu: %d, %llu\n", i, known,
				  (unsigned long long)left);
	}
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pace__holds_the_rate_over_ten_seconds),
		cmocka_unit_test(test_pace__no_limit_never_waits),
		cmocka_unit_test(test_pace__no_burst_after_a_stop),
		cmocka_unit_test(test_pace__batches),
		cmocka_unit_test(test_pace__time_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
