// SPDX-License-Identifier: GPL-2.0-or-later
// Steering on a process made of paper: every thread gets the policy or none, whatever fails, and
// all are given back as they were.
#include <limits.h>

#include "fake_kernel.h"
#include "fake_trace.h"
#include "fault.h"
#include "machine.h"
#include "steer.h"
#include "unit.h"

#define STATUS_OF(threads)                                                       \
	"State:\tS (sleeping)\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nVmSize:\t8 kB\n" \
	"Threads:\t" threads "\nSeccomp:\t0\nMems_allowed_list:\t0-3\n"
#define STATUS STATUS_OF("3")
#define STAT   "10 (a) S 1 7 7 0 -1 4194304 0"

#define THREAD(tid, status)                                \
	{ "/proc/10/task/" tid "/comm", "t\n", 0 },        \
		{ "/proc/10/task/" tid "/stat", STAT, 0 }, \
	{                                                  \
		"/proc/10/task/" tid "/status", status, 0  \
	}

#define PROCESS(status)                                                        \
	{ "/proc/10/status", status, 0 },                                      \
		{ "/proc/10/maps",                                             \
		  "1000-3000 rw-p 0 00:00 0 [heap]\n7000-8000 r-xp 0 00:00 0 " \
		  "/lib/c\n",                                                  \
		  0 },                                                         \
		{ "/proc/self/status", "Uid:\t0\nCapEff:\t0\n", 0 },           \
		THREAD("10", STATUS), THREAD("11", STATUS), THREAD("12", STATUS)

/* The kernel's words for the policy that is set here, and for what was before. */
#define NEW	   (MEMPOLICY_BIND | MEMPOLICY_STATIC_NODES)
#define BEFORE	   MEMPOLICY_DEFAULT
#define PLAN	   "tier-plan 1 policy=bind:1-2"
#define MOST_FILES 20

static const struct test_file process[MOST_FILES] = { PROCESS(STATUS), { 0 } };

static unsigned int told;
static uint64_t told_calls[ARRAY_SIZE(fake_traced.called)];

/* By its name, as a preview has it. */
static uint64_t number_of(const char *call)
{
	static const struct {
		const char *name;
		uint64_t number;
	} calls[] = {
		{ "mmap(", 9 },
		{ "munmap(", 11 },
		{ "mbind(", 237 },
		{ "set_mempolicy(", 238 },
		{ "get_mempolicy(", 239 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strncmp(call, calls[i].name, strlen(calls[i].name)))
			return calls[i].number;
	fail_msg("'%s'", call);
	return 0;
}

static void count(const struct tier_steered *what, void *data)
{
	(void)data;
	assert_non_null(what->call);
	if (told < ARRAY_SIZE(told_calls))
		told_calls[told] = number_of(what->call);
	told++;
}

static int run(struct root *root, const struct tier_steering *wish,
	       struct tier_steer_report *report)
{
	struct tier_steered room;
	const struct steer_look tell = {
		.each = count,
		.room = &room,
		.size = sizeof(room),
	};
	struct steer steering = {
		.root = root,
		.sys = fault_sys(&fake_sys),
		.ops = &fake_trace_ops,
		.arch = &arch_x86_64,
		.wish = wish,
		.tell = &tell,
		.report = report,
	};

	*report = (struct tier_steer_report){ 0 };
	told = 0;
	return steer(&steering);
}

static struct root *live_root(const struct test_file *files)
{
	struct root *root = files_root(files);

	root->is_live = true;
	return root;
}

static struct tier_plan *plan_of(const char *line)
{
	struct tier_plan *plan;

	assert_int_equal(tier_plan_decode(line, &plan, NULL), 0);
	return plan;
}

/* ---- what is done ------------------------------------------------------------------ */

static void test_steer__every_thread(void **state)
{
	struct root *root = live_root(process);
	struct tier_plan *plan = plan_of(PLAN);
	const struct tier_steering wish = { .pid = 10, .plan = plan };
	struct tier_steer_report report;
	struct tier_nodeset nodes;

	(void)state;
	fake_kernel_reset();
	fake_traced_reset();
	assert_int_equal(run(root, &wish, &report), 0);
	fake_traced_check();
	assert_int_equal(fake_traced_count(NEW), FAKE_THREADS);
	nodes = mempolicy_nodes(&fake_traced.threads[2].nodes);
	assert_string_equal(set_text(&nodes), "1-2");
	assert_false(fake_traced.has_page);
	assert_int_equal(report.changed, FAKE_THREADS);
	assert_int_equal(told, FAKE_THREADS);
	/* A page, two calls of each thread, the page's end: no call more. */
	assert_int_equal(fake_traced.calls, 1 + 2 * FAKE_THREADS + 1);
	assert_int_equal(report.stops, FAKE_THREADS + 1);
	tier_plan_free(plan);
	root_close(root);
}

static void test_steer__looks_before(void **state)
{
	struct root *root = live_root(process);
	struct tier_plan *plan = plan_of(PLAN);
	const struct tier_steering wish = { .pid = 10,
					    .plan = plan,
					    .flags = TIER_STEER_DRY };
	struct tier_steer_report report;

	(void)state;
	fake_kernel_reset();
	fake_traced_reset();
	assert_int_equal(run(root, &wish, &report), 0);
	assert_int_equal(told, 1 + 2 * FAKE_THREADS + 1);
	assert_int_equal(fake_traced.calls, 0);
	assert_int_equal(report.stops, 0);
	tier_plan_free(plan);
	root_close(root);
}

/* What a preview tells is what is then called, to the last call and in that order. */
static void test_steer__preview_has_every_call(void **state)
{
	static const char *const mappings[] = { NULL, "[heap]" };
	struct root *root = live_root(process);
	struct tier_plan *plan = plan_of(PLAN);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mappings); i++) {
		struct tier_steering wish = { .pid = 10,
					      .plan = plan,
					      .mapping = mappings[i],
					      .flags = TIER_STEER_DRY };
		uint64_t previewed[ARRAY_SIZE(told_calls)];
		struct tier_steer_report report;
		unsigned int count;

		fake_kernel_reset();
		fake_traced_reset();
		assert_int_equal(run(root, &wish, &report), 0);
		count = told;
		memcpy(previewed, told_calls, sizeof(previewed));
		wish.flags = 0;
		assert_int_equal(run(root, &wish, &report), 0);
		assert_int_equal(fake_traced.calls, count);
		assert_in_range(count, 3, ARRAY_SIZE(previewed));
		for (unsigned int k = 0; k < count; k++)
			assert_int_equal(fake_traced.called[k], previewed[k]);
	}
	tier_plan_free(plan);
	root_close(root);
}

