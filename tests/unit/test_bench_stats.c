// SPDX-License-Identifier: GPL-2.0-or-later
// Intervals that hold, a stop that does not spoil them, and differences that are real.
#include <math.h>

#include "chance.h"
#include "stats.h"
#include "unit.h"

#define TRUE_MEDIAN 100.0
#define REPEATS	    2000

/* A skewed distribution with that median, as times and bandwidths have. */
static double draw(struct chance *chance, double spread)
{
	double part = chance_part(chance);

	return TRUE_MEDIAN * exp(spread * (part < 0.5 ? 0.3 : 1.0) * (part - 0.5));
}

static bool holds(const struct estimate *estimate)
{
	return estimate->low <= TRUE_MEDIAN && TRUE_MEDIAN <= estimate->high;
}

static void test_stats__median_and_interval(void **state)
{
	static const struct {
		double values[12];
		size_t count;
		double median, low, high;
	} rows[] = {
		{ { 0 }, 0, 0, 0, 0 },
		{ { 7 }, 1, 7, 7, 7 },
		{ { 3, 1, 2 }, 3, 2, 1, 3 },
		/* 2 / 2^6 is 3.1 %: the outermost two hold 96.9 %. */
		{ { 6, 5, 4, 3, 2, 1 }, 6, 3.5, 1, 6 },
		/* Nine of them may leave out one at each end (96.1 %). */
		{ { 9, 1, 8, 2, 7, 3, 6, 4, 5 }, 9, 5, 2, 8 },
		/* Twelve may leave out two (96.1 %). */
		{ { 12, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6 }, 12, 6.5, 3, 10 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double values[12];
		struct estimate got;

		memcpy(values, rows[i].values, sizeof(values));
		got = stats_estimate(values, rows[i].count, STATS_CONFIDENCE);
		if (got.median != rows[i].median || got.low != rows[i].low ||
		    got.high != rows[i].high || got.count != rows[i].count)
			ROW_FAILS(failures, "row %zu: %g [%g, %g]\n", i, got.median,
				  got.low, got.high);
	}
	assert_rows(failures);
}

static void test_stats__error(void **state)
{
	struct estimate some = { 10, 9, 11, 8 }, none = { 0 };

	(void)state;
	assert_true(fabs(stats_error(&some) - 0.1) < 1e-12);
	assert_true(isinf(stats_error(&none)));
}

static void test_stats__interval_covers(void **state)
{
	static const size_t counts[] = { 6, 8, 12, 20, 40, 100 };
	struct chance chance = { 1 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		int held = 0;

		for (int repeat = 0; repeat < REPEATS; repeat++) {
			double values[100];
			struct estimate got;

			for (size_t n = 0; n < counts[i]; n++)
				values[n] = draw(&chance, 1);
			got = stats_estimate(values, counts[i], STATS_CONFIDENCE);
			held += holds(&got);
		}
		if (held < REPEATS * 94 / 100)
			ROW_FAILS(failures, "%zu values: %d of %d\n", counts[i], held,
				  REPEATS);
	}
	assert_rows(failures);
}

/* Stopping where it looks good must not make the interval lie. */
static void test_stats__interval_covers_after_stopping(void **state)
{
	static const struct stop_rule rule = { 8, 60, 0.02 };
	static const double spreads[] = { 0.02, 0.1, 0.2, 0.5, 2 };
	struct chance chance = { 2 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(spreads); i++) {
		int held = 0, narrow = 0;

		for (int repeat = 0; repeat < REPEATS; repeat++) {
			double values[60];
			size_t count = 0;
			struct estimate got;
			enum stop stop = STOP_NOT_YET;

			while (!stop) {
				values[count++] = draw(&chance, spreads[i]);
				stop = stats_stop(values, count, &rule);
			}
			narrow += stop == STOP_NARROW;
			got = stats_estimate(values, count, STATS_CONFIDENCE);
			held += holds(&got);
		}
		if (held < REPEATS * 95 / 100)
			ROW_FAILS(failures, "spread %g: %d of %d held\n", spreads[i],
				  held, REPEATS);
		if (spreads[i] < 0.05 && narrow != REPEATS)
			ROW_FAILS(failures, "quiet, but not narrow: %d\n", narrow);
		if (spreads[i] > 1 && narrow > REPEATS / 100)
			ROW_FAILS(failures, "noisy, but narrow: %d\n", narrow);
	}
	assert_rows(failures);
}

/* Without a neighbour within 0.5 % of 10; beside one, which is there for a part of the
 * samples, three tenths more. */
static double draw_beside(struct chance *chance, double part)
{
	double value = TRUE_MEDIAN * (1 + 0.01 * (chance_part(chance) - 0.5));

	return chance_part(chance) < part ? 1.3 * value : value;
}

struct beside {
	int narrow; /* repeats that are not noisy */
	int wrong;  /* of these, whose interval has not the median of very many samples */
};

static struct beside measure_beside(struct chance *chance, double part)
{
	static const struct stop_rule rule = { 8, 133, 0.02 };
	static double many[20001];
	struct beside beside = { 0 };
	double truth;

	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = draw_beside(chance, part);
	truth = stats_estimate(many, ARRAY_SIZE(many), STATS_CONFIDENCE).median;
	for (int repeat = 0; repeat < REPEATS; repeat++) {
		double values[133];
		size_t count = 0;
		struct estimate got;
		enum stop stop = STOP_NOT_YET;

		while (!stop) {
			values[count++] = draw_beside(chance, part);
			stop = stats_stop(values, count, &rule);
		}
		got = stats_estimate(values, count, STATS_CONFIDENCE);
		if (stats_error(&got) > rule.error)
			continue;
		beside.narrow++;
		beside.wrong += truth < got.low || got.high < truth;
	}
	return beside;
}

/* A neighbour either makes the interval wide, and so the row is marked, or does no harm to what
 * the interval says: of 100 repeats at most five are neither. */
static void test_stats__a_neighbour_is_seen_or_harmless(void **state)
{
	static const double parts[] = { 0, 0.1, 0.3, 0.45, 0.5, 0.55, 0.7, 0.9, 1 };
	struct chance chance = { 4 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct beside got = measure_beside(&chance, parts[i]);

		if (got.wrong > REPEATS * 5 / 100)
			ROW_FAILS(failures, "part %g: %d of %d are wrong\n", parts[i],
				  got.wrong, got.narrow);
		/* Nobody there, or always the same. */
		if ((parts[i] == 0 || parts[i] == 1) && got.narrow != REPEATS)
			ROW_FAILS(failures, "part %g: noisy\n", parts[i]);
		/* What is there half of the time is seen. */
		if (parts[i] == 0.5 && got.narrow > REPEATS * 5 / 100)
			ROW_FAILS(failures, "half: %d not noisy\n", got.narrow);
	}
	assert_rows(failures);
}

static void test_stats__stop_looks_seldom(void **state)
{
	static const struct stop_rule rule = { 6, 30, 0.02 };
	double values[30];
	int looks = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = 5;
	for (size_t count = 1; count < 30; count++) {
		enum stop stop = stats_stop(values, count, &rule);

		assert_true(stop != STOP_CAPPED);
		looks += stop == STOP_NARROW;
	}
	assert_int_equal(stats_stop(values, 30, &rule), STOP_CAPPED);
	/* At 6, 9, 13, 19 and 28. */
	assert_int_equal(looks, 5);
}

static void test_stats__same_series_seldom_differ(void **state)
{
	struct chance chance = { 3 };
	int alarms = 0;

	(void)state;
	for (int repeat = 0; repeat < REPEATS; repeat++) {
		double a[12], b[15];

		for (size_t i = 0; i < ARRAY_SIZE(a); i++)
			a[i] = draw(&chance, 0.3);
		for (size_t i = 0; i < ARRAY_SIZE(b); i++)
			b[i] = draw(&chance, 0.3);
		alarms += stats_same_probability(a, 12, b, 15) < 0.05;
	}
	assert_true(alarms <= REPEATS * 6 / 100);
	assert_true(alarms >= REPEATS * 3 / 100);
}

static void test_stats__different_series_differ(void **state)
{
	static const double low[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const double high[] = { 11, 12, 13, 14, 15, 16, 17, 18 };
	static const double same[] = { 4, 4, 4, 4, 4, 4, 4, 4 };

	(void)state;
	assert_true(stats_same_probability(low, 8, high, 8) < 0.001);
	assert_true(stats_same_probability(high, 8, low, 8) < 0.001);
	assert_true(stats_same_probability(low, 8, low, 8) > 0.9);
	assert_true(stats_same_probability(same, 8, same, 8) == 1);
	assert_true(stats_same_probability(NULL, 0, low, 8) == 1);
}

static void test_stats__many_questions(void **state)
{
	static const struct {
		double probabilities[4];
		bool significant[4];
	} rows[] = {
		{ { 0.04, 0.5, 0.5, 0.5 }, { false, false, false, false } },
		{ { 0.01, 0.5, 0.5, 0.5 }, { true, false, false, false } },
		{ { 0.001, 0.016, 0.02, 0.04 }, { true, true, true, true } },
		{ { 0.5, 0.001, 0.03, 0.5 }, { false, true, false, false } },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool got[4];

		stats_significant(rows[i].probabilities, 4, got);
		if (memcmp(got, rows[i].significant, sizeof(got)) != 0)
			ROW_FAILS(failures, "row %zu\n", i);
	}
	assert_rows(failures);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats__median_and_interval),
		cmocka_unit_test(test_stats__error),
		cmocka_unit_test(test_stats__interval_covers),
		cmocka_unit_test(test_stats__interval_covers_after_stopping),
		cmocka_unit_test(test_stats__a_neighbour_is_seen_or_harmless),
		cmocka_unit_test(test_stats__stop_looks_seldom),
		cmocka_unit_test(test_stats__same_series_seldom_differ),
		cmocka_unit_test(test_stats__different_series_differ),
		cmocka_unit_test(test_stats__many_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
