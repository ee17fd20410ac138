// SPDX-License-Identifier: GPL-2.0-or-later
// One start and stop of automatic placement on a fake machine, for the tests of both.
#include "auto_case.h"

#include <sys/wait.h>

#include "auto_wish.h"
#include "damon.h"
#include "fake_kernel.h"
#include "machine.h"
#include "plan.h"
#include "unit.h"

struct auto_case auto_case;

static struct machine machine;

struct tier_plan *auto_case_plan(uint32_t means)
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
	assert_int_equal(switches_read(auto_case.root, &all, &switches), 0);
	assert_int_equal(
		auto_resolve_start(&(struct auto_machine){ machine.t, &switches, &damon },
				   &wish, &made, NULL),
		0);
	switches_free(&switches);
	return made;
}

void auto_case_begin(bool has_migrate, bool has_goals)
{
	tier_plan_free(auto_case.plan);
	free(auto_case.before);
	auto_case.root = fake_damon_new(has_migrate, has_goals);
	auto_case.before = fake_damon_all();
	auto_case.plan = auto_case_plan(0);
}

int auto_case_reset(void **state)
{
	(void)state;
	fake_kernel_reset();
	auto_case_begin(true, true);
	return 0;
}

int auto_case_start(struct tier_report *report)
{
	*report = (struct tier_report){ 0 };
	return auto_apply(auto_case.root, &fake_sys, auto_case.plan, report);
}

int auto_case_stop(struct tier_report *report)
{
	struct tier_plan *stops = NULL;
	struct tier_diag diag = { 0 };
	int ret = auto_resolve_stop(auto_case.root, &stops, &diag);

	*report = (struct tier_report){ 0 };
	if (ret) {
		snprintf(report->message, sizeof(report->message), "%s", diag.message);
		return ret;
	}
	ret = auto_apply(auto_case.root, &fake_sys, stops, report);
	tier_plan_free(stops);
	return ret;
}

void assert_damon(const char *wanted)
{
	char *now = fake_damon_all();

	if (strcmp(now, wanted) != 0)
		fail_msg("not as before:\n%s", now);
	free(now);
}

void run_and_die(int (*work)(struct tier_report *report))
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

int count_writes(int (*work)(struct tier_report *report))
{
	struct tier_report report;
	int first = fake_damon->writes;

	assert_int_equal(work(&report), 0);
	return fake_damon->writes - first;
}

int auto_case_open(void **state)
{
	(void)state;
	machine = machine_fixture("2s-pmem");
	return 0;
}

int auto_case_close(void **state)
{
	(void)state;
	tier_plan_free(auto_case.plan);
	free(auto_case.before);
	machine_close(&machine);
	return 0;
}
