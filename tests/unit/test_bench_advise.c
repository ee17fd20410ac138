// SPDX-License-Identifier: GPL-2.0-or-later
// Advice against optima that others published, and against searching all ratios.
#include <math.h>

#include "advise.h"
#include "chance.h"
#include "unit.h"

#define GB 1e9

/* DRAM and CXL of one socket, as often written of. */
static const struct advise_tier dram_cxl[] = { { 200 * GB, 100, NULL, 0 },
					       { 100 * GB, 180, NULL, 0 } };
/* A two-socket machine and one expander: the cover letter of weighted interleave. */
static const struct advise_tier one_expander[] = { { 201 * GB, 100, NULL, 0 },
						   { 22.2 * GB, 250, NULL, 0 } };

static double at_ratio(const struct advise_tier *tiers, double fast, double lines)
{
	double share = isinf(fast) ? 1 : fast / (fast + 1);
	double shares[] = { share, 1 - share };

	return advise_throughput(tiers, shares, 2, lines);
}

/* From 1:4 to 142:1, each 1 % above the last. */
#define RATIOS 640

static double nth_ratio(int n)
{
	return 0.25 * pow(1.01, n);
}

/* The best of very many ratios. */
static double exhaustive(const struct advise_tier *tiers, double lines)
{
	double best = at_ratio(tiers, INFINITY, lines);

	for (int i = 0; i < RATIOS; i++)
		best = fmax(best, at_ratio(tiers, nth_ratio(i), lines));
	return best;
}

static double ratio_of(const struct advice *advice)
{
	if (!advice->weight[1])
		return INFINITY;
	return (double)advice->weight[0] / advice->weight[1];
}

/* The ratio that is best, by trying very many. */
static double best_ratio(const struct advise_tier *tiers, double lines)
{
	double best = INFINITY;

	for (int i = 0; i < RATIOS; i++)
		if (at_ratio(tiers, nth_ratio(i), lines) > at_ratio(tiers, best, lines))
			best = nth_ratio(i);
	return best;
}

/* 200 and 100 GB/s, 100 and 180 ns, by lines in flight: the ratio that is best, and what
 * it gains over DRAM alone in per cent. */
static void test_advise__published_ratios(void **state)
{
	static const struct {
		double lines, ratio, gain;
	} rows[] = {
		{ 200, INFINITY, 0 },
		{ 320, 3.8, 5 },
		{ 450, 2.5, 15 },
		{ 1200, 2, 41 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double exact = best_ratio(dram_cxl, rows[i].lines), gain;
		struct advice got;

		assert_int_equal(advise(dram_cxl, 2, rows[i].lines, &got), 0);
		gain = 100 * (got.bytes_per_sec / got.alone_bytes_per_sec - 1);
		if (isinf(rows[i].ratio) ? !isinf(exact) || got.weight[1] :
					   fabs(exact / rows[i].ratio - 1) > 0.08)
			ROW_FAILS(failures, "%g lines: best is %g:1\n", rows[i].lines,
				  exact);
		/* Rounding goes toward DRAM and costs next to nothing. */
		if (ratio_of(&got) < 0.99 * exact || fabs(gain - rows[i].gain) > 1.5)
			ROW_FAILS(failures, "%g lines: %u:%u, %+.1f %%\n", rows[i].lines,
				  got.weight[0], got.weight[1], gain);
	}
	assert_rows(failures);
}

/* By bandwidth alone 2:1 would be best, and it loses when little is in flight. */
static void test_advise__bandwidth_rule_loses(void **state)
{
	double alone = at_ratio(dram_cxl, INFINITY, 200);

	(void)state;
	assert_true(fabs(at_ratio(dram_cxl, 2, 200) / alone - 0.91) < 0.02);
}

/* 1:1 on one expander: 44.7 GB/s were measured, against 201 and more of DRAM alone. */
static void test_advise__published_one_to_one(void **state)
{
	double all = at_ratio(one_expander, 1, 1e6);

	(void)state;
	assert_true(fabs(all / (44.7 * GB) - 1) < 0.01);
}

/* With one expander, 1:1 loses 60 to 78 % of what DRAM alone gives, from 200 lines in flight
 * on (46 % with 100), and the advice never takes it. */
static void test_advise__published_loss_at_one_to_one(void **state)
{
	static const double lines[] = { 200, 320, 450, 1200, 1000000 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		double alone = at_ratio(one_expander, INFINITY, lines[i]);
		double loss = 1 - at_ratio(one_expander, 1, lines[i]) / alone;
		struct advice got;

		assert_int_equal(advise(one_expander, 2, lines[i], &got), 0);
		if (loss > 0.79 || loss < 0.6)
			ROW_FAILS(failures, "%g lines: 1:1 loses %.3f\n", lines[i], loss);
		if (ratio_of(&got) < 9)
			ROW_FAILS(failures, "%g lines: advises %u:%u\n", lines[i],
				  got.weight[0], got.weight[1]);
	}
	assert_rows(failures);
}

/* The loss is lopsided: per cent of the best, by the bandwidths alone. */
static void test_advise__published_losses(void **state)
{
	static const struct {
		double fast, loss;
	} rows[] = { { 13, 3 }, { 20, 5 }, { 8, 10.5 },
		     { 7, 20 }, { 5, 40 }, { 28.0 / 3, 0.3 } };
	double best = exhaustive(one_expander, 1e7);
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double loss =
			100 * (1 - at_ratio(one_expander, rows[i].fast, 1e7) / best);

		if (fabs(loss - rows[i].loss) > 0.8)
			ROW_FAILS(failures, "%g:1: %.1f %%\n", rows[i].fast, loss);
	}
	assert_rows(failures);
}

