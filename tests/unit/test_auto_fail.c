// SPDX-License-Identifier: GPL-2.0-or-later
// Automatic placement is started whole or not at all, and a stop restores every byte, whoever
// dies or refuses when.
#include "auto_case.h"
#include "fake_kernel.h"
#include "fault.h"
#include "plan.h"
#include "unit.h"

/* ---- who dies ------------------------------------------------------------------------------ */

/* Ends at each write of a start, before and behind it: a stop restores. */
static void test_auto__death_of_a_start(void **state)
{
	struct tier_report report;
	int writes, failures = 0;

	(void)state;
	writes = count_writes(auto_case_start);
	assert_true(writes > 100);

	for (int i = 0; i < 2 * writes; i++) {
		int ret;

		auto_case_begin(true, i % 3 != 0);
		*(i % 2 ? &fake_damon->dies_after : &fake_damon->dies_before) = i / 2;
		run_and_die(auto_case_start);
		ret = auto_case_stop(&report);
		/* Before the note there is nothing to stop. */
		if (ret && !(ret == -ENOENT && i / 2 <= 1))
			ROW_FAILS(failures, "write %d: %d: %s\n", i / 2, ret,
				  report.message);
		assert_damon(auto_case.before);
	}
	assert_rows(failures);
}

/* The same with a stop, which a second stop completes. */
static void test_auto__death_of_a_stop(void **state)
{
	struct tier_report report;
	int writes;

	(void)state;
	assert_int_equal(auto_case_start(&report), 0);
	writes = count_writes(auto_case_stop);
	assert_true(writes >= 4 + 1 + 2 + 1);

	for (int i = 0; i < 2 * writes; i++) {
		int ret;

		auto_case_begin(true, true);
		assert_int_equal(auto_case_start(&report), 0);
		*(i % 2 ? &fake_damon->dies_after : &fake_damon->dies_before) =
			fake_damon->writes + i / 2;
		run_and_die(auto_case_stop);
		ret = auto_case_stop(&report);
		assert_true(!ret || (ret == -ENOENT && i == 2 * writes - 1));
		assert_damon(auto_case.before);
	}
}

/* ---- who refuses ----------------------------------------------------------------------------- */

/* Each write of a start fails once: all is as it was, or nothing was needed of it. */
static void test_auto__refusal_of_a_start(void **state)
{
	static const int errors[] = { -EIO, -EACCES, -EROFS, -ENOMEM };
	struct tier_report report;
	int writes, failures = 0;

	(void)state;
	writes = count_writes(auto_case_start);

	for (int i = 0; i < writes * (int)ARRAY_SIZE(errors); i++) {
		int ret;

		auto_case_begin(true, true);
		fake_damon->refuses = i / (int)ARRAY_SIZE(errors);
		fake_damon->error = errors[i % (int)ARRAY_SIZE(errors)];
		ret = auto_case_start(&report);
		if (!ret || !*report.message || report.stuck)
			ROW_FAILS(failures, "write %d: %d: '%s'\n", fake_damon->refuses,
				  ret, report.message);
		assert_damon(auto_case.before);
	}
	assert_rows(failures);
}

/* DAMON's lock is taken for a moment: asked again it takes what is written. Others are not asked
 * again: our own file, and the kernel's switches. */
static void test_auto__waits_for_the_lock(void **state)
{
	struct tier_report report;
	int writes, waited = 0;

	(void)state;
	writes = count_writes(auto_case_start);

	for (int i = 0; i < writes; i++) {
		auto_case_begin(true, true);
		fake_damon->refuses = i;
		fake_damon->error = -EBUSY;
		if (!auto_case_start(&report)) {
			waited++;
			fake_damon->refuses = fake_damon->writes;
			assert_int_equal(auto_case_stop(&report), 0);
		}
		assert_damon(auto_case.before);
	}
	assert_in_range(waited, writes - 8, writes - 1);
}

/* A kdamond that runs keeps the lock for a moment while its state is read. */
static void test_auto__waits_to_look(void **state)
{
	struct tier_report report;
	int looks;

	(void)state;
	assert_int_equal(auto_case_start(&report), 0);
	assert_int_equal(auto_case_stop(&report), 0);
	looks = fake_damon->looks;
	assert_in_range(looks, 4, 100);

	for (int i = 0; i < looks; i++) {
		auto_case_begin(true, true);
		fake_damon->busy_look = i;
		assert_int_equal(auto_case_start(&report), 0);
		assert_int_equal(auto_case_stop(&report), 0);
		assert_int_equal(fake_damon->looks, looks + 1);
		assert_damon(auto_case.before);
	}
}

