// SPDX-License-Identifier: GPL-2.0-or-later
// Policy and machine to plan: the line, the remarks, and what is refused.
#include "machine.h"
#include "unit.h"

#define DEMOTION "/sys/kernel/mm/numa/demotion_enabled"

/* Load a machine, parse and resolve; the caller frees what came. */
static int resolve(const struct machine *machine, const char *text, const char *cpus,
		   struct tier_plan **plan, struct tier_diag *diag)
{
	struct tier_policy *policy;
	int ret = tier_policy_parse(text, &policy, diag);

	if (ret)
		return ret;
	ret = tier_policy_resolve(policy, machine->t, cpus, plan, diag);
	tier_policy_free(policy);
	return ret;
}

static void test_resolve__plans(void **state)
{
	static const struct {
		const char *machine;
		const char *policy;
		const char *cpus;
		const char *line; /* behind "tier-plan 1 " */
	} rows[] = {
		{ "2s-pmem", "default", NULL, "policy=default" },
		{ "2s-pmem", "prefer:dram", NULL, "policy=prefer:0-1" },
		{ "2s-pmem", "bind:pmem", NULL, "policy=bind:2-3" },
		{ "2s-pmem", "interleave:all", NULL, "policy=interleave:0-3" },
		{ "2s-pmem", "weighted:dram=3,pmem=1", NULL,
		  "weight=3:0-1 weight=1:2-3 policy=weighted:0-3" },
		{ "gpu-power9", "bind:gpu", NULL, "policy=bind:250-255" },
		/* CPUs: near the memory, or those of nodes. */
		{ "2s-pmem", "prefer:dram", "near", "cpus=0-3 policy=prefer:0-1" },
		{ "2s-pmem", "prefer:node:3", "near", "cpus=2-3 policy=prefer:3" },
		{ "2s-pmem", "default", "node:1", "cpus=2-3 policy=default" },
		{ "2s-pmem", "prefer:pmem", "dram", "cpus=0-3 policy=prefer:2-3" },
		{ "2s-pmem", "weighted:node:0=2,node:3=1", "near",
		  "weight=2:0 weight=1:3 cpus=0-3 policy=weighted:0,3" },
		{ "snc-pairing", "bind:node:5", "near", "cpus=4-5 policy=bind:5" },
		{ "slit-all-20", "bind:node:2", "near", "cpus=0-3 policy=bind:2" },
		{ "memoryless-cpu", "default", "node:1", "cpus=2-3 policy=default" },
		{ "overlapping-cpus", "default", "node:0-1", "cpus=0-7 policy=default" },
		/* Nodes that cannot be used are left out, and their CPUs with them. */
		{ "cpuset-restricted", "bind:node:0-1", NULL, "policy=bind:0" },
		{ "cpuset-restricted", "bind:node:0-1", "near",
		  "cpus=0-1 policy=bind:0" },
		{ "dax-devdax", "prefer:node:0-2", NULL, "policy=prefer:0-1" },
		/* But a node may wait for its memory. */
		{ "empty-node", "prefer:node:0-1", NULL, "policy=prefer:0-1" },
		{ "empty-node", "prefer:all,cxl", NULL, "policy=prefer:0-1" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_fixture(rows[i].machine);
		struct tier_diag diag = { 0 };
		struct tier_plan *plan;
		char line[256];

		if (resolve(&machine, rows[i].policy, rows[i].cpus, &plan, &diag)) {
			ROW_FAILS(failures, "%s: %s: %s\n", rows[i].machine,
				  rows[i].policy, diag.message);
		} else {
			tier_plan_encode(plan, line, sizeof(line));
			if (strcmp(line + strlen("tier-plan 1 "), rows[i].line))
				ROW_FAILS(failures, "%s: %s: got '%s'\n", rows[i].machine,
					  rows[i].policy, line);
			tier_plan_free(plan);
		}
		machine_close(&machine);
	}
	assert_rows(failures);
}

static void test_resolve__remarks(void **state)
{
	static const struct {
		const char *machine;
		const char *policy;
		const char *remarks; /* how each begins; '|' between */
	} rows[] = {
		{ "2s-pmem", "prefer:pmem", "" },
		{ "2s-pmem", "bind:dram", "" },
		{ "2s-pmem", "bind:all", "" },
		{ "2s-pmem", "bind:pmem", "node 2-3: holds movable memory only" },
		{ "movable-mixed", "bind:node:2", "node 2: holds movable memory only" },
		{ "movable-mixed", "bind:node:2-3", "" },
		{ "gpu-grace", "bind:gpu", "node 1: holds movable memory only" },
		/* A node without memory makes the others no less movable. */
		{ "gpu-grace", "bind:node:1-2",
		  "node 2: has no memory now|node 1: holds movable memory only" },
		{ "cpuset-restricted", "bind:node:0-1",
		  "node 1: this task may not use it, so it is left out" },
		{ "dax-devdax", "prefer:node:0,2",
		  "node 2: it is not online, so it is left out" },
		{ "empty-node", "prefer:node:0-1", "node 1: has no memory now" },
		{ "hbm-only-told", "prefer:dram", "no node is known to be DRAM" },
		{ "hbm-only-told", "prefer:fast", "no node is known to be DRAM" },
		{ "hbm-only-told", "prefer:hbm", "" },
		{ "hbm-only-told", "weighted:dram,!node:1=2,node:1=1",
		  "no node is known to be DRAM|node 0-3: no weight in the kernel" },
		{ "weights-auto", "weighted:dram=4,cxl=1", "" },
		{ "weights-auto", "weighted:dram=8,cxl=2", "" },
		{ "weights-auto", "weighted:dram=3,cxl=1",
		  "node 0: the kernel's own weight differs" },
		{ "weights-auto", "weighted:dram=3", "" },
		{ "2s", "weighted:node:0=1,node:1=1",
		  "node 0-1: no weight in the kernel" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_fixture(rows[i].machine);
		const char *expected = rows[i].remarks;
		struct tier_plan *plan;
		const char *remark;
		unsigned int k = 0;

		assert_int_equal(resolve(&machine, rows[i].policy, NULL, &plan, NULL), 0);
		for (; (remark = tier_plan_remark(plan, k)); k++) {
			size_t len = strcspn(expected, "|");

			if (!len || strncmp(remark, expected, len) != 0)
				ROW_FAILS(failures, "%s: %s: says '%s'\n",
					  rows[i].machine, rows[i].policy, remark);
			expected += len + (expected[len] == '|');
		}
		if (*expected)
			ROW_FAILS(failures, "%s: %s: does not say '%s'\n",
				  rows[i].machine, rows[i].policy, expected);
		assert_null(tier_plan_remark(plan, k + 1));
		tier_plan_free(plan);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* Seen on 6.1 and 6.12: a program that prefers DRAM is killed when all that is left is
 * movable and nothing is demoted. */
static void test_resolve__spilling_to_movable(void **state)
{
	static const struct {
		const char *machine;
		struct test_file demotion;
		const char *policy;
		const char *says; /* NULL: there is no remark */
	} rows[] = {
		{ "2s-pmem",
		  { DEMOTION, "false\n", 0 },
		  "prefer:dram",
		  "what does not fit goes to node 2-3, which holds movable memory only" },
		{ "2s-pmem",
		  { DEMOTION, "false\n", 0 },
		  "prefer:dram,node:2",
		  "what does not fit goes to node 3" },
		{ "2s-pmem", { DEMOTION, "true\n", 0 }, "prefer:dram", NULL },
		{ "2s-pmem", { DEMOTION, NULL, -ENOENT }, "prefer:dram", NULL },
		/* What spills into DRAM, or nowhere, finds room or would not anyway. */
		{ "2s-pmem", { DEMOTION, "false\n", 0 }, "prefer:pmem", NULL },
		{ "2s-pmem", { DEMOTION, "false\n", 0 }, "prefer:node:0", NULL },
		{ "2s-pmem", { DEMOTION, "false\n", 0 }, "prefer:all", NULL },
		{ "2s-pmem", { DEMOTION, "false\n", 0 }, "bind:dram", NULL },
		{ "movable-mixed", { DEMOTION, "false\n", 0 }, "prefer:dram", NULL },
		/* Nor does anything spill where this task may not go. */
		{ "cpuset-restricted",
		  { DEMOTION, "false\n", 0 },
		  "prefer:dram",
		  "what does not fit goes to node 2," },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct test_file files[] = { rows[i].demotion, { 0 } };
		struct machine machine = machine_patched(rows[i].machine, files);
		struct tier_plan *plan;
		const char *remark;

		assert_int_equal(resolve(&machine, rows[i].policy, NULL, &plan, NULL), 0);
		remark = tier_plan_remark(plan, 0);
		if (!rows[i].says != !remark || (remark && !strstr(remark, rows[i].says)))
			ROW_FAILS(failures, "%s: %s: %s\n", rows[i].machine,
				  rows[i].policy, remark ? remark : "no remark");
		tier_plan_free(plan);
		machine_close(&machine);
	}
	assert_rows(failures);
}

static void test_resolve__refused(void **state)
{
	static const struct {
		const char *machine;
		const char *policy;
		const char *cpus;
		int error;
		const char *says;
	} rows[] = {
		{ "2s-pmem", "bind:cxl", NULL, -ENXIO, "'cxl' selects no usable memory" },
		{ "2s-pmem", "weighted:dram=3,cxl=1", NULL, -ENXIO, "'cxl' selects" },
		{ "2s-pmem", "weighted:dram=3,all=1", NULL, -EINVAL,
		  "'all': node 0 has a weight already" },
		{ "2s-pmem", "weighted:node:2=3,pmem=3", NULL, -EINVAL,
		  "'pmem': node 2 has a weight already" },
		{ "cpuless-firmware", "prefer:fastest", NULL, -ENODATA, "has no rank" },
		{ "cpuset-restricted", "bind:node:1", NULL, -ENXIO,
		  "nothing can be used: node 1: this task may not use it" },
		{ "cpuset-restricted", "bind:node:1,3", NULL, -ENXIO,
		  "nothing can be used: node 1,3: this task may not use it" },
		{ "dax-devdax", "bind:node:2", NULL, -ENXIO,
		  "nothing can be used: node 2: it is not online" },
		{ "empty-node", "bind:node:1", NULL, -ENXIO,
		  "nothing can be used: node 1: has no memory now" },
		{ "empty-node", "bind:cxl", NULL, -ENXIO, "has no memory now" },
		/* CPUs. */
		{ "2s-pmem", "default", "near", -EINVAL, "near what?" },
		{ "2s-pmem", "default", "banana", -EINVAL, "'banana' selects nothing" },
		{ "2s-pmem", "default", "", -EINVAL, "expected a selector" },
		{ "2s-pmem", "default", "cxl", -ENXIO, "'cxl' selects no usable" },
		{ "2s-pmem", "default", "pmem", -ENXIO, "no CPUs to run on" },
		{ "broken-distance", "bind:node:2", "near", -ENXIO, "no CPUs to run on" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_fixture(rows[i].machine);
		struct tier_diag diag = { 0 };
		struct tier_plan *plan = NULL;
		int ret = resolve(&machine, rows[i].policy, rows[i].cpus, &plan, &diag);

		if (ret != rows[i].error || !strstr(diag.message, rows[i].says) || plan)
			ROW_FAILS(failures, "%s: %s: %d: %s\n", rows[i].machine,
				  rows[i].policy, ret, diag.message);
		if (resolve(&machine, rows[i].policy, rows[i].cpus, &plan, NULL) != ret)
			ROW_FAILS(failures, "%s: other without diag\n", rows[i].policy);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* The same input gives the same plan, and a plan outlives what it was made of. */
static void test_resolve__pure(void **state)
{
	struct machine machine = machine_fixture("2s-pmem");
	struct tier_plan *first, *second;
	char a[128], b[128];

	(void)state;
	assert_int_equal(resolve(&machine, "prefer:fast", "near", &first, NULL), 0);
	assert_int_equal(resolve(&machine, "prefer:fast", "near", &second, NULL), 0);
	machine_close(&machine);

	tier_plan_encode(first, a, sizeof(a));
	tier_plan_encode(second, b, sizeof(b));
	assert_string_equal(a, b);
	assert_string_equal(a, "tier-plan 1 cpus=0-3 policy=prefer:0-1");
	tier_plan_free(first);
	tier_plan_free(second);
}

/* Whatever a policy comes to can be read back. */
static void test_resolve__lines_decode(void **state)
{
	static const char *const machines[] = { "2s-pmem", "sparse-ids", "snc-pairing",
						"gpu-power9", "broken-huge" };
	static const char *const policies[] = { "prefer:all", "bind:fastest",
						"interleave:tier:0", "weighted:all=7",
						"default" };
	static char line[65536], again[65536];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines) * ARRAY_SIZE(policies); i++) {
		struct machine machine =
			machine_fixture(machines[i / ARRAY_SIZE(policies)]);
		struct tier_plan *plan, *decoded;

		assert_int_equal(resolve(&machine, policies[i % ARRAY_SIZE(policies)],
					 "dram", &plan, NULL),
				 0);
		assert_true(tier_plan_encode(plan, line, sizeof(line)) <
			    (int)sizeof(line));
		assert_int_equal(tier_plan_decode(line, &decoded, NULL), 0);
		tier_plan_encode(decoded, again, sizeof(again));
		assert_string_equal(line, again);
		tier_plan_free(plan);
		tier_plan_free(decoded);
		machine_close(&machine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve__plans),
		cmocka_unit_test(test_resolve__remarks),
		cmocka_unit_test(test_resolve__spilling_to_movable),
		cmocka_unit_test(test_resolve__refused),
		cmocka_unit_test(test_resolve__pure),
		cmocka_unit_test(test_resolve__lines_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
