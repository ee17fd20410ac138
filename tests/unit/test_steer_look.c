// SPDX-License-Identifier: GPL-2.0-or-later
// The policies in force in processes as a root shows them.
#include "ctx.h"
#include "fault.h"
#include "machine.h"
#include "unit.h"

#define MAPS                                                \
	"1000-3000 rw-p 00000000 00:00 0          [heap]\n" \
	"5000-6000 rw-p 00000000 00:00 0 \n"                \
	"7000-9000 r-xp 00000000 00:00 0          [vdso]\n" \
	"a000-b000 rw-s 00000000 00:01 7          /dev/shm/a b\n"

static const struct test_file process[] = {
	{ "/proc/10/maps", MAPS, 0 },
	{ "/proc/10/numa_maps",
	  "00001000 bind=static:2 heap anon=2 N2=2 kernelpagesize_kB=4\n"
	  "00004000 default\n"
	  "00005000 prefer:1 anon=1 N0=1 kernelpagesize_kB=4\n"
	  "00007000 prefer:1\n"
	  "0000a000 interleave:0-1 file=/dev/shm/a dirty=1 N1=1 "
	  "kernelpagesize_kB=4\n",
	  0 },
	{ "/proc/10/task/10/comm", "main\n", 0 },
	{ "/proc/10/task/11/numa_maps", "00001000 bind=static:2 heap\n00007000 default\n",
	  0 },
	{ "/proc/10/task/11/comm", "worker\n", 0 },
	{ "/proc/10/task/12/comm", "gone\n", 0 },
	{ 0 },
};

static void note(const struct tier_steered *what, void *data)
{
	char *text = data;
	size_t len = strlen(text);

	if (what->kind == TIER_STEERED_THREAD)
		snprintf(text + len, 512 - len, "%d %s %s\n", what->tid, what->name,
			 what->policy ? what->policy : "-");
	else
		snprintf(
			text + len, 512 - len, "%llx+%llx '%s' %s%s%s %llu\n",
			(unsigned long long)what->start, (unsigned long long)what->bytes,
			what->name, what->policy,
			what->flags & TIER_STEERED_KNOWS_OWN ? "" : " ?",
			what->flags & TIER_STEERED_OWN ? " own" : "",
			(unsigned long long)(what->n_nodes ?
						     what->node_bytes[what->n_nodes - 1] :
						     0));
}

static int look(struct root *root, const struct tier_steering *steering,
		struct tier_steer_report *report)
{
	struct tier_ctx ctx = { .root = root };

	return tier_steer(&ctx, steering, sizeof(*steering), report, sizeof(*report));
}

static void test_steer_look__tells_all(void **state)
{
	static const char mappings[] =
		"1000+2000 '[heap]' bind=static:2 own 8192\n"
		"5000+1000 '' prefer:1 4096\n"
		"7000+2000 '[vdso]' prefer:1 0\n"
		"a000+1000 '/dev/shm/a b' interleave:0-1 own 4096\n";
	static const struct {
		uint64_t flags;
		const char *threads;
		unsigned int count;
	} rows[] = {
		{ 0, "10 main prefer:1\n", 1 },
		{ TIER_STEER_THREADS, "10 main prefer:1\n11 worker default\n", 2 },
	};
	struct root *root = files_root(process);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char told[512] = "", expected[512];
		const struct tier_steering steering = {
			.flags = rows[i].flags,
			.pid = 10,
			.each = note,
			.each_size = sizeof(struct tier_steered),
			.data = told,
		};
		struct tier_steer_report report;

		snprintf(expected, sizeof(expected), "%s%s", rows[i].threads, mappings);
		assert_int_equal(look(root, &steering, &report), 0);
		assert_string_equal(told, expected);
		assert_int_equal(report.threads, rows[i].count);
		assert_int_equal(report.mappings, 4);
	}
	root_close(root);
}

static void test_steer_look__without_vdso(void **state)
{
	static const struct test_file files[] = {
		{ "/proc/10/maps", "1000-3000 rw-p 00000000 00:00 0 [heap]\n", 0 },
		{ "/proc/10/numa_maps", "1000 bind:2 heap\n", 0 },
		{ 0 },
	};
	char told[512] = "";
	const struct tier_steering steering = { .pid = 10,
						.each = note,
						.each_size = sizeof(struct tier_steered),
						.data = told };
	struct root *root = files_root(files);
	struct tier_steer_report report;

	(void)state;
	assert_int_equal(look(root, &steering, &report), 0);
	assert_string_equal(told, "10  -\n1000+2000 '[heap]' bind:2 ? 0\n");
	root_close(root);
}

static void test_steer_look__refusals(void **state)
{
	static const struct {
		struct test_file files[3];
		int error;
		const char *says;
	} rows[] = {
		{ { { 0 } }, -ESRCH, "no such process" },
		{ { { "/proc/10/maps", NULL, -EACCES } }, -EACCES, "CAP_SYS_PTRACE" },
		{ { { "/proc/10/maps", "", 0 }, { "/proc/10/numa_maps", "", 0 } },
		  -EOPNOTSUPP,
		  "no memory" },
		{ { { "/proc/10/maps", MAPS, 0 }, { "/proc/10/numa_maps", "x\n", 0 } },
		  -EIO,
		  "do not parse" },
		{ { { "/proc/10/maps", "x\n", 0 }, { "/proc/10/numa_maps", "", 0 } },
		  -EIO,
		  "do not parse" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		static const struct test_file none[] = { { "/proc/1/maps", "", 0 },
							 { 0 } };
		struct root *root = patched_root(files_root(none), rows[i].files);
		char told[512] = "";
		const struct tier_steering steering = {
			.pid = 10,
			.each = note,
			.each_size = sizeof(struct tier_steered),
			.data = told,
		};
		struct tier_steer_report report;
		int ret = look(root, &steering, &report);

		if (ret != rows[i].error || report.error != ret ||
		    !strstr(report.message, rows[i].says))
			ROW_FAILS(failures, "row %zu: %d, '%s'\n", i, ret,
				  report.message);
		root_close(root);
	}
	assert_rows(failures);
}

static void test_steer_look__checks_its_caller(void **state)
{
	const struct tier_steering rows[] = {
		{ .pid = 10 },
		{ .pid = 10, .each = note },
		{ .pid = 10, .flags = 1ULL << 63, .each = note, .each_size = 256 },
	};
	struct root *root = files_root(process);
	struct tier_steer_report report;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(look(root, &rows[i], &report), -EINVAL);
	root_close(root);
}

/* ---- faults ---------------------------------------------------------------------- */

static struct root *kept;

static int look_faulty(void *arg)
{
	char told[512] = "";
	const struct tier_steering steering = { .flags = TIER_STEER_THREADS,
						.pid = 10,
						.each = note,
						.each_size = sizeof(struct tier_steered),
						.data = told };
	struct root *root = fault_lent_root(kept);
	struct tier_steer_report report;
	int ret = -ENOMEM;

	(void)arg;
	if (root)
		ret = look(root, &steering, &report);
	if (root && ret && !*report.message)
		ret = 1;
	root_close(root);
	return ret;
}

static void test_steer_look__survives_faults(void **state)
{
	(void)state;
	kept = files_root(process);
	assert_true(fault_each(look_faulty, NULL) > 10);
	root_close(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steer_look__tells_all),
		cmocka_unit_test(test_steer_look__without_vdso),
		cmocka_unit_test(test_steer_look__refusals),
		cmocka_unit_test(test_steer_look__checks_its_caller),
		cmocka_unit_test(test_steer_look__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
