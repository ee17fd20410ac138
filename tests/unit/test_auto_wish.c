// SPDX-License-Identifier: GPL-2.0-or-later
// Which kdamonds a machine gets, and what they are told.
#include "auto_wish.h"

#include "auto_steps.h"
#include "fake_damon.h"
#include "fault.h"
#include "machine.h"
#include "nodeset.h"
#include "unit.h"

/* A machine with DAMON whose node N has one MiB from N MiB on. */
struct asked {
	struct machine machine;
	struct damon_node nodes[16];
	struct damon_span spans[16];
	struct damon damon;
	struct switches switches;
	struct tier_auto_wish wish;
	struct tier_plan *plan;
	struct tier_diag diag;
};

static void look(struct asked *asked, struct machine machine)
{
	struct tier_nodeset all;
	struct root *root = fake_damon_new(true, true);

	*asked = (struct asked){ .machine = machine };
	asked->damon.nodes = asked->nodes;
	tier_topology_nodes(machine.t, &all);
	for_each_node(id, &all) {
		const size_t i = asked->damon.n_nodes++;

		assert_true(i < ARRAY_SIZE(asked->nodes));
		asked->spans[i] = (struct damon_span){ (uint64_t)id << 20,
						       (uint64_t)(id + 1) << 20 };
		asked->nodes[i] =
			(struct damon_node){ (unsigned int)id, &asked->spans[i], 1 };
	}
	assert_int_equal(switches_read(root, &all, &asked->switches), 0);
	asked->wish = (struct tier_auto_wish){ .size = sizeof(asked->wish),
					       .action = TIER_AUTO_START };
}

static int resolve(struct asked *asked)
{
	const struct auto_machine machine = { asked->machine.t, &asked->switches,
					      &asked->damon };

	tier_plan_free(asked->plan);
	asked->plan = NULL;
	return auto_resolve_start(&machine, &asked->wish, &asked->plan, &asked->diag);
}

static void end(struct asked *asked)
{
	tier_plan_free(asked->plan);
	switches_free(&asked->switches);
	machine_close(&asked->machine);
}

/* "0:cold>2 1:cold>3 2:hot>0 3:hot>1": from each node by the plan's order. */
static const char *moves(const struct asked *asked)
{
	static char text[512];
	size_t len = 0;
	const struct tier_step *steps = asked->plan->steps;

	*text = '\0';
	for (size_t i = 0; i + 1 < asked->plan->n_steps; i++)
		if (strstr(steps[i].file, "/action"))
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%s%d:%s>%s", len ? " " : "",
						tier_nodeset_next(&steps[i].nodes, -1),
						steps[i].wants + strlen("migrate_"),
						steps[i + 1].wants);
	return text;
}

static const struct tier_step *find(const struct asked *asked, const char *file)
{
	for (size_t i = 0; i < asked->plan->n_steps; i++)
		if (strstr(asked->plan->steps[i].file, file))
			return &asked->plan->steps[i];
	fail_msg("no step for %s", file);
	return NULL;
}

