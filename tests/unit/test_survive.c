// SPDX-License-Identifier: GPL-2.0-or-later
// What people do with the library, with everything that can fail failing in turn: no
// crash, no leak, and an error or a clean result.
#include "apply.h"
#include "ctx.h"
#include "fake_kernel.h"
#include "fault.h"
#include "machine.h"
#include "unit.h"
#include "words.h"

/* ---- a root that closing leaves open ------------------------------------------------- */

/* A scenario opens what it is given anew each time; parsing a capture each time would
 * only repeat what its own tests do. */
static struct root *kept;

static struct root *open_kept(void)
{
	return fault_lent_root(kept);
}

/* ---- loading --------------------------------------------------------------------------- */

struct load {
	const struct witness_ops *hwloc;
	const char *node_words;
};

/* An error that a failing file may cause, or a positive number, which fails the test. */
static int load_result(int ret)
{
	return ret == 0 || ret == -ENOMEM || ret == -ENODATA ? ret : 1;
}

static int load(void *arg)
{
	const struct load *load = arg;
	struct topology_source source = { .root = open_kept(),
					  .hwloc = load->hwloc,
					  .node_words = load->node_words };
	struct tier_topology *t = NULL;
	struct tier_diag diag = { 0 };
	int ret = -ENOMEM;

	if (source.root)
		ret = topology_read(&source, &t, &diag);
	/* Whatever is missing, what is left must hold together, */
	if (!ret && tier_topology_check(t, &diag)) {
		print_error("%s\n", diag.message);
		ret = 2;
	}
	/* and an error must have words. */
	if (source.root && ret < 0 && !*diag.message)
		ret = 3;
	tier_topology_unref(t);
	root_close(source.root);
	return load_result(ret);
}

static void load_fixtures(const char *const *names, struct load *arg)
{
	for (; *names; names++) {
		kept = fixture_root(*names);
		assert_true(fault_each(load, arg) > 20);
		root_close(kept);
	}
}

/* A root operation that fails never ends a load but for the folder of all nodes. */
static void test_survive__loading(void **state)
{
	static const char *const names[] = { "laptop",	    "2s-pmem",	   "hbm-and-cxl",
					     "gpu-grace",   "2lm-cache",   "broken-links",
					     "dax-several", "broken-list", "dax-errors",
					     NULL };
	struct load arg = { .node_words = "node:0 kind=dram read_latency=80ns;"
					  "node:1 kind=hbm" };

	(void)state;
	load_fixtures(names, &arg);
}

/* What the module frees of ours is not seen here, so leaks are the sanitizers' to find. */
static void test_survive__loading_with_hwloc(void **state)
{
	struct load arg = {
		.hwloc = witness_open(TEST_BUILD "/lib/" WITNESS_HWLOC_MODULE),
	};
	unsigned int point = 0;
	struct fault_run run;

	(void)state;
	if (!arg.hwloc) {
		print_message("skip: built without the hwloc module\n");
		skip();
	}
	kept = fixture_root("cpuless-hbm");
	do {
		run = fault_run(load, &arg, point++, FAULT_ONE);
		assert_true(run.result <= 0);
	} while (run.fired);
	root_close(kept);

	assert_int_equal(run.result, 0);
	assert_true(point > 20);
}

static int open_context(void *arg)
{
	struct tier_ctx_config config = { .root = arg, .node_words = "node:0 kind=dram" };
	struct tier_topology *t = NULL;
	struct tier_ctx *ctx = NULL;
	int ret = tier_ctx_new(&ctx, &config, sizeof(config), NULL);

	if (!ret)
		ret = tier_topology_load(ctx, TIER_LOAD_CHEAP, &t, NULL);
	tier_topology_unref(t);
	tier_ctx_unref(ctx);
	return load_result(ret);
}

static void test_survive__context(void **state)
{
	char path[] = TEST_FIXTURES "/laptop/capture";

	(void)state;
	assert_true(fault_each(open_context, path) > 10);
}

/* ---- policies and plans ------------------------------------------------------------------ */

struct wish {
	const struct tier_topology *t;
	const char *policy;
	const char *cpus;
};

