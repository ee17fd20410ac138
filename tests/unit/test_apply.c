// SPDX-License-Identifier: GPL-2.0-or-later
// Carrying plans out on kernels of every age and mood.
#include "apply.h"
#include "fake_kernel.h"
#include "machine.h"
#include "mempolicy.h"
#include "unit.h"

#define WEIGHT(node, weight, problem)                                             \
	{                                                                         \
		"/sys/kernel/mm/mempolicy/weighted_interleave/node" node, weight, \
			problem                                                   \
	}

static const struct test_file no_weights[] = {
	{ .path = "/proc/cmdline", .content = "quiet\n" },
	{ 0 },
};

static int set(struct tier_nodeset *nodes, const char *list)
{
	return tier_nodeset_parse(list, nodes, NULL);
}

static int apply(const char *line, const struct test_file *files, uint64_t flags,
		 struct tier_report *report)
{
	struct root *root = patched_root(files_root(no_weights), files);
	struct tier_plan *plan;
	int ret;

	assert_int_equal(tier_plan_decode(line, &plan, NULL), 0);
	ret = plan_apply(root, &fake_sys, plan, flags, report);
	tier_plan_free(plan);
	root_close(root);
	return ret;
}

/* ---- what is done ------------------------------------------------------------------- */

static void test_apply__modes(void **state)
{
	static const struct {
		const char *line;
		int mode;
		const char *nodes;
		int cpus;
	} rows[] = {
		{ "tier-plan 1", -1, "", 0 },
		{ "tier-plan 1 policy=default", MEMPOLICY_DEFAULT, "", 0 },
		{ "tier-plan 1 policy=prefer:2", MEMPOLICY_PREFERRED, "2", 0 },
		{ "tier-plan 1 policy=prefer:0-1", MEMPOLICY_PREFERRED_MANY, "0-1", 0 },
		{ "tier-plan 1 policy=bind:0,3", MEMPOLICY_BIND, "0,3", 0 },
		{ "tier-plan 1 policy=interleave:0-3", MEMPOLICY_INTERLEAVE, "0-3", 0 },
		{ "tier-plan 1 policy=weighted:0-1", MEMPOLICY_WEIGHTED_INTERLEAVE, "0-1",
		  0 },
		{ "tier-plan 1 cpus=0-3,1024 policy=bind:1", MEMPOLICY_BIND, "1", 5 },
		{ "tier-plan 1 cpus=0", -1, "", 1 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool sets_policy = strstr(rows[i].line, "policy");
		struct tier_report report;
		uint32_t flags = 0;

		fake_kernel_reset();
		fake_kernel.mode = -1;
		if (sets_policy)
			flags |= TIER_REPORT_POLICY_SET;
		if (rows[i].cpus)
			flags |= TIER_REPORT_CPUS_SET;
		if (sets_policy && rows[i].mode != MEMPOLICY_DEFAULT)
			flags |= TIER_REPORT_KNOWS_NODES;
		if (apply(rows[i].line, no_weights, 0, &report))
			ROW_FAILS(failures, "%s: %s\n", rows[i].line, report.message);
		if (fake_kernel.mode != rows[i].mode ||
		    fake_kernel.cpus != rows[i].cpus ||
		    fake_kernel.cpu_calls != !!rows[i].cpus ||
		    strcmp(set_text(&fake_kernel.nodes), rows[i].nodes) ||
		    strcmp(set_text(&report.nodes), rows[i].nodes))
			ROW_FAILS(failures, "%s: mode %d, nodes %s, reported %s\n",
				  rows[i].line, fake_kernel.mode,
				  set_text(&fake_kernel.nodes), set_text(&report.nodes));
		if (report.flags != flags || report.problems || report.error ||
		    report.failed || *report.message ||
		    tier_nodeset_count(&report.dropped))
			ROW_FAILS(failures, "%s: flags %x, %u problems: %s\n",
				  rows[i].line, report.flags, report.problems,
				  report.message);
	}
	assert_rows(failures);
}

static void test_apply__dropped_nodes_are_told(void **state)
{
	struct tier_report report;

	(void)state;
	fake_kernel_reset();
	assert_int_equal(set(&fake_kernel.usable, "0,2"), 0);

	assert_int_equal(
		apply("tier-plan 1 policy=interleave:0-3", no_weights, 0, &report), 0);

	assert_string_equal(set_text(&report.nodes), "0,2");
	assert_string_equal(set_text(&report.dropped), "1,3");
	assert_int_equal(report.problems, 0);
}

/* Reading back may be blocked where setting is not. */
static void test_apply__without_reading_back(void **state)
{
	struct tier_report report;

	(void)state;
	fake_kernel_reset();
	fake_kernel.read_refusal = -EPERM;

	assert_int_equal(apply("tier-plan 1 policy=bind:0-1", no_weights, 0, &report), 0);

	assert_int_equal(report.flags, TIER_REPORT_POLICY_SET);
	assert_int_equal(report.problems, 0);
	assert_int_equal(tier_nodeset_count(&report.nodes), 0);
	assert_int_equal(tier_nodeset_count(&report.dropped), 0);
}

/* ---- what is refused -------------------------------------------------------------------- */

static void test_apply__refusals(void **state)
{
	static const struct {
		const char *line;
		int newest_mode;
		int refusal;
		const char *usable;
		int error;
		const char *says;
	} rows[] = {
		{ "tier-plan 1 policy=bind:0", 6, -EPERM, "0-3", -EPERM,
		  "blocked (EPERM): a seccomp filter forbids it" },
		{ "tier-plan 1 policy=default", 6, -EPERM, "0-3", -EPERM, "seccomp" },
		{ "tier-plan 1 policy=prefer:0-1", 6, -EPERM, "0-3", -EPERM, "seccomp" },
		{ "tier-plan 1 policy=prefer:0-1", 6, -ENOSYS, "0-3", -ENOSYS,
		  "missing (ENOSYS): a kernel without NUMA" },
		{ "tier-plan 1 policy=prefer:1", 6, -EPERM, "0-3", -EPERM, "seccomp" },
		{ "tier-plan 1 policy=prefer:1", 1, -ENOSYS, "0-3", -ENOSYS, "ENOSYS" },
		{ "tier-plan 1 policy=weighted:0", 5, 0, "0-3", -EINVAL,
		  "this kernel has no weighted interleave (Linux 6.9)" },
		{ "tier-plan 1 policy=weighted:0-1", 5, 0, "0-3", -EINVAL,
		  "this kernel has no weighted interleave (Linux 6.9)" },
		{ "tier-plan 1 policy=bind:1-2", 6, 0, "0,3", -EINVAL,
		  "none of node 1-2 can be used by this task now" },
		{ "tier-plan 1 policy=weighted:1-2", 6, 0, "0,3", -EINVAL,
		  "none of node 1-2 can be used" },
		{ "tier-plan 1 policy=prefer:1-2", 6, 0, "0,3", -EINVAL,
		  "none of node 1-2 can be used" },
		{ "tier-plan 1 policy=prefer:2", 6, 0, "0,3", -EINVAL,
		  "none of node 2 can be used" },
		/* On an old kernel too it is the node that is gone. */
		{ "tier-plan 1 policy=prefer:2", 1, 0, "0,3", -EINVAL,
		  "none of node 2 can be used" },
		{ "tier-plan 1 policy=prefer:1-2", 1, 0, "0,3", -EINVAL,
		  "none of node 1-2 can be used" },
		{ "tier-plan 1 policy=bind:1", 1, 0, "0,3", -EINVAL,
		  "none of node 1 can be used" },
		{ "tier-plan 1 policy=bind:0", 6, -ENOMEM, "0-3", -ENOMEM,
		  "set_mempolicy: Cannot allocate memory" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_report report;
		int ret;

		fake_kernel_reset();
		fake_kernel.newest_mode = rows[i].newest_mode;
		fake_kernel.refusal = rows[i].refusal;
		assert_int_equal(set(&fake_kernel.usable, rows[i].usable), 0);
		ret = apply(rows[i].line, no_weights, 0, &report);
		if (ret != rows[i].error || report.error != ret || report.problems != 1 ||
		    report.failed != TIER_STEP_MEMPOLICY || report.flags ||
		    !strstr(report.message, rows[i].says))
			ROW_FAILS(failures, "%s: %d, %u problems: %s\n", rows[i].line,
				  ret, report.problems, report.message);
		if (fake_kernel.set_calls)
			ROW_FAILS(failures, "%s: has changed something\n", rows[i].line);
		/* Best effort goes on, and tells the same. */
		if (apply(rows[i].line, no_weights, TIER_APPLY_BEST_EFFORT, &report) ||
		    report.error != rows[i].error ||
		    !strstr(report.message, rows[i].says))
			ROW_FAILS(failures, "%s: best effort: %s\n", rows[i].line,
				  report.message);
	}
	assert_rows(failures);
}

static void test_apply__refused_cpus(void **state)
{
	static const struct {
		int refusal;
		const char *says;
	} rows[] = {
		{ -EINVAL, "CPUs 0-3: this task may run on none of them (cpuset)" },
		{ -EPERM, "CPUs 0-3: Operation not permitted" },
	};
	struct tier_report report;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_kernel_reset();
		fake_kernel.cpu_refusal = rows[i].refusal;

		assert_int_equal(apply("tier-plan 1 cpus=0-3 policy=bind:0", no_weights,
				       0, &report),
				 rows[i].refusal);

		assert_says(report.message, rows[i].says);
		assert_int_equal(report.failed, TIER_STEP_CPUS);
		assert_int_equal(report.flags, 0);
		assert_int_equal(fake_kernel.set_calls, 0);
	}
}

/* The policy is what matters most: it is set although the CPUs were refused. The
 * message stays with the problem that came first. */
static void test_apply__best_effort_goes_on(void **state)
{
	struct tier_report report;

	(void)state;
	fake_kernel_reset();
	fake_kernel.cpu_refusal = -EINVAL;
	fake_kernel.newest_mode = 1;

	assert_int_equal(apply("tier-plan 1 cpus=0-3 policy=prefer:0-1", no_weights,
			       TIER_APPLY_BEST_EFFORT, &report),
			 0);

	assert_int_equal(report.problems, 1);
	assert_int_equal(report.error, -EINVAL);
	assert_int_equal(report.failed, TIER_STEP_CPUS);
	assert_says(report.message, "this task may run on none of them");
	assert_int_equal(report.flags, TIER_REPORT_POLICY_SET |
					       TIER_REPORT_ONE_NODE_ONLY |
					       TIER_REPORT_KNOWS_NODES);
}

static void test_apply__best_effort_counts_all(void **state)
{
	struct tier_report report;

	(void)state;
	fake_kernel_reset();
	fake_kernel.cpu_refusal = -EPERM;
	fake_kernel.refusal = -EPERM;

	assert_int_equal(apply("tier-plan 1 weight=1:0 cpus=0-3 policy=weighted:0",
			       no_weights, TIER_APPLY_BEST_EFFORT, &report),
			 0);

	assert_int_equal(report.problems, 3);
	assert_int_equal(report.failed, TIER_STEP_WEIGHT);
	assert_int_equal(report.flags, 0);
}

/* ---- before prefer-many (5.15) ------------------------------------------------------------ */

static void test_apply__prefers_one_node_where_it_must(void **state)
{
	static const struct {
		const char *line;
		unsigned int here;
		const char *usable;
		const char *chosen;
	} rows[] = {
		/* The one it runs on, if that is asked for. */
		{ "tier-plan 1 policy=prefer:0-2", 1, "0-3", "1" },
		{ "tier-plan 1 policy=prefer:0-2", 3, "0-3", "0" },
		{ "tier-plan 1 policy=prefer:0-2", TIER_MAX_NODES, "0-3", "0" },
		/* Else, or if that cannot be used, the first that can. */
		{ "tier-plan 1 policy=prefer:0-2", 1, "2-3", "2" },
		{ "tier-plan 1 policy=prefer:1-3", 0, "0,3", "3" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_report report;

		fake_kernel_reset();
		fake_kernel.newest_mode = 1;
		fake_kernel.here = rows[i].here;
		assert_int_equal(set(&fake_kernel.usable, rows[i].usable), 0);

		assert_int_equal(apply(rows[i].line, no_weights, 0, &report), 0);

		assert_int_equal(fake_kernel.mode, MEMPOLICY_PREFERRED);
		assert_string_equal(set_text(&fake_kernel.nodes), rows[i].chosen);
		assert_string_equal(set_text(&report.nodes), rows[i].chosen);
		assert_true(report.flags & TIER_REPORT_ONE_NODE_ONLY);
		assert_int_equal(report.problems, 0);
		/* It is said, and the others do not count as dropped. */
		assert_says(report.message, "no prefer-many (Linux 5.15): only node");
		assert_int_equal(tier_nodeset_count(&report.dropped), 0);
	}
}

/* ---- weights -------------------------------------------------------------------------------- */

static void test_apply__weights(void **state)
{
	static const struct {
		const char *line;
		struct test_file files[5];
		int error;
		const char *says;
	} rows[] = {
		{ "tier-plan 1 weight=3:0 weight=1:2 policy=weighted:0,2",
		  { WEIGHT("0", "3\n", 0), WEIGHT("2", "1\n", 0), { 0 } },
		  0,
		  "" },
		{ "tier-plan 1 weight=3:0 weight=1:2 policy=weighted:0,2",
		  { WEIGHT("0", "255\n", 0), WEIGHT("2", "85\n", 0), { 0 } },
		  0,
		  "" },
		/* Of one node there is no ratio. */
		{ "tier-plan 1 weight=3:0 policy=weighted:0",
		  { WEIGHT("0", "7\n", 0), { 0 } },
		  0,
		  "" },
		/* What the policy does not use does not matter. */
		{ "tier-plan 1 weight=3:0 weight=1:1-3 policy=weighted:0,2",
		  { WEIGHT("0", "3\n", 0),
		    WEIGHT("1", "9\n", 0),
		    WEIGHT("2", "1\n", 0),
		    WEIGHT("3", NULL, -ENOENT),
		    { 0 } },
		  0,
		  "" },
		/* The way out names the node that is not as asked, wherever it stands. */
		{ "tier-plan 1 weight=3:0 weight=1:2 policy=weighted:0,2",
		  { WEIGHT("0", "1\n", 0), WEIGHT("2", "1\n", 0), { 0 } },
		  -EAGAIN,
		  "node 0 has 1 where 3 is asked: as root, tierctl weights set "
		  "node:0=3,node:2=1" },
		{ "tier-plan 1 weight=3:0 weight=1:2 policy=weighted:0,2",
		  { WEIGHT("0", "3\n", 0), WEIGHT("2", "2\n", 0), { 0 } },
		  -EAGAIN,
		  "node 2 has 2 where 1 is asked: as root, tierctl weights set" },
		{ "tier-plan 1 weight=3:0-1 weight=2:2 policy=weighted:0-2",
		  { WEIGHT("0", "1\n", 0),
		    WEIGHT("1", "1\n", 0),
		    WEIGHT("2", "1\n", 0),
		    { 0 } },
		  -EAGAIN,
		  "tierctl weights set node:0-1=3,node:2=2" },
		{ "tier-plan 1 weight=3:0 policy=weighted:0",
		  { { 0 } },
		  -EINVAL,
		  "weighted interleave is missing here: it came with Linux 6.9" },
		{ "tier-plan 1 weight=3:0 policy=weighted:0",
		  { WEIGHT("0", NULL, -EACCES), { 0 } },
		  -EACCES,
		  "weighted_interleave/node0: Permission denied" },
		{ "tier-plan 1 weight=3:0 policy=weighted:0",
		  { WEIGHT("0", "banana\n", 0), { 0 } },
		  -EIO,
		  "node0: Input/output" },
		{ "tier-plan 1 weight=3:0 policy=weighted:0",
		  { WEIGHT("0", "0\n", 0), { 0 } },
		  -EIO,
		  "node0: Input/output error" },
		{ "tier-plan 1 weight=3:0 policy=weighted:0",
		  { WEIGHT("0", "256\n", 0), { 0 } },
		  -EIO,
		  "node0: Input/output" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_report report;
		int ret;

		fake_kernel_reset();
		ret = apply(rows[i].line, rows[i].files, 0, &report);
		if (ret != rows[i].error || report.error != ret ||
		    !strstr(report.message, rows[i].says) ||
		    fake_kernel.set_calls != !ret)
			ROW_FAILS(failures, "row %zu, %s: %d: %s\n", i, rows[i].line, ret,
				  report.message);
	}
	assert_rows(failures);
}

/* Weights are only compared: when they are not right, nothing was changed yet. */
static void test_apply__compares_before_it_changes(void **state)
{
	struct tier_report report;

	(void)state;
	fake_kernel_reset();

	assert_int_equal(apply("tier-plan 1 weight=3:0 cpus=0-3 policy=weighted:0",
			       no_weights, 0, &report),
			 -EINVAL);

	assert_int_equal(fake_kernel.cpu_calls, 0);
	assert_int_equal(fake_kernel.set_calls, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apply__modes),
		cmocka_unit_test(test_apply__dropped_nodes_are_told),
		cmocka_unit_test(test_apply__without_reading_back),
		cmocka_unit_test(test_apply__refusals),
		cmocka_unit_test(test_apply__refused_cpus),
		cmocka_unit_test(test_apply__best_effort_goes_on),
		cmocka_unit_test(test_apply__best_effort_counts_all),
		cmocka_unit_test(test_apply__prefers_one_node_where_it_must),
		cmocka_unit_test(test_apply__weights),
		cmocka_unit_test(test_apply__compares_before_it_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