static void test_steer__a_mapping(void **state)
{
	static const struct {
		const char *which;
		int ret;
	} rows[] = {
		{ "[heap]", 0 },    { "1000", 0 },	    { "2fff", 0 },
		{ "1000-3000", 0 }, { "[stack]", -ENOENT }, { "3000", -ENOENT },
	};
	struct root *root = live_root(process);
	struct tier_plan *plan = plan_of(PLAN);
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tier_steering wish = { .pid = 10,
						    .plan = plan,
						    .mapping = rows[i].which };
		struct tier_steer_report report;
		int ret;

		fake_kernel_reset();
		fake_traced_reset();
		ret = run(root, &wish, &report);
		fake_traced_check();
		/* Its thread keeps its own policy. */
		if (ret != rows[i].ret || fake_traced_count(NEW) ||
		    report.changed != (ret ? 0 : 1))
			ROW_FAILS(failures, "%s: %d, %s\n", rows[i].which, ret,
				  report.message);
	}
	assert_rows(failures);
	tier_plan_free(plan);
	root_close(root);
}

/* The third thread's call is refused: the others are put back. */
static void test_steer__all_or_none(void **state)
{
	static const int errors[] = { -EPERM, -EINVAL, -ENOMEM };
	struct root *root = live_root(process);
	struct tier_plan *plan = plan_of(PLAN);
	const struct tier_steering wish = { .pid = 10, .plan = plan };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct tier_steer_report report;

		fake_kernel_reset();
		fake_traced_reset();
		fake_traced.fails_at = 1 + 2 * FAKE_THREADS;
		fake_traced.error = errors[i];
		assert_int_equal(run(root, &wish, &report), errors[i]);
		fake_traced_check();
		assert_int_equal(fake_traced_count(BEFORE), FAKE_THREADS);
		assert_int_equal(report.undone, FAKE_THREADS);
		assert_says(report.message, "thread 12: set_mempolicy");
		assert_false(fake_traced.has_page);
	}
	tier_plan_free(plan);
	root_close(root);
}

/* One that ends half way is no reason to stop for the others. */
static void test_steer__a_thread_that_ends(void **state)
{
	struct root *root = live_root(process);
	struct tier_plan *plan = plan_of(PLAN);
	const struct tier_steering wish = { .pid = 10, .plan = plan };

	(void)state;
	for (int thread = 0; thread < FAKE_THREADS; thread++) {
		struct tier_steer_report report;

		fake_kernel_reset();
		fake_traced_reset();
		fake_traced.ends = thread;
		assert_int_equal(run(root, &wish, &report), 0);
		fake_traced_check();
		assert_int_equal(fake_traced_count(NEW), FAKE_THREADS - 1);
		assert_int_equal(report.changed, FAKE_THREADS - 1);
	}
	tier_plan_free(plan);
	root_close(root);
}