/* The policy, the plan, its line, and the plan again. */
static int resolve(void *arg)
{
	const struct wish *wish = arg;
	struct tier_policy *policy = NULL;
	struct tier_plan *plan = NULL, *again = NULL;
	struct tier_nodeset set;
	char line[512];
	int ret = tier_policy_parse(wish->policy, &policy, NULL);

	if (!ret)
		ret = tier_policy_resolve(policy, wish->t, wish->cpus, &plan, NULL);
	if (!ret)
		ret = tier_select(wish->t, "fast,node:0-1", &set, NULL);
	if (!ret) {
		tier_plan_encode(plan, line, sizeof(line));
		ret = tier_plan_decode(line, &again, NULL);
	}
	tier_plan_free(again);
	tier_plan_free(plan);
	tier_policy_free(policy);
	return ret == 0 || ret == -ENOMEM ? ret : 1;
}

static void test_survive__resolving(void **state)
{
	static const struct {
		const char *machine, *policy, *cpus;
	} rows[] = {
		{ "2s-pmem", "prefer:dram", "near" },
		{ "2s-pmem", "weighted:dram=3,pmem=1", "node:0-1" },
		{ "2s-pmem", "bind:pmem", NULL },
		{ "cpuset-restricted", "interleave:node:0-2", "near" },
		{ "hbm-only-told", "prefer:dram", "dram" },
		{ "weights-auto", "weighted:dram=3,cxl=1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_fixture(rows[i].machine);
		struct wish wish = { machine.t, rows[i].policy, rows[i].cpus };

		assert_true(fault_each(resolve, &wish) > 5);
		machine_close(&machine);
	}
}

static int apply(void *arg)
{
	struct root *root = open_kept();
	struct tier_plan *plan = NULL;
	struct tier_report report;
	int ret = root ? tier_plan_decode(arg, &plan, NULL) : -ENOMEM;

	if (!ret) {
		fake_kernel_reset();
		ret = plan_apply(root, fault_sys(&fake_sys), plan, 0, &report);
		/* A failure is told, a success is complete. */
		if (ret && (report.error != ret || !*report.message))
			ret = 1;
		if (!ret && !(report.flags & TIER_REPORT_POLICY_SET))
			ret = 2;
	}
	tier_plan_free(plan);
	root_close(root);
	return ret;
}

static void test_survive__applying(void **state)
{
	static char lines[][64] = {
		"tier-plan 1 cpus=0-1 policy=prefer:0-1",
		"tier-plan 1 weight=4:0 weight=1:1 policy=weighted:0-1",
		"tier-plan 1 policy=default",
	};

	(void)state;
	kept = fixture_root("weights-auto");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_true(fault_each(apply, lines[i]) > 1);
	root_close(kept);
}

/* ---- processes, words ------------------------------------------------------------------------ */

static int ask_process(void *arg)
{
	struct tier_ctx ctx = { .root = open_kept() };
	uint64_t bytes[4];
	int pids[4], ret = -ENOMEM;

	(void)arg;
	if (ctx.root)
		ret = tier_process_bytes(&ctx, 10, bytes, 4);
	if (ret >= 0)
		ret = tier_process_children(&ctx, 10, pids, 4);
	root_close(ctx.root);
	return ret > 0 ? 0 : ret;
}

static void test_survive__processes(void **state)
{
	static const struct test_file files[] = {
		{ "/proc/10/numa_maps", "7f00 default N1=2 kernelpagesize_kB=4\n", 0 },
		{ "/proc/10/task/10/children", "11 12 ", 0 },
		{ "/proc/11/task/11/children", "13 ", 0 },
		{ 0 },
	};

	(void)state;
	kept = files_root(files);
	assert_true(fault_each(ask_process, NULL) > 10);
	root_close(kept);
}

static int parse_words(void *arg)
{
	struct node_words words = { 0 };
	struct arena arena = { 0 };
	int ret = 0;

	/* One at a time, as arenas ask for memory seldom. */
	for (int i = 0; !ret && i < 200; i++)
		ret = node_words_parse(&words, &arena, arg, "test", NULL);
	if (!ret && words.count != 400)
		ret = 1;
	arena_free(&arena);
	return ret;
}

static void test_survive__words(void **state)
{
	char text[] = "node:0 kind=hbm; node:1 kind=cxl";

	(void)state;
	assert_true(fault_each(parse_words, text) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_survive__loading),
		cmocka_unit_test(test_survive__loading_with_hwloc),
		cmocka_unit_test(test_survive__context),
		cmocka_unit_test(test_survive__resolving),
		cmocka_unit_test(test_survive__applying),
		cmocka_unit_test(test_survive__processes),
		cmocka_unit_test(test_survive__words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
