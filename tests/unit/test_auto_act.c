// SPDX-License-Identifier: GPL-2.0-or-later
// Automatic placement from start to stop: a stop restores every byte, and what is another
// program's is never touched.
#include "auto_case.h"
#include "damon.h"
#include "unit.h"

/* ---- from start to stop --------------------------------------------------------------- */

static void test_auto__starts_and_stops(void **state)
{
	struct tier_auto_info info;
	struct tier_report report;

	(void)state;

	assert_int_equal(auto_case_start(&report), 0);

	assert_int_equal(auto_look(auto_case.root, &info), 0);
	assert_int_equal(info.phase, TIER_AUTO_RUNS);
	assert_int_equal(info.kdamonds, 4);
	assert_int_equal(info.running, 4);
	assert_int_equal(info.means, TIER_AUTO_DAMON | TIER_AUTO_KERNEL);
	assert_string_equal(fake_damon_text(kernel_demotion_path), "true");
	assert_string_equal(fake_damon_text(kernel_balancing_path), "3");

	assert_int_equal(auto_case_stop(&report), 0);
	assert_damon(auto_case.before);
	assert_int_equal(auto_look(auto_case.root, &info), 0);
	assert_int_equal(info.phase, TIER_AUTO_OFF);
	assert_int_equal(auto_case_stop(&report), -ENOENT);
}

static void test_auto__schemes(void **state)
{
	static const struct {
		unsigned int from, to;
		bool is_promotion;
	} rows[] = { { 0, 2, false }, { 1, 3, false }, { 2, 0, true }, { 3, 1, true } };
	struct tier_auto_scheme scheme;
	struct tier_report report;
	int failures = 0;

	(void)state;
	assert_int_equal(auto_case_start(&report), 0);
	strcpy(fake_damon_text(DAMON_KDAMONDS "/2/contexts/0/schemes/0/stats/sz_tried"),
	       "8192");

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(auto_look_at_scheme(auto_case.root, i, &scheme), 0);
		if (scheme.from != rows[i].from || scheme.to != rows[i].to ||
		    !(scheme.flags & TIER_AUTO_IS_PROMOTION) == rows[i].is_promotion ||
		    scheme.tried_bytes != (i == 2 ? 8192 : 0))
			ROW_FAILS(failures, "scheme %u: %u to %u\n", i, scheme.from,
				  scheme.to);
	}
	assert_int_equal(auto_look_at_scheme(auto_case.root, 4, &scheme), -ENOENT);
	assert_rows(failures);
}

/* Where a kernel has no goals they are left out, and all else is there. */
static void test_auto__without_goals(void **state)
{
	struct tier_report report;

	(void)state;
	auto_case_begin(true, false);

	assert_int_equal(auto_case_start(&report), 0);

	assert_string_equal(fake_damon_text(
				    DAMON_KDAMONDS
				    "/0/contexts/0/schemes/0/quotas/goals/nr_goals"),
			    "0");
	assert_null(strstr(fake_damon->state, "goals"));
	assert_int_equal(auto_case_stop(&report), 0);
	assert_damon(auto_case.before);
}

static void test_auto__kernel_that_cannot_migrate(void **state)
{
	struct tier_report report;

	(void)state;
	auto_case_begin(false, false);

	assert_int_equal(auto_case_start(&report), -EOPNOTSUPP);

	assert_says(report.message, "--by kernel");
	assert_damon(auto_case.before);
}

/* The kernel's own alone has nothing to do with kdamonds, whosever they are. */
static void test_auto__by_kernel_beside_others(void **state)
{
	struct tier_report report;
	char *others;

	(void)state;
	tier_plan_free(auto_case.plan);
	auto_case.plan = auto_case_plan(TIER_AUTO_KERNEL);
	fake_damon_write(DAMON_COUNT, "1");
	others = fake_damon_all();

	assert_int_equal(auto_case_start(&report), 0);
	assert_string_equal(fake_damon_text(kernel_demotion_path), "true");
	assert_int_equal(auto_case_stop(&report), 0);

	assert_damon(others);
	free(others);
}

static void test_auto__starts_once(void **state)
{
	struct tier_diag diag = { 0 };
	struct tier_report report;
	char *running;

	(void)state;
	assert_int_equal(auto_case_start(&report), 0);
	running = fake_damon_all();
	assert_int_equal(auto_check_none(auto_case.root, &diag), -EEXIST);
	assert_says(diag.message, "auto stop");
	assert_int_equal(auto_case_start(&report), -EEXIST);

	assert_damon(running);
	free(running);
}

/* A state of an earlier boot is nobody's; a start replaces it. */
static void test_auto__earlier_boot(void **state)
{
	struct tier_auto_info info;
	struct tier_report report;

	(void)state;
	fake_damon->has_state = true;
	strcpy(fake_damon->state, "tierkit-auto 1\nboot another\n");

	assert_int_equal(auto_look(auto_case.root, &info), 0);
	assert_int_equal(info.phase, TIER_AUTO_OFF);
	assert_int_equal(auto_case_start(&report), 0);
	assert_int_equal(auto_case_stop(&report), 0);
	assert_damon(auto_case.before);
}

