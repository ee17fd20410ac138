// SPDX-License-Identifier: GPL-2.0-or-later
// Automatic placement is started whole or not at all, and a stop restores every byte, whoever
// dies or refuses when; what is another program's is never touched.
#include "auto.h"

#include <sys/wait.h>

#include "auto_wish.h"
#include "damon.h"
#include "fake_damon.h"
#include "fake_kernel.h"
#include "fault.h"
#include "machine.h"
#include "plan.h"
#include "unit.h"

static struct root *root;
static struct machine machine;
static struct tier_plan *plan;
static char *before;

/* A start by DAMON and by the kernel, on a machine of two sockets with DRAM and pmem. */
static struct tier_plan *make_plan(uint32_t means)
{
	static struct damon_span spans[4] = { { 0, 1 << 20 },
					      { 1 << 20, 2 << 20 },
					      { 2 << 20, 3 << 20 },
					      { 3 << 20, 4 << 20 } };
	static struct damon_node nodes[4];
	const struct tier_auto_wish wish = { .size = sizeof(wish),
					     .action = TIER_AUTO_START,
					     .means = means };
	struct damon damon = { .nodes = nodes, .n_nodes = 4 };
	struct tier_nodeset all;
	struct switches switches;
	struct tier_plan *made;

	for (unsigned int i = 0; i < 4; i++)
		nodes[i] = (struct damon_node){ i, &spans[i], 1 };
	tier_topology_nodes(machine.t, &all);
	assert_int_equal(switches_read(root, &all, &switches), 0);
	assert_int_equal(
		auto_resolve_start(&(struct auto_machine){ machine.t, &switches, &damon },
				   &wish, &made, NULL),
		0);
	switches_free(&switches);
	return made;
}

static void begin(bool has_migrate, bool has_goals)
{
	tier_plan_free(plan);
	free(before);
	root = fake_damon_new(has_migrate, has_goals);
	before = fake_damon_all();
	plan = make_plan(0);
}

static int reset(void **state)
{
	(void)state;
	fake_kernel_reset();
	begin(true, true);
	return 0;
}

static int start(struct tier_report *report)
{
	*report = (struct tier_report){ 0 };
	return auto_apply(root, &fake_sys, plan, report);
}

static int stop(struct tier_report *report)
{
	struct tier_plan *stops = NULL;
	struct tier_diag diag = { 0 };
	int ret = auto_resolve_stop(root, &stops, &diag);

	*report = (struct tier_report){ 0 };
	if (ret) {
		snprintf(report->message, sizeof(report->message), "%s", diag.message);
		return ret;
	}
	ret = auto_apply(root, &fake_sys, stops, report);
	tier_plan_free(stops);
	return ret;
}

static void assert_all(const char *wanted)
{
	char *now = fake_damon_all();

	if (strcmp(now, wanted) != 0)
		fail_msg("not as before:\n%s", now);
	free(now);
}

/* ---- from start to stop --------------------------------------------------------------- */

static void test_auto__starts_and_stops(void **state)
{
	struct tier_auto_info info;
	struct tier_report report;

	(void)state;

	assert_int_equal(start(&report), 0);

	assert_int_equal(auto_look(root, &info), 0);
	assert_int_equal(info.phase, TIER_AUTO_RUNS);
	assert_int_equal(info.kdamonds, 4);
	assert_int_equal(info.running, 4);
	assert_int_equal(info.means, TIER_AUTO_DAMON | TIER_AUTO_KERNEL);
	assert_string_equal(fake_damon_text(kernel_demotion_path), "true");
	assert_string_equal(fake_damon_text(kernel_balancing_path), "3");

	assert_int_equal(stop(&report), 0);
	assert_all(before);
	assert_int_equal(auto_look(root, &info), 0);
	assert_int_equal(info.phase, TIER_AUTO_OFF);
	assert_int_equal(stop(&report), -ENOENT);
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
	assert_int_equal(start(&report), 0);
	strcpy(fake_damon_text(DAMON_KDAMONDS "/2/contexts/0/schemes/0/stats/sz_tried"),
	       "8192");

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(auto_look_at_scheme(root, i, &scheme), 0);
		if (scheme.from != rows[i].from || scheme.to != rows[i].to ||
		    !(scheme.flags & TIER_AUTO_IS_PROMOTION) == rows[i].is_promotion ||
		    scheme.tried_bytes != (i == 2 ? 8192 : 0))
			ROW_FAILS(failures, "scheme %u: %u to %u\n", i, scheme.from,
				  scheme.to);
	}
	assert_int_equal(auto_look_at_scheme(root, 4, &scheme), -ENOENT);
	assert_rows(failures);
}

