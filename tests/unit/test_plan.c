// SPDX-License-Identifier: GPL-2.0-or-later
// The line of text that a plan is: there and back, and lines that are none.
#include "plan.h"
#include "strbuf.h"
#include "unit.h"

/* Each is how it is written back, too. */
static const char *const lines[] = {
	"tier-plan 1",
	"tier-plan 1 policy=default",
	"tier-plan 1 policy=prefer:0-1",
	"tier-plan 1 policy=bind:1023",
	"tier-plan 1 policy=interleave:0,2-3,64",
	"tier-plan 1 policy=weighted:0,2",
	"tier-plan 1 weight=3:0-1 weight=1:2-3 policy=weighted:0-3",
	"tier-plan 1 weight=255:0 cpus=0-3,8-8191 policy=weighted:0",
	"tier-plan 1 cpus=0",
};

static void test_plan__there_and_back(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct tier_diag diag = { 0 };
		struct tier_plan *plan;
		char line[256];
		int len;

		if (tier_plan_decode(lines[i], &plan, &diag)) {
			ROW_FAILS(failures, "'%s': %s\n", lines[i], diag.message);
			continue;
		}
		len = tier_plan_encode(plan, line, sizeof(line));
		if (strcmp(line, lines[i]) || len != (int)strlen(line))
			ROW_FAILS(failures, "'%s': back as '%s'\n", lines[i], line);
		tier_plan_free(plan);
	}
	assert_rows(failures);
}

/* What a file or a variable may add at the ends. */
static void test_plan__blanks(void **state)
{
	static const char *const rows[] = {
		"tier-plan 1 cpus=1 policy=prefer:0\n",
		"tier-plan 1  cpus=1 \t policy=prefer:0",
		"tier-plan 1 cpus=1\tpolicy=prefer:0 ",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_plan *plan;
		char line[64];

		assert_int_equal(tier_plan_decode(rows[i], &plan, NULL), 0);
		tier_plan_encode(plan, line, sizeof(line));
		assert_string_equal(line, "tier-plan 1 cpus=1 policy=prefer:0");
		tier_plan_free(plan);
	}
}

/* As many steps as there can be, with tabs between: room is made for words, not for
 * spaces. */
static void test_plan__many_steps(void **state)
{
	struct strbuf line = { 0 };
	struct tier_plan *plan;

	(void)state;
	assert_int_equal(strbuf_puts(&line, "tier-plan 1 "), 0);
	for (int node = 0; node < TIER_MAX_NODES; node++)
		assert_int_equal(strbuf_printf(&line, "weight=1:%d\t", node), 0);

	assert_int_equal(tier_plan_decode(line.text, &plan, NULL), 0);

	assert_int_equal(tier_plan_step_count(plan), TIER_MAX_NODES);
	tier_plan_free(plan);
	strbuf_free(&line);
}

