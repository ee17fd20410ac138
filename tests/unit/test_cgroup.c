// SPDX-License-Identifier: GPL-2.0-or-later
// The processes of control groups, by each way of naming one.
#include "machine.h"
#include "unit.h"

#define CGROUP "/sys/fs/cgroup"

static const struct test_file groups[] = {
	{ CGROUP "/cgroup.procs", "1\n", 0 },
	{ CGROUP "/a/cgroup.procs", "10\n11\n", 0 },
	{ CGROUP "/a/cgroup.controllers", "cpu\n", 0 },
	{ CGROUP "/a/b.c/cgroup.procs", "12\n", 0 },
	{ CGROUP "/a/b.c/d/cgroup.procs", "13\n", 0 },
	{ CGROUP "/empty/cgroup.procs", "", 0 },
	{ CGROUP "/none/other", "x\n", 0 },
	{ 0 },
};

static void test_cgroup__processes(void **state)
{
	static const struct {
		const char *path;
		int ret;
		const char *pids;
	} rows[] = {
		{ CGROUP "/a", 0, "10\n11\n12\n13\n" },
		{ "/a", 0, "10\n11\n12\n13\n" },
		{ "a", 0, "10\n11\n12\n13\n" },
		{ "a/b.c", 0, "12\n13\n" },
		{ "/", 0, "1\n10\n11\n12\n13\n" },
		{ CGROUP, 0, "1\n10\n11\n12\n13\n" },
		{ "empty", 0, "" },
		{ "none", -ENOENT, "" },
		{ "missing", -ENOENT, "" },
		{ "a/cgroup.controllers", -ENOTDIR, "" },
	};
	struct root *root = files_root(groups);
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SCOPED_STRBUF struct strbuf pids = { 0 };
		int ret = cgroup_processes(root, rows[i].path, &pids);

		if (ret != rows[i].ret || strcmp(strbuf_text(&pids), rows[i].pids))
			ROW_FAILS(failures, "%s: %d: %s\n", rows[i].path, ret,
				  strbuf_text(&pids));
	}
	assert_rows(failures);
	root_close(root);
}

/* A threaded group says so of itself; below, it is passed over. */
static void test_cgroup__threaded(void **state)
{
	static const struct test_file threaded[] = {
		{ CGROUP "/a/b.c/cgroup.procs", NULL, -EOPNOTSUPP },
		{ 0 },
	};
	SCOPED_STRBUF struct strbuf pids = { 0 };
	struct root *root = patched_root(files_root(groups), threaded);

	(void)state;
	assert_int_equal(cgroup_processes(root, "a/b.c", &pids), -EOPNOTSUPP);
	assert_int_equal(cgroup_processes(root, "a", &pids), 0);
	assert_string_equal(strbuf_text(&pids), "10\n11\n");
	root_close(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cgroup__processes),
		cmocka_unit_test(test_cgroup__threaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
