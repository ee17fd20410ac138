// SPDX-License-Identifier: GPL-2.0-or-later
// Processes as a root shows them: their memory, and their descendants.
#include <unistd.h>

#include "ctx.h"
#include "machine.h"
#include "unit.h"

#define CHILDREN(pid, tid, list)                               \
	{                                                      \
		"/proc/" pid "/task/" tid "/children", list, 0 \
	}

static int children(const struct test_file *files, int pid, int *pids, size_t len)
{
	struct tier_ctx ctx = { .root = files_root(files) };
	int ret = tier_process_children(&ctx, pid, pids, len);

	root_close(ctx.root);
	return ret;
}

static void test_process__children(void **state)
{
	static const struct {
		struct test_file files[6];
		const char *result;
	} rows[] = {
		{ { CHILDREN("10", "10", ""), { 0 } }, "" },
		{ { CHILDREN("10", "10", "11 12 "), { 0 } }, "11 12" },
		/* Of every thread, and parents before children. */
		{ { CHILDREN("10", "10", "11 "),
		    CHILDREN("10", "20", "12 "),
		    CHILDREN("11", "11", "13 "),
		    CHILDREN("12", "12", "14 "),
		    CHILDREN("14", "14", "15 "),
		    { 0 } },
		  "11 12 13 14 15" },
		/* One that ended meanwhile has no children. */
		{ { CHILDREN("10", "10", "11 12 "), CHILDREN("12", "12", "13 "), { 0 } },
		  "11 12 13" },
		/* A tree that bites its tail, and a process with two parents. */
		{ { CHILDREN("10", "10", "11 "),
		    CHILDREN("11", "11", "10 11 12 "),
		    CHILDREN("12", "12", "11 10 "),
		    { 0 } },
		  "11 12" },
		{ { CHILDREN("10", "10", "11 12 "),
		    CHILDREN("11", "11", "13 "),
		    CHILDREN("12", "12", "13 "),
		    { 0 } },
		  "11 12 13" },
		{ { CHILDREN("10", "10", "4194303 0 "), { 0 } }, "4194303 0" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int pids[8] = { 0 }, count = children(rows[i].files, 10, pids, 8);
		char text[128] = "";
		size_t len = 0;

		for (int k = 0; k < count && k < 8; k++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%d",
						k ? " " : "", pids[k]);
		if (count < 0 || strcmp(text, rows[i].result))
			ROW_FAILS(failures, "row %zu: %d: '%s'\n", i, count, text);
	}
	assert_rows(failures);
}

static void test_process__bad_children(void **state)
{
	static const struct {
		int pid;
		const char *list;
		int error;
	} rows[] = {
		{ 11, "12 ", -ESRCH },	   { 0, "12 ", -ESRCH },
		{ -1, "12 ", -ESRCH },	   { INT32_MAX, "12 ", -ESRCH },
		{ 10, "banana", -EINVAL }, { 10, "12x 13 ", -EINVAL },
		{ 10, "-12 ", -EINVAL },   { 10, "4194304 ", -EINVAL },
		{ 10, "12,13 ", -EINVAL }, { 10, "99999999999999999999 ", -EINVAL },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct test_file files[] = { CHILDREN("10", "10", rows[i].list), { 0 } };
		int pids[4], ret = children(files, rows[i].pid, pids, 4);

		if (ret != rows[i].error)
			ROW_FAILS(failures, "%d, '%s': %d\n", rows[i].pid, rows[i].list,
				  ret);
	}
	assert_rows(failures);
}

/* The count is of all; what does not fit is not written. */
static void test_process__room_for_some(void **state)
{
	static const struct test_file files[] = { CHILDREN("10", "10", "11 12 13 "),
						  { 0 } };
	int pids[2] = { 7, 7 };

	(void)state;
	assert_int_equal(children(files, 10, NULL, 0), 3);
	assert_int_equal(children(files, 10, pids, 1), 3);

	assert_int_equal(pids[0], 11);
	assert_int_equal(pids[1], 7);
}

/* ---- memory ---------------------------------------------------------------------- */

static int bytes_of(const struct test_file *maps, int pid, uint64_t *bytes, size_t len)
{
	static const struct test_file files[] = {
		{ .path = "/proc/10/numa_maps",
		  .content = "7f00 default N1=2 kernelpagesize_kB=4\n" },
		{ 0 },
	};
	struct tier_ctx ctx = { .root = patched_root(files_root(files), maps) };
	int ret = tier_process_bytes(&ctx, pid, bytes, len);

	root_close(ctx.root);
	return ret;
}

static void test_process__bytes(void **state)
{
	static const struct test_file as_it_is[] = { { 0 } };
	uint64_t bytes[3] = { 7, 7, 7 };

	(void)state;
	assert_int_equal(bytes_of(as_it_is, 10, bytes, 3), 2);

	/* What stood there does not count. */
	assert_int_equal(bytes[0], 0);
	assert_int_equal(bytes[1], 8192);
	assert_int_equal(bytes[2], 0);
}

static void test_process__bytes_refused(void **state)
{
	static const struct {
		struct test_file maps;
		int pid;
		size_t len;
		int error;
	} rows[] = {
		{ { .path = "/x" }, 11, 3, -ESRCH },
		{ { .path = "/x" }, 10, 1, -ERANGE },
		{ { .path = "/proc/10/numa_maps", .error = -EACCES }, 10, 3, -EACCES },
		{ { .path = "/proc/10/numa_maps", .error = -EPERM }, 10, 3, -EPERM },
		{ { .path = "/proc/10/numa_maps", .error = -ESRCH }, 10, 3, -ESRCH },
		{ { .path = "/proc/10/numa_maps", .content = "banana\n" },
		  10,
		  3,
		  -EINVAL },
		/* A kernel thread has no memory, which is no error. */
		{ { .path = "/proc/10/numa_maps", .content = "" }, 10, 3, 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct test_file maps[] = { rows[i].maps, { 0 } };
		uint64_t bytes[3];
		int ret = bytes_of(maps, rows[i].pid, bytes, rows[i].len);

		if (ret != rows[i].error)
			ROW_FAILS(failures, "row %zu: %d\n", i, ret);
	}
	assert_rows(failures);
}

/* Half of a file is not all of it. */
static void test_process__nul_bytes(void **state)
{
	static const char text[] = "tierkit-capture 1\n"
				   "file /proc/10/numa_maps\n"
				   "\t7f00 default N0=1 kernelpagesize_kB=4\n"
				   "\t\\x00\n"
				   "\t7f01 default N0=1 kernelpagesize_kB=4\n"
				   "file /proc/10/task/10/children\n"
				   "\t11\\x0012\n";
	struct tier_ctx ctx = { 0 };
	uint64_t bytes[3];
	int pids[3];

	(void)state;
	assert_int_equal(root_capture_parse(text, sizeof(text) - 1, &ctx.root, NULL), 0);

	assert_int_equal(tier_process_bytes(&ctx, 10, bytes, 3), -EINVAL);
	assert_int_equal(tier_process_children(&ctx, 10, pids, 3), -EINVAL);
	root_close(ctx.root);
}

/* This very process, as this very kernel shows it. */
static void test_process__this_one(void **state)
{
	struct tier_ctx_config config = { 0 };
	struct tier_ctx *ctx;
	uint64_t bytes[TIER_MAX_NODES] = { 0 }, sum = 0;
	int pids[4], highest;

	(void)state;
	assert_int_equal(tier_ctx_new(&ctx, &config, sizeof(config), NULL), 0);
	highest = tier_process_bytes(ctx, getpid(), bytes, TIER_MAX_NODES);
	if (highest == -ESRCH) {
		/* A kernel without NUMA has no such file. */
		print_message("skip: no /proc/%d/numa_maps here\n", getpid());
		tier_ctx_unref(ctx);
		skip();
	}

	for (int node = 0; node < highest; node++)
		sum += bytes[node];
	assert_true(sum >= 65536);
	assert_int_equal(tier_process_children(ctx, getpid(), pids, 4), 0);
	tier_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_process__children),
		cmocka_unit_test(test_process__bad_children),
		cmocka_unit_test(test_process__room_for_some),
		cmocka_unit_test(test_process__bytes),
		cmocka_unit_test(test_process__bytes_refused),
		cmocka_unit_test(test_process__nul_bytes),
		cmocka_unit_test(test_process__this_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