/* The authors used 9:1; nothing below that, as there the loss is steep. */
static void test_advise__rounds_toward_dram(void **state)
{
	struct advice got;

	(void)state;
	assert_int_equal(advise(one_expander, 2, 1e6, &got), 0);
	assert_true(ratio_of(&got) >= 9.0 && ratio_of(&got) <= 10.0);
	assert_true(got.bytes_per_sec >= 0.98 * exhaustive(one_expander, 1e6));
}

static void test_advise__is_near_the_optimum(void **state)
{
	struct chance chance = { 1 };
	int failures = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		double fast = 50 + 450 * chance_part(&chance);
		double part = 0.05 + 0.95 * chance_part(&chance);
		struct advise_tier tiers[] = {
			{ fast * GB, 80 + 60 * chance_part(&chance), NULL, 0 },
			{ part * fast * GB, 150 + 300 * chance_part(&chance), NULL, 0 },
		};
		double lines = 20 + 3000 * chance_part(&chance);
		struct advice got;
		double best = exhaustive(tiers, lines);

		assert_int_equal(advise(tiers, 2, lines, &got), 0);
		if (got.bytes_per_sec < 0.98 * best)
			ROW_FAILS(failures, "%g + %g GB/s, %g lines: %u:%u has %.3f\n",
				  tiers[0].peak_bytes_per_sec / GB,
				  tiers[1].peak_bytes_per_sec / GB, lines, got.weight[0],
				  got.weight[1], got.bytes_per_sec / best);
	}
	assert_rows(failures);
}

static void test_advise__follows_measured_curves(void **state)
{
	static const struct advise_point points[] = { { 10 * GB, 90 },
						      { 100 * GB, 110 },
						      { 180 * GB, 300 } };
	static const struct advise_tier tier = { 200 * GB, 0, points, 3 };

	(void)state;
	assert_true(advise_latency(&tier, 0) == 90);
	assert_true(fabs(advise_latency(&tier, 55 * GB) - 100) < 1e-6);
	assert_true(fabs(advise_latency(&tier, 140 * GB) - 205) < 1e-6);
	assert_true(advise_latency(&tier, 190 * GB) > 300);
	assert_true(isinf(advise_latency(&tier, 200 * GB)));
}

