// SPDX-License-Identifier: GPL-2.0-or-later
// Wishes to plans, on machines of several kernels.
#include "wish.h"

#include "diag.h"
#include "fault.h"
#include "machine.h"
#include "unit.h"

#define WEIGHTS "/sys/kernel/mm/mempolicy/weighted_interleave/"
#define RATE	"/proc/sys/kernel/numa_balancing_promote_rate_limit_MBps"
#define NODE	"/sys/devices/system/node/"

/* A 2s-pmem of Linux 6.18: the rate, and files that can only be written. */
static const struct test_file newer[] = {
	{ RATE, "65536\n", 0 },
	{ NODE "node0/reclaim", NULL, -EINVAL },
	{ NODE "node1/reclaim", NULL, -EACCES },
	{ NODE "node2/reclaim", NULL, -EINVAL },
	{ NODE "node3/reclaim", NULL, -EINVAL },
	{ 0 },
};

/* With weights that are not the kernel's own. */
static const struct test_file weighted[] = {
	{ WEIGHTS "node0", "3\n", 0 },
	{ WEIGHTS "node2", "2\n", 0 },
	{ 0 },
};

/* 6.16, where the firmware tells no bandwidths. */
static const struct test_file blind[] = {
	{ WEIGHTS "auto", "false\n", 0 },
	{ WEIGHTS "node0", "3\n", 0 },
	{ 0 },
};

static const struct test_file as_it_is[] = { { 0 } };

struct row {
	const char *machine;
	const struct test_file *files;
	const char *wish;
	/* The file's last part, what it reads, and what it is to read; or what diag says. */
	const char *steps;
	const char *remark; /* a part of one */
};

static int resolve(const struct machine *machine, const char *text,
		   struct tier_plan **plan, struct tier_diag *diag)
{
	struct tier_nodeset nodes;
	struct switches now;
	int ret;

	tier_topology_nodes(machine->t, &nodes);
	ret = switches_read(machine->root, &nodes, &now);
	if (ret)
		return ret;
	ret = wish_resolve(machine->t, &now, text, plan, diag);
	switches_free(&now);
	return ret;
}

static const char *steps_text(const struct tier_plan *plan)
{
	static char text[1024];
	size_t len = 0;
	struct tier_step step;

	*text = '\0';
	for (unsigned int i = 0; !tier_plan_step(plan, i, &step, sizeof(step)); i++) {
		const char *name = strrchr(step.file, '/') + 1;

		assert_true(*step.why);
		if (!strcmp(name, "reclaim"))
			name -= strlen("nodeN/");
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%s %s>%s",
					len ? ", " : "", name,
					step.kind == TIER_STEP_ORDER ? "!" : "",
					step.has ? step.has : "?", step.wants);
	}
	return text;
}

static bool has_remark(const struct tier_plan *plan, const char *part)
{
	const char *remark;

	for (unsigned int i = 0; (remark = tier_plan_remark(plan, i)); i++)
		if (!part || strstr(remark, part))
			return true;
	return false;
}

static bool holds(const struct row *row, const struct tier_plan *plan)
{
	bool ok = !strcmp(steps_text(plan), row->steps);

	if (!ok)
		print_error("%s: '%s': steps '%s'\n", row->machine, row->wish,
			    steps_text(plan));
	if (has_remark(plan, row->remark) != !!row->remark) {
		print_error("%s: '%s': remark '%s'\n", row->machine, row->wish,
			    has_remark(plan, NULL) ? tier_plan_remark(plan, 0) : "");
		ok = false;
	}
	return ok;
}

static void check_rows(const struct row *rows, size_t count)
{
	int failures = 0;

	for (size_t i = 0; i < count; i++) {
		struct machine machine = machine_patched(rows[i].machine, rows[i].files);
		struct tier_diag diag = { 0 };
		struct tier_plan *plan = NULL;

		if (resolve(&machine, rows[i].wish, &plan, &diag))
			ROW_FAILS(failures, "%s: %s\n", rows[i].wish, diag.message);
		else if (!holds(&rows[i], plan))
			failures++;
		tier_plan_free(plan);
		machine_close(&machine);
	}
	assert_rows(failures);
}