static void test_plan__bad_lines(void **state)
{
	static const struct {
		const char *line;
		uint32_t column;
		const char *says;
	} rows[] = {
		{ "", 1, "expected 'tier-plan 1'" },
		{ "\n", 1, "expected 'tier-plan 1'" },
		{ "policy=default", 1, "expected 'tier-plan 1'" },
		{ "tier-plan", 1, "expected 'tier-plan 1'" },
		{ "tier-plan 2 policy=default", 1, "expected 'tier-plan 1'" },
		{ "tier-plan 10", 1, "expected 'tier-plan 1'" },
		{ "tier-plan 1policy=default", 1, "expected 'tier-plan 1'" },
		{ "tier-plan 1\tpolicy=default", 1, "expected 'tier-plan 1'" },
		{ " tier-plan 1", 1, "expected 'tier-plan 1'" },
		{ "Tier-plan 1", 1, "expected 'tier-plan 1'" },
		{ "tier-plan 1 policy=default\n\n", 27, "a plan is one line" },
		{ "tier-plan 1\npolicy=default", 12, "a plan is one line" },
		{ "tier-plan 1 banana", 13, "'banana' is no step" },
		{ "tier-plan 1 policy", 13, "'policy' is no step" },
		{ "tier-plan 1 policy=", 13, "is no step" },
		{ "tier-plan 1 policy=prefer", 13, "is no step" },
		{ "tier-plan 1 policy=prefer:", 13, "is no step" },
		{ "tier-plan 1 policy=prefer:x", 13, "is no step" },
		{ "tier-plan 1 policy=prefer:0,", 13, "is no step" },
		{ "tier-plan 1 policy=prefer:1024", 13, "is no step" },
		{ "tier-plan 1 policy=unknown:0", 13, "is no step" },
		{ "tier-plan 1 policy=:0", 13, "is no step" },
		{ "tier-plan 1 policy=default:0", 13, "is no step" },
		{ "tier-plan 1 policy=default:", 13, "is no step" },
		{ "tier-plan 1 policy=PREFER:0", 13, "is no step" },
		{ "tier-plan 1 weight=1", 13, "is no step" },
		{ "tier-plan 1 weight=1:", 13, "is no step" },
		{ "tier-plan 1 weight=0:1", 13, "is no step" },
		{ "tier-plan 1 weight=256:1", 13, "is no step" },
		{ "tier-plan 1 weight=-1:1", 13, "is no step" },
		{ "tier-plan 1 cpus=", 13, "is no step" },
		{ "tier-plan 1 cpus=,", 13, "is no step" },
		{ "tier-plan 1 cpus=3-1", 13, "is no step" },
		{ "tier-plan 1 cpus=8192", 13, "is no step" },
		{ "tier-plan 1 cpus=0-", 13, "is no step" },
		{ "tier-plan 1 policy=default policy=default", 28, "a second time" },
		{ "tier-plan 1 policy=bind:0 policy=prefer:1", 27, "a second time" },
		{ "tier-plan 1 cpus=0 cpus=1", 20, "a second time" },
		{ "tier-plan 1 weight=1:0-1 weight=2:1-2", 26, "a second time" },
		{ "tier-plan 1 policy=bind:0 cpus=1", 27, "comes too late" },
		{ "tier-plan 1 cpus=1 weight=1:0", 20, "comes too late" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_diag diag = { 0 };
		struct tier_plan *plan = NULL;
		int ret = tier_plan_decode(rows[i].line, &plan, &diag);

		if (ret != -EINVAL || diag.line != 1 || diag.column != rows[i].column ||
		    !strstr(diag.message, rows[i].says) || plan)
			ROW_FAILS(failures, "'%s': %d, column %u: %s\n", rows[i].line,
				  ret, diag.column, diag.message);
		if (tier_plan_decode(rows[i].line, &plan, NULL) != -EINVAL)
			ROW_FAILS(failures, "'%s': passes without diag\n", rows[i].line);
	}
	assert_rows(failures);
}

/* However small the buffer, it is told how large it should have been. */
static void test_plan__encode_cuts_like_snprintf(void **state)
{
	static const char whole[] = "tier-plan 1 weight=3:0 cpus=0-3 policy=weighted:0";
	struct tier_plan *plan;
	char buf[sizeof(whole) + 1];

	(void)state;
	assert_int_equal(tier_plan_decode(whole, &plan, NULL), 0);

	assert_int_equal(tier_plan_encode(plan, NULL, 0), sizeof(whole) - 1);
	for (size_t size = 1; size <= sizeof(whole); size++) {
		memset(buf, '#', sizeof(buf));
		assert_int_equal(tier_plan_encode(plan, buf, size), sizeof(whole) - 1);
		assert_memory_equal(buf, whole, size - 1);
		assert_int_equal(buf[size - 1], '\0');
		assert_int_equal(buf[size], '#');
	}
	tier_plan_free(plan);
}

static void test_plan__edges(void **state)
{
	struct tier_plan *plan;
	struct tier_step step = { .weight = 77 };

	(void)state;
	assert_int_equal(tier_plan_decode("tier-plan 1 cpus=2", &plan, NULL), 0);

	assert_int_equal(tier_plan_step(plan, 1, &step, sizeof(step)), -ENOENT);
	assert_int_equal(tier_plan_step(plan, UINT32_MAX, &step, sizeof(step)), -ENOENT);
	assert_int_equal(step.weight, 77);
	assert_int_equal(tier_plan_step(plan, 0, &step, sizeof(step)), 0);
	assert_string_equal(step.cpus, "2");
	assert_null(tier_plan_remark(plan, 0));
	tier_plan_free(plan);
	tier_plan_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan__there_and_back),
		cmocka_unit_test(test_plan__blanks),
		cmocka_unit_test(test_plan__many_steps),
		cmocka_unit_test(test_plan__bad_lines),
		cmocka_unit_test(test_plan__encode_cuts_like_snprintf),
		cmocka_unit_test(test_plan__edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
