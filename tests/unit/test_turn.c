// SPDX-License-Identifier: GPL-2.0-or-later
// Switches are turned all or not at all, whoever stands in the way.
#include "turn.h"

#include "fake_kernel.h"
#include "fake_switches.h"
#include "fault.h"
#include "plan.h"
#include "unit.h"

#define SWITCH(name, was, becomes)                                      \
	{                                                               \
		.kind = TIER_STEP_SWITCH, .file = (name), .has = (was), \
		.wants = (becomes), .why = "so"                         \
	}
#define ORDER(name, was, becomes)                                      \
	{                                                              \
		.kind = TIER_STEP_ORDER, .file = (name), .has = (was), \
		.wants = (becomes), .why = "so"                        \
	}

static const struct tier_step three[] = {
	SWITCH("/a", "0", "1"),
	SWITCH("/b", "false", "true"),
	SWITCH("/c", "3", "4"),
};

static struct tier_plan *plan_of(const struct tier_step *steps, size_t count)
{
	struct tier_plan *plan = plan_new(count, 0);

	assert_non_null(plan);
	for (size_t i = 0; i < count; i++)
		plan_add_step(plan, &steps[i]);
	return plan;
}

static int turn(struct fake_switch *files, const struct tier_step *steps, size_t count,
		struct tier_report *report)
{
	struct tier_plan *plan = plan_of(steps, count);
	int ret;

	*report = (struct tier_report){ 0 };
	ret = turn_switches(fake_switches(files), &fake_sys, plan, report);
	tier_plan_free(plan);
	return ret;
}

/* What all files hold, "1 true 4". */
static const char *values(const struct fake_switch *files)
{
	static char text[256];
	size_t len = 0;

	*text = '\0';
	for (; files->path; files++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
					len ? " " : "", files->text);
	return text;
}

static int reset(void **state)
{
	(void)state;
	fake_kernel_reset();
	return 0;
}

static void test_turn__all_in_order(void **state)
{
	struct fake_switch files[] = { { .path = "/a", .text = "0" },
				       { .path = "/b", .text = "false" },
				       { .path = "/c", .text = "3" },
				       { 0 } };
	struct tier_report report;

	(void)state;

	assert_int_equal(turn(files, three, ARRAY_SIZE(three), &report), 0);

	assert_string_equal(values(files), "1 true 4");
	assert_int_equal(report.turned, 3);
	assert_int_equal(report.problems, 0);
	assert_int_equal(fake_switch_writes, 3);
}

static void test_turn__nothing_is_nothing(void **state)
{
	struct fake_switch files[] = { { 0 } };
	struct tier_report report;

	(void)state;

	assert_int_equal(turn(files, three, 0, &report), 0);
	assert_int_equal(fake_switch_writes, 0);
}