/* Where a kernel has no goals they are left out, and all else is there. */
static void test_auto__without_goals(void **state)
{
	struct tier_report report;

	(void)state;
	begin(true, false);

	assert_int_equal(start(&report), 0);

	assert_string_equal(fake_damon_text(
				    DAMON_KDAMONDS
				    "/0/contexts/0/schemes/0/quotas/goals/nr_goals"),
			    "0");
	assert_null(strstr(fake_damon->state, "goals"));
	assert_int_equal(stop(&report), 0);
	assert_all(before);
}

static void test_auto__kernel_that_cannot_migrate(void **state)
{
	struct tier_report report;

	(void)state;
	begin(false, false);

	assert_int_equal(start(&report), -EOPNOTSUPP);

	assert_says(report.message, "--by kernel");
	assert_all(before);
}

/* The kernel's own alone has nothing to do with kdamonds, whosever they are. */
static void test_auto__by_kernel_beside_others(void **state)
{
	struct tier_report report;
	char *others;

	(void)state;
	tier_plan_free(plan);
	plan = make_plan(TIER_AUTO_KERNEL);
	fake_damon_write(DAMON_COUNT, "1");
	others = fake_damon_all();

	assert_int_equal(start(&report), 0);
	assert_string_equal(fake_damon_text(kernel_demotion_path), "true");
	assert_int_equal(stop(&report), 0);

	assert_all(others);
	free(others);
}

static void test_auto__starts_once(void **state)
{
	struct tier_diag diag = { 0 };
	struct tier_report report;
	char *running;

	(void)state;
	assert_int_equal(start(&report), 0);
	running = fake_damon_all();
	assert_int_equal(auto_check_none(root, &diag), -EEXIST);
	assert_says(diag.message, "auto stop");
	assert_int_equal(start(&report), -EEXIST);

	assert_all(running);
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

	assert_int_equal(auto_look(root, &info), 0);
	assert_int_equal(info.phase, TIER_AUTO_OFF);
	assert_int_equal(start(&report), 0);
	assert_int_equal(stop(&report), 0);
	assert_all(before);
}

/* What nobody of ours wrote is not overwritten, and nothing is made of it. */
static void test_auto__no_state(void **state)
{
	struct tier_diag diag = { 0 };
	struct tier_report report;

	(void)state;
	fake_damon->has_state = true;
	strcpy(fake_damon->state, "something else\n");

	assert_int_equal(auto_check_none(root, &diag), -EIO);
	assert_says(diag.message, "look at it");
	assert_int_equal(start(&report), -EEXIST);
	assert_int_equal(stop(&report), -EIO);
	assert_says(report.message, "look at it");

	assert_string_equal(fake_damon->state, "something else\n");
}

/* ---- who dies ------------------------------------------------------------------------------ */

/* In a child, which the fake ends. */
static void run_and_die(int (*work)(struct tier_report *report))
{
	struct tier_report report;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		(void)!work(&report);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	fake_damon->dies_before = fake_damon->dies_after = -1;
}

static int count_writes(int (*work)(struct tier_report *report))
{
	struct tier_report report;
	int first = fake_damon->writes;

	assert_int_equal(work(&report), 0);
	return fake_damon->writes - first;
}

/* Ends at each write of a start, before and behind it: a stop restores. */
static void test_auto__death_of_a_start(void **state)
{
	struct tier_report report;
	int writes, failures = 0;

	(void)state;
	writes = count_writes(start);
	assert_true(writes > 100);

	for (int i = 0; i < 2 * writes; i++) {
		int ret;

		begin(true, i % 3 != 0);
		*(i % 2 ? &fake_damon->dies_after : &fake_damon->dies_before) = i / 2;
		run_and_die(start);
		ret = stop(&report);
		/* Before the note there is nothing to stop. */
		if (ret && !(ret == -ENOENT && i / 2 <= 1))
			ROW_FAILS(failures, "write %d: %d: %s\n", i / 2, ret,
				  report.message);
		assert_all(before);
	}
	assert_rows(failures);
}