/* Each of a stop: it says so, the state stays, and the next one completes it. */
static void test_auto__refusal_of_a_stop(void **state)
{
	struct tier_report report;
	int writes, failures = 0;

	(void)state;
	assert_int_equal(auto_case_start(&report), 0);
	writes = count_writes(auto_case_stop);

	for (int i = 0; i < writes; i++) {
		int ret;

		auto_case_begin(true, true);
		assert_int_equal(auto_case_start(&report), 0);
		fake_damon->refuses = fake_damon->writes + i;
		fake_damon->error = -EIO;
		ret = auto_case_stop(&report);
		if (!ret || !report.stuck || !*report.message || !fake_damon->has_state)
			ROW_FAILS(failures, "write %d: %d: '%s'\n", i, ret,
				  report.message);
		assert_int_equal(auto_case_stop(&report), 0);
		assert_damon(auto_case.before);
	}
	assert_rows(failures);
}

static void test_auto__signal(void **state)
{
	struct tier_report report;

	(void)state;
	for (int at = 0; at < 60; at += 7) {
		auto_case_begin(true, true);
		fake_kernel_reset();
		fake_kernel.signal_at = at;
		assert_int_equal(auto_case_start(&report), -EINTR);
		assert_damon(auto_case.before);
	}
}

/* ---- nothing is lost when something fails --------------------------------------------------------------- */

static int scenario(void *arg)
{
	struct root *faulty = fault_lent_root(auto_case.root);
	struct tier_auto_info info;
	struct tier_plan *stops = NULL;
	int ret;

	(void)arg;
	if (!faulty)
		return -ENOMEM;
	ret = auto_look(faulty, &info);
	if (!ret)
		ret = auto_resolve_stop(faulty, &stops, NULL);
	tier_plan_free(stops);
	root_close(faulty);
	return ret;
}

static void test_auto__looking_survives_faults(void **state)
{
	struct tier_report report;

	(void)state;
	assert_int_equal(auto_case_start(&report), 0);

	fault_each(scenario, NULL);
}

static int start_and_stop(void *arg)
{
	struct root *faulty = fault_lent_root(fake_damon_new(true, true));
	struct tier_report report = { 0 };
	struct tier_plan *stops = NULL;
	int ret = faulty ? auto_apply(faulty, &fake_sys, auto_case.plan, &report) :
			   -ENOMEM;

	(void)arg;
	if (!ret)
		ret = auto_resolve_stop(faulty, &stops, NULL);
	if (!ret)
		ret = auto_apply(faulty, &fake_sys, stops, &report);
	tier_plan_free(stops);
	root_close(faulty);
	return ret;
}

static void test_auto__starting_and_stopping_survive_faults(void **state)
{
	(void)state;
	/* Each of DAMON's many files fails once in test_auto__refusal_of_a_start. */
	tier_plan_free(auto_case.plan);
	auto_case.plan = auto_case_plan(TIER_AUTO_KERNEL);

	assert_true(fault_each(start_and_stop, NULL) > 20);
	assert_damon(auto_case.before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_auto__death_of_a_start, auto_case_reset),
		cmocka_unit_test_setup(test_auto__death_of_a_stop, auto_case_reset),
		cmocka_unit_test_setup(test_auto__refusal_of_a_start, auto_case_reset),
		cmocka_unit_test_setup(test_auto__waits_for_the_lock, auto_case_reset),
		cmocka_unit_test_setup(test_auto__waits_to_look, auto_case_reset),
		cmocka_unit_test_setup(test_auto__refusal_of_a_stop, auto_case_reset),
		cmocka_unit_test_setup(test_auto__signal, auto_case_reset),
		cmocka_unit_test_setup(test_auto__looking_survives_faults,
				       auto_case_reset),
		cmocka_unit_test_setup(test_auto__starting_and_stopping_survive_faults,
				       auto_case_reset),
	};

	return cmocka_run_group_tests(tests, auto_case_open, auto_case_close);
}