/* Each way in which the last of three fails: what was before stands again. */
static void test_turn__puts_back(void **state)
{
	static const struct {
		struct fake_switch last;
		int error;
		const char *says;
		const char *left;
	} rows[] = {
		{ { .path = "/c", .text = "3", .refusal = -EROFS },
		  -EROFS,
		  "read-only",
		  "0 false 3" },
		{ { .path = "/c", .text = "3", .refusal = -EACCES },
		  -EACCES,
		  "root",
		  "0 false 3" },
		{ { .path = "/c", .text = "3", .refusal = -EPERM },
		  -EPERM,
		  "CAP_SYS_ADMIN",
		  "0 false 3" },
		{ { .path = "/c", .text = "3", .refusal = -EINVAL },
		  -EINVAL,
		  "'4'",
		  "0 false 3" },
		{ { .path = "/c", .text = "3", .refusal = -EAGAIN },
		  -EAGAIN,
		  "found less",
		  "0 false 3" },
		{ { .path = "/c", .text = "3", .refusal = -EIO },
		  -EIO,
		  "write '4'",
		  "0 false 3" },
		{ { .path = "/c", .text = "7" },
		  -ESTALE,
		  "reads '7' and no longer '3'",
		  "0 false 7" },
		{ { .path = "/c", .text = "3", .keeps = "9" },
		  -ESTALE,
		  "reads '9' after '4'",
		  "0 false 9" },
		{ { .path = "/c", .text = "3", .others = "5", .others_after = 3 },
		  -ESTALE,
		  "reads '5' after '4'",
		  "0 false 4" },
		{ { .path = "/gone", .text = "3" }, -ENOENT, "/c: read", "0 false 3" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fake_switch files[] = { { .path = "/a", .text = "0" },
					       { .path = "/b", .text = "false" },
					       rows[i].last,
					       { 0 } };
		struct tier_report report;
		int ret = turn(files, three, ARRAY_SIZE(three), &report);

		if (ret != rows[i].error || report.error != ret)
			ROW_FAILS(failures, "row %zu: result %d\n", i, ret);
		if (!strstr(report.message, rows[i].says))
			ROW_FAILS(failures, "row %zu: '%s'\n", i, report.message);
		if (strcmp(values(files), rows[i].left))
			ROW_FAILS(failures, "row %zu: left '%s'\n", i, values(files));
		if (report.turned || report.stuck || report.problems != 1 ||
		    report.failed != TIER_STEP_SWITCH)
			ROW_FAILS(failures, "row %zu: %u turned, %u stuck\n", i,
				  report.turned, report.stuck);
	}
	assert_rows(failures);
}

/* Somebody else turned the first while we were at the third: it is his now. */
static void test_turn__leaves_what_others_turned(void **state)
{
	struct fake_switch files[] = {
		{ .path = "/a", .text = "0", .others = "8", .others_after = 3 },
		{ .path = "/b", .text = "false" },
		{ .path = "/c", .text = "3", .refusal = -EIO },
		{ 0 }
	};
	struct tier_report report;

	(void)state;

	assert_int_equal(turn(files, three, ARRAY_SIZE(three), &report), -EIO);

	assert_string_equal(values(files), "1 false 3");
	/* The refused one, and b back: a was not written a second time. */
	assert_int_equal(fake_switch_writes, 4);
	assert_int_equal(report.stuck, 0);
}

static void test_turn__says_what_could_not_be_put_back(void **state)
{
	/* A file that takes 1 and then nothing more, as `auto` without bandwidths. */
	struct fake_switch files[] = { { .path = "/a", .text = "0", .keeps = "1" },
				       { .path = "/b", .text = "false", .refusal = -EIO },
				       { 0 } };
	struct tier_report report;

	(void)state;

	assert_int_equal(turn(files, three, 2, &report), -EIO);

	assert_int_equal(report.stuck, 1);
	assert_says(report.message, "/b: write 'true'");
	assert_says(report.message, "/a could not be put back to '0'");
}

static void test_turn__signal_puts_back(void **state)
{
	int failures = 0;

	(void)state;
	for (int at = 0; at < 3; at++) {
		struct fake_switch files[] = { { .path = "/a", .text = "0" },
					       { .path = "/b", .text = "false" },
					       { .path = "/c", .text = "3" },
					       { 0 } };
		struct tier_report report;

		fake_kernel_reset();
		fake_kernel.signal_at = at;
		if (turn(files, three, ARRAY_SIZE(three), &report) != -EINTR)
			ROW_FAILS(failures, "at %d: not interrupted\n", at);
		if (strcmp(values(files), "0 false 3"))
			ROW_FAILS(failures, "at %d: left '%s'\n", at, values(files));
	}
	assert_rows(failures);
}

/* An order leaves no trace: what it replaced is written back. */
static void test_turn__orders(void **state)
{
	static const struct tier_step steps[] = {
		ORDER("/weight", "3", "0"),
		ORDER("/reclaim", NULL, "4096"),
		SWITCH("/c", "3", "4"),
	};
	struct fake_switch files[] = { { .path = "/weight", .text = "3" },
				       { .path = "/reclaim", .text = "", .keeps = "" },
				       { .path = "/c", .text = "3", .refusal = -EIO },
				       { 0 } };
	struct tier_report report;

	(void)state;

	assert_int_equal(turn(files, steps, ARRAY_SIZE(steps), &report), -EIO);
	assert_string_equal(values(files), "3  3");

	files[2].refusal = 0;
	files[0].keeps = "1";
	assert_int_equal(turn(files, steps, ARRAY_SIZE(steps), &report), 0);
	assert_string_equal(values(files), "1  4");
}

static int scenario(void *arg)
{
	struct fake_switch files[] = { { .path = "/a", .text = "0" },
				       { .path = "/b", .text = "false" },
				       { .path = "/c", .text = "3" },
				       { 0 } };
	struct tier_plan *plan = arg;
	struct tier_report report = { 0 };
	struct root *root = fault_root(fake_switches(files));
	int ret;

	if (!root)
		return -ENOMEM;
	ret = turn_switches(root, fault_sys(&fake_sys), plan, &report);
	root_close(root);
	if (ret)
		assert_true(*report.message);
	/* Whole or not at all, or it is said what is left. */
	if (strcmp(values(files), ret ? "0 false 3" : "1 true 4"))
		assert_true(report.stuck || strstr(report.message, "reads"));
	return ret;
}

static void test_turn__survives_faults(void **state)
{
	struct tier_plan *plan = plan_of(three, ARRAY_SIZE(three));

	(void)state;

	assert_true(fault_each(scenario, plan) > 9);
	tier_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_turn__all_in_order, reset),
		cmocka_unit_test_setup(test_turn__nothing_is_nothing, reset),
		cmocka_unit_test_setup(test_turn__puts_back, reset),
		cmocka_unit_test_setup(test_turn__leaves_what_others_turned, reset),
		cmocka_unit_test_setup(test_turn__says_what_could_not_be_put_back, reset),
		cmocka_unit_test_setup(test_turn__signal_puts_back, reset),
		cmocka_unit_test_setup(test_turn__orders, reset),
		cmocka_unit_test_setup(test_turn__survives_faults, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