/* The same with a stop, which a second stop completes. */
static void test_auto__death_of_a_stop(void **state)
{
	struct tier_report report;
	int writes;

	(void)state;
	assert_int_equal(start(&report), 0);
	writes = count_writes(stop);
	assert_true(writes >= 4 + 1 + 2 + 1);

	for (int i = 0; i < 2 * writes; i++) {
		int ret;

		begin(true, true);
		assert_int_equal(start(&report), 0);
		*(i % 2 ? &fake_damon->dies_after : &fake_damon->dies_before) =
			fake_damon->writes + i / 2;
		run_and_die(stop);
		ret = stop(&report);
		assert_true(!ret || (ret == -ENOENT && i == 2 * writes - 1));
		assert_all(before);
	}
}

/* ---- who refuses ----------------------------------------------------------------------------- */

/* Each write of a start fails once: all is as it was, or nothing was needed of it. */
static void test_auto__refusal_of_a_start(void **state)
{
	static const int errors[] = { -EIO, -EACCES, -EROFS, -EBUSY, -ENOMEM };
	struct tier_report report;
	int writes, failures = 0;

	(void)state;
	writes = count_writes(start);

	for (int i = 0; i < writes * (int)ARRAY_SIZE(errors); i++) {
		int ret;

		begin(true, true);
		fake_damon->refuses = i / (int)ARRAY_SIZE(errors);
		fake_damon->error = errors[i % (int)ARRAY_SIZE(errors)];
		ret = start(&report);
		if (!ret || !*report.message || report.stuck)
			ROW_FAILS(failures, "write %d: %d: '%s'\n", fake_damon->refuses,
				  ret, report.message);
		assert_all(before);
	}
	assert_rows(failures);
}

/* Each of a stop: it says so, the state stays, and the next one completes it. */
static void test_auto__refusal_of_a_stop(void **state)
{
	struct tier_report report;
	int writes, failures = 0;

	(void)state;
	assert_int_equal(start(&report), 0);
	writes = count_writes(stop);

	for (int i = 0; i < writes; i++) {
		int ret;

		begin(true, true);
		assert_int_equal(start(&report), 0);
		fake_damon->refuses = fake_damon->writes + i;
		fake_damon->error = -EIO;
		ret = stop(&report);
		if (!ret || !report.stuck || !*report.message || !fake_damon->has_state)
			ROW_FAILS(failures, "write %d: %d: '%s'\n", i, ret,
				  report.message);
		assert_int_equal(stop(&report), 0);
		assert_all(before);
	}
	assert_rows(failures);
}

static void test_auto__signal(void **state)
{
	struct tier_report report;

	(void)state;
	for (int at = 0; at < 60; at += 7) {
		begin(true, true);
		fake_kernel_reset();
		fake_kernel.signal_at = at;
		assert_int_equal(start(&report), -EINTR);
		assert_all(before);
	}
}

/* ---- whose they are ------------------------------------------------------------------------------ */

static void test_auto__others_before(void **state)
{
	struct tier_report report;
	char *others;

	(void)state;
	fake_damon_write(DAMON_COUNT, "2");
	others = fake_damon_all();

	assert_int_equal(start(&report), -EEXIST);
	assert_says(report.message, "another program has 2");
	assert_int_equal(stop(&report), -EEXIST);
	assert_says(report.message, "another program has 2");

	assert_all(others);
	free(others);
}

/* Somebody else's setup in place of ours, wherever we came to an end. */
static void test_auto__others_instead(void **state)
{
	struct tier_report report;
	struct tier_auto_info info;
	int writes;

	(void)state;
	writes = count_writes(start);

	for (int i = 2; i < writes; i++) {
		char *others;

		begin(true, true);
		fake_damon->dies_after = i;
		run_and_die(start);
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

		assert_int_equal(stop(&report), -EEXIST);
		assert_says(report.message, "another program's");
		assert_int_equal(auto_look(root, &info), 0);
		assert_int_equal(info.phase, TIER_AUTO_LOST);

		assert_all(others);
		free(others);
	}
}

