// SPDX-License-Identifier: GPL-2.0-or-later
// Whose kdamonds there are, where each node's memory lies, and which groups forbid nodes.
#include "damon.h"

#include "fault.h"
#include "machine.h"
#include "nodeset.h"
#include "platform.h"
#include "unit.h"

#define NODE   "/sys/devices/system/node/node"
#define BLOCK  "/sys/devices/system/memory/block_size_bytes"
#define MODULE "/sys/module/damon_reclaim/parameters/"
#define GROUP  "/sys/fs/cgroup"
#define MEMS   "/cpuset.mems.effective"

static struct damon read_files(const struct test_file *files, const char *nodes)
{
	struct tier_nodeset set = { 0 };
	struct root *root = files_root(files);
	struct damon damon;

	assert_int_equal(tier_nodeset_parse(nodes, &set, NULL), 0);
	assert_int_equal(damon_read(root, &set, &damon), 0);
	root_close(root);
	return damon;
}

/* Who has kdamonds, in words that must hold this; NULL: nobody. */
static void test_damon__who(void **state)
{
	static const struct {
		const char *says;
		int error;
		struct test_file files[6];
	} rows[] = {
		{ NULL, -ENOENT, { { BLOCK, "8000000\n", 0 } } },
		{ NULL, 0, { { DAMON_COUNT, "0\n", 0 } } },
		{ NULL, -EIO, { { DAMON_COUNT, "many\n", 0 } } },
		{ "has 2 of DAMON's kdamonds (number 0: on, pid 57, operations paddr, "
		  "action stat)",
		  0,
		  { { DAMON_COUNT, "2\n", 0 },
		    { DAMON_KDAMONDS "/0/state", "on\n", 0 },
		    { DAMON_KDAMONDS "/0/pid", "57\n", 0 },
		    { DAMON_KDAMONDS "/0/contexts/0/operations", "paddr\n", 0 },
		    { DAMON_KDAMONDS "/0/contexts/0/schemes/0/action", "stat\n", 0 } } },
		{ "(number 0: off, pid -, operations -, action -)",
		  0,
		  { { DAMON_COUNT, "1\n", 0 },
		    { DAMON_KDAMONDS "/0/state", "off\n", 0 } } },
		{ "module damon_reclaim runs a kdamond (pid 9)",
		  0,
		  { { DAMON_COUNT, "0\n", 0 },
		    { MODULE "enabled", "Y\n", 0 },
		    { MODULE "kdamond_pid", "9\n", 0 } } },
		{ NULL, 0, { { DAMON_COUNT, "0\n", 0 }, { MODULE "enabled", "N\n", 0 } } },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct damon damon = read_files(rows[i].files, "");
		const char *who = damon.who;

		if (damon.error != rows[i].error || !who != !rows[i].says ||
		    (who && !strstr(who, rows[i].says)))
			ROW_FAILS(failures, "row %zu: %d '%s'\n", i, damon.error,
				  who ? who : "nobody");
		damon_free(&damon);
	}
	assert_rows(failures);
}

/* Blocks in the order of their names, 10 before 9; those that touch are one span. */
static void test_damon__spans(void **state)
{
	static const struct test_file files[] = {
		{ BLOCK, "8000000\n", 0 },
		{ NODE "0/memory9/x", "", 0 },
		{ NODE "0/memory10/x", "", 0 },
		{ NODE "0/memory12/x", "", 0 },
		{ NODE "0/memory_failure/x", "", 0 },
		{ NODE "1/cpulist", "", 0 },
		{ 0 },
	};
	const uint64_t block = 0x8000000;
	struct damon damon;
	const struct damon_node *node;

	(void)state;

	damon = read_files(files, "0-1");

	node = damon_node(&damon, 0);
	assert_int_equal(node->n_spans, 2);
	assert_int_equal(node->spans[0].start, 9 * block);
	assert_int_equal(node->spans[0].end, 11 * block);
	assert_int_equal(node->spans[1].start, 12 * block);
	assert_int_equal(node->spans[1].end, 13 * block);
	assert_int_equal(damon_node(&damon, 1)->n_spans, 0);
	assert_null(damon_node(&damon, 2));
	assert_true(damon.may_lack_nodes);
	damon_free(&damon);
}

static const struct test_file groups[] = {
	{ GROUP MEMS, "0-3\n", 0 },
	{ GROUP "/free" MEMS, "0-3\n", 0 },
	{ GROUP "/free/bound" MEMS, "2-3\n", 0 },
	{ GROUP "/free/bound/memory.current", "5\n", 0 },
	/* Below it, without the controller: bound all the same */
	{ GROUP "/free/bound/below/memory.current", "5\n", 0 },
	{ GROUP "/uncounted" MEMS, "0\n", 0 },
	{ GROUP "/plain/memory.current", "5\n", 0 },
	{ 0 },
};

static void test_damon__groups(void **state)
{
	static const struct {
		const char *path, *mems;
		bool is_counted;
	} rows[] = {
		{ "/free/bound", "2-3", true },
		{ "/free/bound/below", "2-3", true },
		{ "/uncounted", "0", false },
	};
	struct damon damon = read_files(groups, "");
	int failures = 0;

	(void)state;
	assert_int_equal(damon.n_groups, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct damon_group *group = &damon.groups[i];

		if (strcmp(group->path, rows[i].path) != 0 ||
		    group->is_counted != rows[i].is_counted ||
		    strcmp(set_text(&group->mems), rows[i].mems) != 0)
			ROW_FAILS(failures, "%s: %s, %d\n", group->path,
				  set_text(&group->mems), group->is_counted);
	}
	assert_rows(failures);
	damon_free(&damon);
}

static int scenario(void *arg)
{
	struct root *root = fault_lent_root(arg);
	const struct tier_nodeset nodes = { .bits = { 3 } };
	struct damon damon;
	int ret;

	if (!root)
		return -ENOMEM;
	ret = damon_read(root, &nodes, &damon);
	if (!ret)
		damon_free(&damon);
	root_close(root);
	return ret;
}

static void test_damon__survives_faults(void **state)
{
	struct root *root = files_root(groups);

	(void)state;
	fault_each(scenario, root);
	root_close(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damon__who),
		cmocka_unit_test(test_damon__spans),
		cmocka_unit_test(test_damon__groups),
		cmocka_unit_test(test_damon__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