static void test_wish__tiering(void **state)
{
	static const struct row rows[] = {
		{ "2s-pmem", newer, "demotion:on", "demotion_enabled false>true",
		  "before Linux 6.16" },
		{ "2s-pmem", newer, "demotion:off", "", NULL },
		{ "2s-pmem", newer, "promotion:on", "numa_balancing 0>2",
		  "promotion without demotion" },
		{ "2s-pmem", newer, "promotion:on demotion:on promotion-rate:100",
		  "numa_balancing 0>2, demotion_enabled false>true, "
		  "numa_balancing_promote_rate_limit_MBps 65536>100",
		  "before Linux 6.16" },
		{ "2s-pmem", newer, "promotion-rate:100",
		  "numa_balancing_promote_rate_limit_MBps 65536>100", "limits nothing" },
		{ "2s-cxl", as_it_is, "promotion:on demotion:on", "", NULL },
		{ "2s-cxl", as_it_is, "demotion:off", "demotion_enabled true>false",
		  "promotion without demotion" },
		{ "2s-cxl", as_it_is, "promotion:off", "numa_balancing 2>0", NULL },
		{ "all-in-one-tier", as_it_is, "promotion:off", "",
		  "all nodes in one tier" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* Bit 0 is not ours. */
static void test_wish__keeps_balancing(void **state)
{
	static const struct {
		const char *was, *wish, *steps;
	} rows[] = {
		{ "1\n", "promotion:on", "numa_balancing 1>3" },
		{ "3\n", "promotion:off", "numa_balancing 3>1" },
		{ "2\n", "promotion:off", "numa_balancing 2>0" },
		{ "3\n", "promotion:on", "" },
		{ "1\n", "promotion:off", "" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct test_file files[] = {
			{ "/proc/sys/kernel/numa_balancing", rows[i].was, 0 }, { 0 }
		};
		struct machine machine = machine_patched("2s-pmem", files);
		struct tier_plan *plan = NULL;

		if (resolve(&machine, rows[i].wish, &plan, NULL) ||
		    strcmp(steps_text(plan), rows[i].steps))
			ROW_FAILS(failures, "%s %s\n", rows[i].was, rows[i].wish);
		tier_plan_free(plan);
		machine_close(&machine);
	}
	assert_rows(failures);
}

static void test_wish__weights(void **state)
{
	static const struct row rows[] = {
		{ "2s-pmem", as_it_is, "weights:dram=3,pmem=1", "node0 1>3, node1 1>3",
		  NULL },
		{ "2s-pmem", as_it_is, "weights:node:2=9", "node2 1>9", NULL },
		{ "2s-pmem", weighted, "weights:dram=3,pmem=2", "node1 1>3, node3 1>2",
		  NULL },
		{ "2s-pmem", as_it_is, "weights:auto", "node0 1>5, node1 1>5",
		  "more than 0.0 percentage points" },
		{ "2s-pmem", as_it_is, "shares:0=107,1=107,2=21,3=21",
		  "node0 1>5, node1 1>5", "percentage points" },
		{ "2s-pmem", weighted, "weights:reset", "node0! 3>0, node2! 2>0", NULL },
		{ "2s-pmem", as_it_is, "weights:reset", "", NULL },
		{ "weights-auto", as_it_is, "weights:dram=2",
		  "auto true>false, node0 4>2", NULL },
		{ "weights-auto", as_it_is, "weights:dram=4", "auto true>false", NULL },
		{ "weights-auto", as_it_is, "weights:reset", "", NULL },
		{ "weights-auto-type", as_it_is, "weights:reset",
		  "__auto_type false>true", NULL },
		{ "weights-auto-type", as_it_is, "weights:dram=8", "node0 4>8", NULL },
		{ "cpuless-firmware", as_it_is, "weights:auto", NULL, NULL },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows) - 1);
}

/* Without bandwidths the kernel cannot set weights itself; 0 is no longer taken. */
static void test_wish__resets_a_blind_kernel(void **state)
{
	static const struct row row = { "slit-all-20", blind, "weights:reset",
					"node0 3>1", NULL };

	(void)state;
	check_rows(&row, 1);
}

static void test_wish__reclaim(void **state)
{
	static const struct row rows[] = {
		{ "2s-pmem", newer, "reclaim:node:0=64M demotion:on",
		  "node0/reclaim! ?>67108864, demotion_enabled false>true",
		  "demotion is off" },
		{ "2s-pmem", newer, "reclaim:node:1=5000", "node1/reclaim! ?>4096",
		  "demotion is off" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_wish__refuses(void **state)
{
	static const struct {
		const char *machine;
		const char *wish;
		int error;
		const char *says;
	} rows[] = {
		{ "2s-pmem", "", -EINVAL, "nothing is asked" },
		{ "2s-pmem", "demotion", -EINVAL, "no wish" },
		{ "2s-pmem", "demotoin:on", -EINVAL, "no wish" },
		{ "2s-pmem", "demotion:yes", -EINVAL, "on or off" },
		{ "2s-pmem", "demotion:on demotion:off", -EINVAL, "on top" },
		{ "2s-pmem", "weights:auto shares:0=1", -EINVAL, "on top" },
		{ "2s-pmem", "promotion-rate:5", -EOPNOTSUPP, "6.1" },
		{ "2s-pmem", "promotion-rate:0", -EINVAL, "from 1" },
		{ "2s-pmem", "promotion-rate:0x10", -EINVAL, "from 1" },
		{ "2s-pmem", "promotion-rate:010", -EINVAL, "from 1" },
		{ "2s-pmem", "promotion-rate:2147483648", -EINVAL, "from 1" },
		{ "2s-pmem", "weights:dram", -EINVAL, "SELECTOR=WEIGHT" },
		{ "2s-pmem", "weights:dram=0", -EINVAL, "1 to 255" },
		{ "2s-pmem", "weights:dram=256", -EINVAL, "1 to 255" },
		{ "2s-pmem", "weights:dram=1,node:0=2", -EINVAL, "already" },
		{ "2s-pmem", "weights:hbm=1", -ENXIO, "hbm" },
		{ "2s-pmem", "weights:node:9=1", -ENXIO, "9" },
		{ "2s-pmem", "shares:", -EINVAL, "NODE=FIGURE" },
		{ "2s-pmem", "shares:0=0", -EINVAL, "NODE=FIGURE" },
		{ "2s-pmem", "shares:0=1,0=2", -EINVAL, "twice" },
		{ "2s-pmem", "shares:0=1,9=2", -ENXIO, "node 9" },
		{ "2s-pmem", "shares:0=1;1=2", -EINVAL, "NODE=FIGURE" },
		{ "2s-pmem", "reclaim:dram", -EINVAL, "amount" },
		{ "2s-pmem", "reclaim:dram=1", -EINVAL, "amount" },
		{ "2s-pmem", "reclaim:dram=64M", -EOPNOTSUPP, "6.17" },
		{ "old-kernel", "weights:dram=3", -EOPNOTSUPP, "6.9" },
		{ "old-kernel", "weights:reset", -EOPNOTSUPP, "6.9" },
		{ "slit-all-20", "weights:auto", -ENODATA, "not known" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_fixture(rows[i].machine);
		struct tier_diag diag = { 0 };
		struct tier_plan *plan = NULL;
		int ret = resolve(&machine, rows[i].wish, &plan, &diag);

		if (ret != rows[i].error || plan || !strstr(diag.message, rows[i].says))
			ROW_FAILS(failures, "%s: %d '%s'\n", rows[i].wish, ret,
				  diag.message);
		tier_plan_free(plan);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* No line makes a program write files. */
static void test_wish__is_not_encoded(void **state)
{
	struct machine machine = machine_fixture("2s-pmem");
	struct tier_plan *plan = NULL;
	char line[64];

	(void)state;
	assert_int_equal(resolve(&machine, "demotion:on", &plan, NULL), 0);

	tier_plan_encode(plan, line, sizeof(line));

	assert_string_equal(line, "tier-plan 1");
	tier_plan_free(plan);
	machine_close(&machine);
}

/* A root that outlives the scenario, which closes what it was given. */
static const struct machine *kept;

static int kept_read(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	return kept->root->ops->read(kept->root, path, out);
}

static void kept_close(struct root *root)
{
	(void)root;
}

static int scenario(void *arg)
{
	static const struct root_ops ops = { .read = kept_read, .close = kept_close };
	static struct root root = { .ops = &ops };
	const struct machine faulty = { fault_root(&root), kept->t };
	struct tier_plan *plan = NULL;
	int ret;

	(void)arg;
	if (!faulty.root)
		return -ENOMEM;
	ret = resolve(&faulty, "weights:dram=3,pmem=2 demotion:on", &plan, NULL);
	tier_plan_free(plan);
	root_close(faulty.root);
	return ret;
}

static void test_wish__survives_faults(void **state)
{
	struct machine machine = machine_fixture("2s-pmem");

	(void)state;
	kept = &machine;
	fault_each(scenario, NULL);
	machine_close(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wish__tiering),
		cmocka_unit_test(test_wish__keeps_balancing),
		cmocka_unit_test(test_wish__weights),
		cmocka_unit_test(test_wish__resets_a_blind_kernel),
		cmocka_unit_test(test_wish__reclaim),
		cmocka_unit_test(test_wish__refuses),
		cmocka_unit_test(test_wish__is_not_encoded),
		cmocka_unit_test(test_wish__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