/* ---- threads that come and go -------------------------------------------------------- */

static const struct root_ops *true_ops;
static unsigned int lists, whole_after;

/* Until then there is a thread that no list has: it is born or ends meanwhile. */
static int read_partly(struct root *root, const char *path, struct strbuf *out)
{
	if (!strcmp(path, "/proc/10/status") && lists++ < whole_after)
		return strbuf_puts(out, STATUS_OF("4"));
	return true_ops->read(root, path, out);
}

/* However often it must be tried, it is; but not for ever, while others stand. */
static void test_steer__threads_that_come_fast(void **state)
{
	static const struct {
		unsigned int whole_after;
		uint64_t tick_ns;
		int ret;
		unsigned int changed;
	} rows[] = {
		{ 5000, 1000, 0, FAKE_THREADS },
		{ UINT_MAX, 1000000, -EBUSY, 0 },
	};
	struct tier_plan *plan = plan_of(PLAN);
	const struct tier_steering wish = { .pid = 10, .plan = plan };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct root *root = live_root(process);
		struct tier_steer_report report;
		struct root_ops ops;

		true_ops = root->ops;
		ops = *true_ops;
		ops.read = read_partly;
		root->ops = &ops;
		lists = 0;
		whole_after = rows[i].whole_after;
		fake_kernel_reset();
		fake_traced_reset();
		fake_traced.tick_ns = rows[i].tick_ns;
		assert_int_equal(run(root, &wish, &report), rows[i].ret);
		fake_traced_check();
		assert_int_equal(fake_traced_count(NEW), rows[i].changed);
		root->ops = true_ops;
		root_close(root);
	}
	tier_plan_free(plan);
}

/* The kernel says so in several ways, by when it is met; people are told one. */
static void test_steer__a_process_that_ends(void **state)
{
	static const struct {
		const char *maps;
		const char *stat; /* flags of a task, or of one that exits */
		bool has_no_memory;
		int ret;
		const char *says;
	} rows[] = {
		{ "7000-8000 r-xp 0 00:00 0 /lib/c\n", STAT, true, -ESRCH,
		  "ended meanwhile" },
		{ "", "10 (a) R 1 7 7 0 -1 4194308 0", false, -ESRCH, "ended meanwhile" },
		{ "", STAT, false, -EOPNOTSUPP, "has no instruction" },
	};
	struct tier_plan *plan = plan_of(PLAN);
	const struct tier_steering wish = { .pid = 10, .plan = plan };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct test_file patch[] = {
			{ "/proc/10/maps", rows[i].maps, 0 },
			{ "/proc/10/task/10/stat", rows[i].stat, 0 },
			{ 0 },
		};
		struct root *root = patched_root(files_root(process), patch);
		struct tier_steer_report report;
		int ret;

		root->is_live = true;
		fake_kernel_reset();
		fake_traced_reset();
		fake_traced.has_no_memory = rows[i].has_no_memory;
		ret = run(root, &wish, &report);
		fake_traced_check();
		if (ret != rows[i].ret || !strstr(report.message, rows[i].says))
			ROW_FAILS(failures, "row %zu: %d, '%s'\n", i, ret,
				  report.message);
		root_close(root);
	}
	assert_rows(failures);
	tier_plan_free(plan);
}

/* ---- what is refused --------------------------------------------------------------- */