/* What nobody of ours wrote is not overwritten, and nothing is made of it. */
static void test_auto__no_state(void **state)
{
	struct tier_diag diag = { 0 };
	struct tier_report report;

	(void)state;
	fake_damon->has_state = true;
	strcpy(fake_damon->state, "something else\n");

	assert_int_equal(auto_check_none(auto_case.root, &diag), -EIO);
	assert_says(diag.message, "look at it");
	assert_int_equal(auto_case_start(&report), -EEXIST);
	assert_int_equal(auto_case_stop(&report), -EIO);
	assert_says(report.message, "look at it");

	assert_string_equal(fake_damon->state, "something else\n");
}

/* ---- whose they are ------------------------------------------------------------------------------ */

static void test_auto__others_before(void **state)
{
	struct tier_report report;
	char *others;

	(void)state;
	fake_damon_write(DAMON_COUNT, "2");
	others = fake_damon_all();

	assert_int_equal(auto_case_start(&report), -EEXIST);
	assert_says(report.message, "another program has 2");
	assert_int_equal(auto_case_stop(&report), -EEXIST);
	assert_says(report.message, "another program has 2");

	assert_damon(others);
	free(others);
}

/* Somebody else's setup in place of ours, wherever we came to an end. */
static void test_auto__others_instead(void **state)
{
	struct tier_report report;
	struct tier_auto_info info;
	int writes;

	(void)state;
	writes = count_writes(auto_case_start);

	for (int i = 2; i < writes; i++) {
		char *others;

		auto_case_begin(true, true);
		fake_damon->dies_after = i;
		run_and_die(auto_case_start);
		for (int n = 0; n < 4; n++) {
			char file[64];
			char *text;

			snprintf(file, sizeof(file), DAMON_KDAMONDS "/%d/state", n);
			text = fake_damon_text(file);
			if (text)
				strcpy(text, "off");
		}
		fake_damon_write(DAMON_COUNT, "4");
		fake_damon_write(DAMON_KDAMONDS "/1/contexts/nr_contexts", "1");
		fake_damon_write(DAMON_KDAMONDS "/1/contexts/0/schemes/nr_schemes", "3");
		others = fake_damon_all();

		assert_int_equal(auto_case_stop(&report), -EEXIST);
		assert_says(report.message, "another program's");
		assert_int_equal(auto_look(auto_case.root, &info), 0);
		assert_int_equal(info.phase, TIER_AUTO_LOST);

		assert_damon(others);
		free(others);
	}
}

/* One file of ours that somebody has changed: he may rely on it. */
static void test_auto__changed(void **state)
{
	struct tier_report report;

	(void)state;
	assert_int_equal(auto_case_start(&report), 0);
	fake_damon_write(DAMON_KDAMONDS "/0/contexts/0/schemes/0/quotas/bytes", "5");

	assert_int_equal(auto_case_stop(&report), -EEXIST);

	assert_says(report.message, "quotas/bytes reads '5', and was to be '209715200'");
	assert_string_equal(fake_damon_text(DAMON_KDAMONDS "/0/state"), "on");
}

/* A kdamond that ended by itself is ours still; a switch that was turned is not. */
static void test_auto__ended(void **state)
{
	struct tier_auto_info info;
	struct tier_report report;

	(void)state;
	assert_int_equal(auto_case_start(&report), 0);
	strcpy(fake_damon_text(DAMON_KDAMONDS "/1/state"), "off");
	fake_damon_write(kernel_balancing_path, "0");

	assert_int_equal(auto_look(auto_case.root, &info), 0);
	assert_int_equal(info.phase, TIER_AUTO_BROKEN);
	assert_int_equal(info.running, 3);
	assert_says(info.message, "/1/state reads 'off'");
	assert_int_equal(auto_case_stop(&report), 0);

	assert_string_equal(fake_damon_text(DAMON_COUNT), "0");
	assert_string_equal(fake_damon_text(kernel_demotion_path), "false");
	assert_string_equal(fake_damon_text(kernel_balancing_path), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_auto__starts_and_stops, auto_case_reset),
		cmocka_unit_test_setup(test_auto__schemes, auto_case_reset),
		cmocka_unit_test_setup(test_auto__without_goals, auto_case_reset),
		cmocka_unit_test_setup(test_auto__kernel_that_cannot_migrate,
				       auto_case_reset),
		cmocka_unit_test_setup(test_auto__by_kernel_beside_others,
				       auto_case_reset),
		cmocka_unit_test_setup(test_auto__starts_once, auto_case_reset),
		cmocka_unit_test_setup(test_auto__earlier_boot, auto_case_reset),
		cmocka_unit_test_setup(test_auto__no_state, auto_case_reset),
		cmocka_unit_test_setup(test_auto__others_before, auto_case_reset),
		cmocka_unit_test_setup(test_auto__others_instead, auto_case_reset),
		cmocka_unit_test_setup(test_auto__changed, auto_case_reset),
		cmocka_unit_test_setup(test_auto__ended, auto_case_reset),
	};

	return cmocka_run_group_tests(tests, auto_case_open, auto_case_close);
}