static void test_auto_wish__moves(void **state)
{
	static const struct {
		const char *machine, *fast, *slow, *moves;
	} rows[] = {
		{ "2s-pmem", NULL, NULL, "0:cold>2 1:cold>3 2:hot>0 3:hot>1" },
		{ "2s-pmem", "node:0", "pmem", "0:cold>2 2:hot>0 3:hot>0" },
		/* What is faster than the CPUs' own is left alone, but for a person */
		{ "hbm-and-cxl", NULL, NULL, "0:cold>2 2:hot>0" },
		{ "hbm-and-cxl", "hbm", "dram", "1:cold>0 0:hot>1" },
		{ "snc-pairing", NULL, NULL,
		  "0:cold>4 1:cold>6 2:cold>5 3:cold>7 4:hot>0 5:hot>2 6:hot>1 7:hot>3" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct asked asked;
		int ret;

		look(&asked, machine_fixture(rows[i].machine));
		asked.wish.fast = rows[i].fast;
		asked.wish.slow = rows[i].slow;
		ret = resolve(&asked);
		if (ret || strcmp(moves(&asked), rows[i].moves) != 0)
			ROW_FAILS(failures, "%s: %d %s\n", rows[i].machine, ret,
				  ret ? asked.diag.message : moves(&asked));
		end(&asked);
	}
	assert_rows(failures);
}

static void test_auto_wish__refusals(void **state)
{
	static const struct {
		const char *machine, *says;
		struct tier_auto_wish wish;
		int error;
	} rows[] = {
		{ "2s", "one tier", { 0 }, -ENXIO },
		{ "2s-pmem", "unknown means", { .means = 4 }, -EINVAL },
		{ "2s-pmem", "go together", { .fast = "dram" }, -EINVAL },
		{ "2s-pmem",
		  "DAMON's",
		  { .means = TIER_AUTO_KERNEL, .fast = "dram", .slow = "pmem" },
		  -EINVAL },
		{ "2s-pmem",
		  "on the fast and on the slow side",
		  { .fast = "all", .slow = "pmem" },
		  -EINVAL },
		{ "2s-pmem", "hbm", { .fast = "hbm", .slow = "pmem" }, -ENXIO },
		{ "2s-pmem", "20 to 60000 ms", { .interval_ms = 19 }, -EINVAL },
		{ "2s-pmem", "20 to 60000 ms", { .interval_ms = 60001 }, -EINVAL },
		{ "2s-pmem", "at most 86400 s", { .cold_s = 86401 }, -EINVAL },
		{ "2s-pmem",
		  "at least one interval",
		  { .cold_s = 1, .interval_ms = 1001 },
		  -EINVAL },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct asked asked;
		int ret;

		look(&asked, machine_fixture(rows[i].machine));
		asked.wish = rows[i].wish;
		ret = resolve(&asked);
		if (ret != rows[i].error || !strstr(asked.diag.message, rows[i].says))
			ROW_FAILS(failures, "row %zu: %d '%s'\n", i, ret,
				  asked.diag.message);
		end(&asked);
	}
	assert_rows(failures);
}

/* Of DAMON as it was found. */
static void test_auto_wish__needs_damon(void **state)
{
	struct asked asked;

	(void)state;
	look(&asked, machine_fixture("2s-pmem"));

	asked.damon.error = -ENOENT;
	assert_int_equal(resolve(&asked), -EOPNOTSUPP);
	assert_says(asked.diag.message, "--by kernel");
	asked.wish.means = TIER_AUTO_KERNEL;
	assert_int_equal(resolve(&asked), 0);
	asked.wish.means = 0;
	asked.damon.error = -EACCES;
	assert_int_equal(resolve(&asked), -EACCES);
	asked.damon.error = 0;
	asked.damon.who = "somebody has them";
	assert_int_equal(resolve(&asked), -EEXIST);
	assert_string_equal(asked.diag.message, "somebody has them");
	asked.damon.who = NULL;
	asked.spans[2] = (struct damon_span){ 0 };
	asked.nodes[2].n_spans = 0;
	assert_int_equal(resolve(&asked), -ENODATA);
	assert_says(asked.diag.message, "node 2");
	/* Only of a capture that is no matter */
	asked.damon.may_lack_nodes = true;
	assert_int_equal(resolve(&asked), 0);
	end(&asked);
}

static void test_auto_wish__figures(void **state)
{
	struct asked asked;

	(void)state;
	look(&asked, machine_fixture("2s-pmem"));
	asked.wish.cold_s = 12;
	asked.wish.interval_ms = 400;
	asked.wish.rate_bytes_per_sec = 7 << 20;

	assert_int_equal(resolve(&asked), 0);

	assert_string_equal(find(&asked, "2/contexts/0/targets/0/regions/0/start")->wants,
			    "2097152");
	assert_string_equal(find(&asked, "2/contexts/0/targets/0/regions/0/end")->wants,
			    "3145728");
	assert_string_equal(find(&asked, "intervals/sample_us")->wants, "20000");
	assert_string_equal(find(&asked, "intervals/aggr_us")->wants, "400000");
	assert_string_equal(find(&asked, "0/schemes/0/access_pattern/age/min")->wants,
			    "30");
	assert_string_equal(find(&asked, "quotas/bytes")->wants, "7340032");
	end(&asked);
}

/* Goals are about the faster node, whichever way pages go. */
static void test_auto_wish__goals(void **state)
{
	struct asked asked;

	(void)state;
	look(&asked, machine_fixture("2s-pmem"));

	assert_int_equal(resolve(&asked), 0);

	assert_string_equal(
		find(&asked, "1/contexts/0/schemes/0/quotas/goals/0/nid")->wants, "1");
	assert_string_equal(
		find(&asked, "1/contexts/0/schemes/0/quotas/goals/0/target_metric")->wants,
		"node_mem_free_bp");
	assert_string_equal(
		find(&asked, "3/contexts/0/schemes/0/quotas/goals/0/nid")->wants, "1");
	assert_string_equal(
		find(&asked, "3/contexts/0/schemes/0/quotas/goals/0/target_metric")->wants,
		"node_mem_used_bp");
	assert_int_equal(find(&asked, "goals/nr_goals")->kind, TIER_STEP_DAMON_GOAL);
	end(&asked);
}

/* Groups that may not use the target are taken out of a scheme, and only of that. */
static void test_auto_wish__groups(void **state)
{
	struct damon_group groups[] = { { .path = "/on-0-2", .is_counted = true },
					{ .path = "/uncounted" } };
	struct asked asked;
	const char *remark;
	bool said = false;

	(void)state;
	assert_int_equal(tier_nodeset_parse("0,2", &groups[0].mems, NULL), 0);
	look(&asked, machine_fixture("2s-pmem"));
	asked.damon.groups = groups;
	asked.damon.n_groups = 2;

	assert_int_equal(resolve(&asked), 0);

	assert_string_equal(
		find(&asked, "2/contexts/0/schemes/0/filters/nr_filters")->wants, "1");
	assert_string_equal(
		find(&asked, "3/contexts/0/schemes/0/filters/nr_filters")->wants, "2");
	assert_string_equal(find(&asked, "3/contexts/0/schemes/0/filters/1/type")->wants,
			    "memcg");
	assert_string_equal(
		find(&asked, "3/contexts/0/schemes/0/filters/1/memcg_path")->wants,
		"/on-0-2");
	assert_string_equal(
		find(&asked, "3/contexts/0/schemes/0/filters/1/matching")->wants, "Y");
	for (unsigned int i = 0; (remark = tier_plan_remark(asked.plan, i)); i++)
		said = said || strstr(remark, "/uncounted");
	assert_true(said);
	end(&asked);
}

/* Each is what the room was counted for. */
static void test_auto_wish__room(void **state)
{
	struct damon_group groups[3] = { 0 };
	struct asked asked;

	(void)state;
	look(&asked, machine_fixture("2s-pmem"));
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		groups[i] = (struct damon_group){ .path = "/g", .is_counted = true };
	asked.damon.groups = groups;
	asked.damon.n_groups = ARRAY_SIZE(groups);

	assert_int_equal(resolve(&asked), 0);

	assert_true(asked.plan->n_steps <= auto_most_steps(&asked.damon, 4) + 4);
	end(&asked);
}

static int scenario(void *arg)
{
	struct asked *asked = arg;
	int ret = resolve(asked);

	tier_plan_free(asked->plan);
	asked->plan = NULL;
	return ret;
}

static void test_auto_wish__survives_faults(void **state)
{
	struct asked asked;

	(void)state;
	look(&asked, machine_fixture("2s-pmem"));
	fault_each(scenario, &asked);
	end(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_auto_wish__moves),
		cmocka_unit_test(test_auto_wish__refusals),
		cmocka_unit_test(test_auto_wish__needs_damon),
		cmocka_unit_test(test_auto_wish__figures),
		cmocka_unit_test(test_auto_wish__goals),
		cmocka_unit_test(test_auto_wish__groups),
		cmocka_unit_test(test_auto_wish__room),
		cmocka_unit_test(test_auto_wish__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