static void test_steer__refusals(void **state)
{
#define WITH(a, b) "State:\t" a "\nTracerPid:\t" b "\nVmSize:\t8 kB\nThreads:\t3\n"
	static const struct {
		const char *status; /* of the process and of its first thread */
		const char *yama;
		const char *plan;
		int error;
		const char *says;
		bool seized; /* by somebody else */
	} rows[] = {
		{ WITH("S", "77"), "0", PLAN, -EBUSY, "process 77 traces it", false },
		{ WITH("Z", "0"), "0", PLAN, -EOPNOTSUPP, "no memory", false },
		{ "State:\tS\n", "0", PLAN, -EOPNOTSUPP, "thread of the kernel", false },
		{ WITH("S", "0") "Mems_allowed_list:\t3\n", "0", PLAN, -EINVAL,
		  "its cpuset allows it only node 3", false },
		{ WITH("S", "0") "Seccomp:\t2\n", "0", PLAN, -EPERM, "seccomp filter",
		  false },
		{ WITH("S", "0") "Seccomp:\t1\n", "0", PLAN, -EPERM, "strict", false },
		{ WITH("S", "0") "Uid:\t0\n", "0", PLAN, -EPERM, "may not be traced",
		  true },
		{ WITH("S", "0") "Uid:\t0\n", "1", PLAN, -EPERM, "only its ancestors",
		  true },
		{ WITH("S", "0") "Uid:\t0\n", "2", PLAN, -EPERM,
		  "only those with CAP_SYS_PTRACE", true },
		{ WITH("S", "0") "Uid:\t0\n", "3", PLAN, -EPERM, "nobody", true },
		{ WITH("S", "0") "Uid:\t1000\n", "1", PLAN, -EPERM, "somebody else's",
		  true },
		{ WITH("S", "0"), "0", "tier-plan 1 cpus=0", -EINVAL,
		  "without a memory policy", false },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct test_file patch[] = {
			{ "/proc/10/status", rows[i].status, 0 },
			{ "/proc/10/task/10/status", rows[i].status, 0 },
			{ "/proc/sys/kernel/yama/ptrace_scope", rows[i].yama, 0 },
			{ 0 },
		};
		struct root *root = patched_root(files_root(process), patch);
		struct tier_plan *plan = plan_of(rows[i].plan);
		const struct tier_steering wish = { .pid = 10, .plan = plan };
		struct tier_steer_report report;
		int ret;

		root->is_live = true;
		fake_kernel_reset();
		fake_traced_reset();
		fake_traced.threads[0].is_seized = rows[i].seized;
		ret = run(root, &wish, &report);
		if (ret != rows[i].error || report.error != ret || fake_traced.calls ||
		    !strstr(report.message, rows[i].says))
			ROW_FAILS(failures, "row %zu: %d, %u calls, '%s'\n", i, ret,
				  fake_traced.calls, report.message);
		tier_plan_free(plan);
		root_close(root);
	}
	assert_rows(failures);
}

static void test_steer__32_bit_code(void **state)
{
	struct root *root = live_root(process);
	struct tier_plan *plan = plan_of(PLAN);
	const struct tier_steering wish = { .pid = 10, .plan = plan };
	struct tier_steer_report report;

	(void)state;
	fake_kernel_reset();
	fake_traced_reset();
	fake_traced.threads[1].regs.word[17] = 0x23;
	assert_int_equal(run(root, &wish, &report), -ENOEXEC);
	assert_says(report.message, "thread 11 runs 32-bit code");
	/* The one before is put back. */
	assert_int_equal(fake_traced_count(BEFORE), FAKE_THREADS);
	tier_plan_free(plan);
	root_close(root);
}

/* ---- faults ------------------------------------------------------------------------ */

static struct root *kept;

struct scene {
	const struct tier_plan *plan;
	const char *mapping;
};

/* One fault at most cannot keep a thread from being given back whole. */
static int steer_faulty(void *arg)
{
	const struct scene *scene = arg;
	const struct tier_steering wish = { .pid = 10,
					    .plan = scene->plan,
					    .mapping = scene->mapping };
	struct root *root = fault_lent_root(kept);
	struct tier_steer_report report = { 0 };
	int ret = -ENOMEM;

	fake_kernel_reset();
	fake_traced_reset();
	if (root)
		ret = run(root, &wish, &report);
	if (root && ret && !*report.message)
		ret = 1;
	root_close(root);
	return ret;
}

static void test_steer__each_step_fails_in_turn(void **state)
{
	struct tier_plan *plan = plan_of(PLAN);
	struct scene scenes[] = { { plan, NULL }, { plan, "[heap]" } };

	(void)state;
	kept = live_root(process);
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		unsigned int point = 0;
		struct fault_run result;

		do {
			result = fault_run(steer_faulty, &scenes[i], point++, FAULT_ONE);
			fake_traced_check();
			assert_int_equal(result.leaked, 0);
			assert_true(result.result <= 0);
			/* A fault may look like a thread's end, which is no failure. */
			if (!i && !result.result)
				assert_true(fake_traced_count(NEW) > 0);
			if (!i && result.result && fake_traced_count(NEW) > 0)
				fail_msg("point %u: %d, and a part is done", point,
					 result.result);
		} while (result.fired);
		print_message("%u points\n", point);
		assert_true(point > 70);
	}
	root_close(kept);
	tier_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steer__every_thread),
		cmocka_unit_test(test_steer__looks_before),
		cmocka_unit_test(test_steer__preview_has_every_call),
		cmocka_unit_test(test_steer__a_mapping),
		cmocka_unit_test(test_steer__all_or_none),
		cmocka_unit_test(test_steer__a_thread_that_ends),
		cmocka_unit_test(test_steer__threads_that_come_fast),
		cmocka_unit_test(test_steer__a_process_that_ends),
		cmocka_unit_test(test_steer__refusals),
		cmocka_unit_test(test_steer__32_bit_code),
		cmocka_unit_test(test_steer__each_step_fails_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