static void test_advise__curve_of_what_was_measured(void **state)
{
	/* From 30 to 40 it seems to fall: both have their mean. Two are at the peak. */
	struct advise_point points[] = { { 90 * GB, 200 }, { 40 * GB, 104 },
					 { 10 * GB, 100 }, { 100 * GB, 150 },
					 { 30 * GB, 110 }, { 120 * GB, 300 },
					 { 20 * GB, 104 } };
	static const struct advise_point wanted[] = { { 10 * GB, 100 },
						      { 20 * GB, 104 },
						      { 30 * GB, 107 },
						      { 40 * GB, 107 },
						      { 90 * GB, 200 } };
	struct advise_point falling[] = { { 1, 9 }, { 2, 8 }, { 3, 1 }, { 4, 2 } };

	(void)state;
	assert_int_equal(advise_curve(points, ARRAY_SIZE(points), 100 * GB), 5);
	assert_memory_equal(points, wanted, sizeof(wanted));
	assert_int_equal(advise_curve(falling, ARRAY_SIZE(falling), 10), 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(falling[i].ns == 5);
	assert_int_equal(advise_curve(falling, 4, 1), 0);
	assert_int_equal(advise_curve(NULL, 0, 1), 0);
}

/* By Little's law, from the load that was measured and never from beyond. */
static void test_advise__lines_in_flight(void **state)
{
	static const struct advise_point points[] = { { 10 * GB, 100 },
						      { 64 * GB, 128 } };
	static const struct advise_tier curve = { 100 * GB, 90, points, 2 };
	static const struct advise_tier alone = { 100 * GB, 90, NULL, 0 };

	(void)state;
	assert_true(fabs(advise_in_flight(&curve, 100 * GB) - 200) < 1e-9);
	assert_true(fabs(advise_in_flight(&curve, 5 * GB) - 7.8125) < 1e-9);
	assert_true(fabs(advise_in_flight(&alone, 64 * GB) - 90) < 1e-9);
}

static void test_advise__three_tiers(void **state)
{
	static const struct advise_tier tiers[] = { { 200 * GB, 100, NULL, 0 },
						    { 100 * GB, 180, NULL, 0 },
						    { 50 * GB, 250, NULL, 0 } };
	struct advice got;

	(void)state;
	assert_int_equal(advise(tiers, 3, 1e5, &got), 0);
	assert_true(got.weight[0] > got.weight[1] && got.weight[1] > got.weight[2]);
	assert_true(got.weight[2] > 0);
	assert_true(got.bytes_per_sec > 0.97 * 350 * GB);
	/* And with little in flight only the first. */
	assert_int_equal(advise(tiers, 3, 50, &got), 0);
	assert_int_equal(got.weight[1] + got.weight[2], 0);
	assert_true(got.bytes_per_sec == got.alone_bytes_per_sec);
}

static void test_advise__refuses(void **state)
{
	static const struct advise_tier unknown[] = { { 1, 1, NULL, 0 },
						      { 0, 0, NULL, 0 } };
	struct advice got;

	(void)state;
	assert_int_equal(advise(unknown, 0, 1, &got), -EINVAL);
	assert_int_equal(advise(unknown, 2, 1, &got), -EINVAL);
	assert_int_equal(advise(unknown, ADVISE_TIERS + 1, 1, &got), -EINVAL);
	assert_int_equal(advise(unknown, 1, 0, &got), -EINVAL);
}

/* What is measured differs from the model by a fifth and has noise; still at most six
 * ratios find one that is within 2 % of the best. */
static void test_advise__confirms_in_six(void **state)
{
	struct chance chance = { 7 };
	int failures = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		double part = 0.1 + 0.9 * chance_part(&chance);
		struct advise_tier real[] = { { 200 * GB, 100, NULL, 0 },
					      { part * 200 * GB, 220, NULL, 0 } };
		struct advise_tier believed[] = { real[0], real[1] };
		struct advise_trial trials[ADVISE_RATIOS + 1];
		double lines = 50 + 2000 * chance_part(&chance), next, best, got;
		struct advice advice;
		size_t count = 0;

		believed[1].peak_bytes_per_sec *= 0.8 + 0.4 * chance_part(&chance);
		believed[1].idle_ns *= 0.8 + 0.4 * chance_part(&chance);
		assert_int_equal(advise(believed, 2, lines, &advice), 0);
		while ((next = advise_next(trials, count, ratio_of(&advice))) != 0) {
			double noise = 1 + 0.004 * (chance_part(&chance) - 0.5);

			assert_true(count < ADVISE_RATIOS);
			trials[count].fast = next;
			trials[count++].bytes_per_sec =
				noise * at_ratio(real, next, lines);
		}
		best = exhaustive(real, lines);
		got = at_ratio(real, trials[advise_best(trials, count)].fast, lines);
		if (got < 0.98 * best)
			ROW_FAILS(failures, "part %g, %g lines: %g:1 has %.3f\n", part,
				  lines, trials[advise_best(trials, count)].fast,
				  got / best);
	}
	assert_rows(failures);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_advise__published_ratios),
		cmocka_unit_test(test_advise__bandwidth_rule_loses),
		cmocka_unit_test(test_advise__published_one_to_one),
		cmocka_unit_test(test_advise__published_loss_at_one_to_one),
		cmocka_unit_test(test_advise__published_losses),
		cmocka_unit_test(test_advise__rounds_toward_dram),
		cmocka_unit_test(test_advise__is_near_the_optimum),
		cmocka_unit_test(test_advise__follows_measured_curves),
		cmocka_unit_test(test_advise__curve_of_what_was_measured),
		cmocka_unit_test(test_advise__lines_in_flight),
		cmocka_unit_test(test_advise__three_tiers),
		cmocka_unit_test(test_advise__refuses),
		cmocka_unit_test(test_advise__confirms_in_six),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