/* One file of ours that somebody has changed: he may rely on it. */
static void test_auto__changed(void **state)
{
	struct tier_report report;

	(void)state;
	assert_int_equal(start(&report), 0);
	fake_damon_write(DAMON_KDAMONDS "/0/contexts/0/schemes/0/quotas/bytes", "5");

	assert_int_equal(stop(&report), -EEXIST);

	assert_says(report.message, "quotas/bytes reads '5', and was to be '209715200'");
	assert_string_equal(fake_damon_text(DAMON_KDAMONDS "/0/state"), "on");
}

/* A kdamond that ended by itself is ours still; a switch that was turned is not. */
static void test_auto__ended(void **state)
{
	struct tier_auto_info info;
	struct tier_report report;

	(void)state;
	assert_int_equal(start(&report), 0);
	strcpy(fake_damon_text(DAMON_KDAMONDS "/1/state"), "off");
	fake_damon_write(kernel_balancing_path, "0");

	assert_int_equal(auto_look(root, &info), 0);
	assert_int_equal(info.phase, TIER_AUTO_BROKEN);
	assert_int_equal(info.running, 3);
	assert_says(info.message, "/1/state reads 'off'");
	assert_int_equal(stop(&report), 0);

	assert_string_equal(fake_damon_text(DAMON_COUNT), "0");
	assert_string_equal(fake_damon_text(kernel_demotion_path), "false");
	assert_string_equal(fake_damon_text(kernel_balancing_path), "0");
}

/* ---- nothing is lost when something fails --------------------------------------------------------------- */

static int scenario(void *arg)
{
	struct root *faulty = fault_lent_root(root);
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
	assert_int_equal(start(&report), 0);

	fault_each(scenario, NULL);
}

static int start_and_stop(void *arg)
{
	struct root *faulty = fault_lent_root(fake_damon_new(true, true));
	struct tier_report report = { 0 };
	struct tier_plan *stops = NULL;
	int ret = faulty ? auto_apply(faulty, &fake_sys, plan, &report) : -ENOMEM;

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
	tier_plan_free(plan);
	plan = make_plan(TIER_AUTO_KERNEL);

	assert_true(fault_each(start_and_stop, NULL) > 20);
	assert_all(before);
}

static int open_machine(void **state)
{
	(void)state;
	machine = machine_fixture("2s-pmem");
	return 0;
}

static int close_machine(void **state)
{
	(void)state;
	tier_plan_free(plan);
	free(before);
	machine_close(&machine);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_auto__starts_and_stops, reset),
		cmocka_unit_test_setup(test_auto__schemes, reset),
		cmocka_unit_test_setup(test_auto__without_goals, reset),
		cmocka_unit_test_setup(test_auto__kernel_that_cannot_migrate, reset),
		cmocka_unit_test_setup(test_auto__by_kernel_beside_others, reset),
		cmocka_unit_test_setup(test_auto__starts_once, reset),
		cmocka_unit_test_setup(test_auto__earlier_boot, reset),
		cmocka_unit_test_setup(test_auto__no_state, reset),
		cmocka_unit_test_setup(test_auto__death_of_a_start, reset),
		cmocka_unit_test_setup(test_auto__death_of_a_stop, reset),
		cmocka_unit_test_setup(test_auto__refusal_of_a_start, reset),
		cmocka_unit_test_setup(test_auto__refusal_of_a_stop, reset),
		cmocka_unit_test_setup(test_auto__signal, reset),
		cmocka_unit_test_setup(test_auto__others_before, reset),
		cmocka_unit_test_setup(test_auto__others_instead, reset),
		cmocka_unit_test_setup(test_auto__changed, reset),
		cmocka_unit_test_setup(test_auto__ended, reset),
		cmocka_unit_test_setup(test_auto__looking_survives_faults, reset),
		cmocka_unit_test_setup(test_auto__starting_and_stopping_survive_faults,
				       reset),
	};

	return cmocka_run_group_tests(tests, open_machine, close_machine);
}
