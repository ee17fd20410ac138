// SPDX-License-Identifier: GPL-2.0-or-later
// Each operation on a real, busy process fails in turn, as if ptrace(2) had refused it: the process
// goes on unharmed, and all of its threads have the policy or none. On paper: test_steer.c.
#include "ctx.h"
#include "live.h"
#include "steer.h"
#include "unit.h"

/* ---- faults ----------------------------------------------------------------------- */

/* All tracing is done by one thread, so nothing is asked at the same time. */
static unsigned int passed, fails_at;
static bool fired;
static const char *failed;

static bool fails_now(const char *name)
{
	if (passed++ != fails_at)
		return false;
	fired = true;
	failed = name;
	return true;
}

/* An operation that may be refused instead. */
#define FAULTY(name, parameters, ...)                                           \
	static int faulty_##name parameters                                     \
	{                                                                       \
		return fails_now(#name) ? -EIO : trace_linux.name(__VA_ARGS__); \
	}

FAULTY(seize, (int tid), tid)
FAULTY(interrupt, (int tid), tid)
FAULTY(wait, (int tid, uint64_t limit_ns, struct trace_stop *stop), tid, limit_ns, stop)
FAULTY(resume, (int tid, enum trace_how how, int signal), tid, how, signal)
FAULTY(detach, (int tid), tid)
FAULTY(get_regs, (int tid, void *regs, size_t bytes), tid, regs, bytes)
FAULTY(set_regs, (int tid, const void *regs, size_t bytes), tid, regs, bytes)
FAULTY(get_fp, (int tid, void *fp, size_t *bytes), tid, fp, bytes)
FAULTY(get_mask, (int tid, uint64_t *mask), tid, mask)
FAULTY(set_mask, (int tid, uint64_t mask), tid, mask)
FAULTY(rseq, (int tid, uint64_t *address), tid, address)
FAULTY(read, (int pid, uint64_t at, void *bytes, size_t count), pid, at, bytes, count)
FAULTY(write, (int pid, uint64_t at, const void *bytes, size_t count), pid, at, bytes,
       count)
FAULTY(apart, (void (*work)(void *), void *arg), work, arg)

static struct trace_ops faulty_ops(void)
{
	struct trace_ops ops = trace_linux;

	ops.seize = faulty_seize;
	ops.interrupt = faulty_interrupt;
	ops.wait = faulty_wait;
	ops.resume = faulty_resume;
	ops.detach = faulty_detach;
	ops.get_regs = faulty_get_regs;
	ops.set_regs = faulty_set_regs;
	ops.get_fp = faulty_get_fp;
	ops.get_mask = faulty_get_mask;
	ops.set_mask = faulty_set_mask;
	ops.rseq = faulty_rseq;
	ops.read = faulty_read;
	ops.write = faulty_write;
	ops.apart = faulty_apart;
	return ops;
}

/* ---- steering --------------------------------------------------------------------- */

static void ignore(const struct tier_steered *what, void *data)
{
	(void)what;
	(void)data;
}

static int steer_faulty(pid_t pid, const struct tier_plan *plan,
			struct tier_steer_report *report)
{
	const struct trace_ops ops = faulty_ops();
	const struct tier_steering wish = { .pid = pid, .plan = plan };
	struct tier_steered room;
	const struct steer_look tell = { .each = ignore,
					 .room = &room,
					 .size = sizeof(room) };
	struct steer steering = {
		.root = live_ctx->root,
		.sys = &sys_linux,
		.ops = &ops,
		.arch = arch_here(),
		.wish = &wish,
		.tell = &tell,
		.report = report,
	};

	*report = (struct tier_steer_report){ 0 };
	return steer(&steering);
}

/* Threads by the policy that they have: bound ones, and all. */
struct found {
	unsigned int bound, all;
};

static void note(const struct tier_steered *what, void *data)
{
	struct found *found = data;

	if (what->kind != TIER_STEERED_THREAD)
		return;
	found->all++;
	found->bound += what->mode == TIER_MODE_BIND;
}

static struct found look(struct victim *victim)
{
	struct found found = { 0 };
	const struct tier_steering wish = { .flags = TIER_STEER_THREADS,
					    .pid = victim->pid,
					    .each = note,
					    .each_size = sizeof(struct tier_steered),
					    .data = &found };
	struct tier_steer_report report;
	int ret = tier_steer(live_ctx, &wish, sizeof(wish), &report, sizeof(report));
	char line[LIVE_LINE];

	if (ret)
		fail_msg("point %u, %s: the victim: %s; it says: %s", fails_at, failed,
			 report.message, live_last_line(victim, line));
	return found;
}

/* One fault: the policy is in force in all threads, or in as many as before. */
static void check_point(struct victim *victim, const char *mode, unsigned int point)
{
	struct found after;
	bool binds = !look(victim).bound;
	struct tier_steer_report report;
	unsigned int expected;
	int ret;

	passed = 0;
	fired = false;
	fails_at = point;
	ret = steer_faulty(victim->pid, live_plans[binds ? 0 : 1], &report);
	after = look(victim);
	expected = !ret == binds ? after.all : 0;
	if (after.bound != expected || live_is_traced(victim->pid))
		fail_msg("%s, point %u: %d (%s), %u of %u threads are bound", mode, point,
			 ret, report.message, after.bound, after.all);
	if (ret && !*report.message)
		fail_msg("%s, point %u: %d without words", mode, point, ret);
	if (ret && !fired)
		fail_msg("%s: without a fault: %d, %s", mode, ret, report.message);
}

/* epoll_wait() and its kin end by a mere stop, which cannot be mended when what shows it fails. */
static void test_steer_faults__each_operation(void **state)
{
	static const char *const sorts[] = { "spin",	  "read",    "futex",
					     "nanosleep", "handler", "suspend" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
		struct victim victim = live_begin(sorts[i]);
		unsigned int point = 0;

		do
			check_point(&victim, sorts[i], point++);
		while (fired);
		live_end(&victim, sorts[i]);
		print_message("%s: %u operations failed in turn\n", sorts[i], point - 1);
		assert_true(point > 50);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steer_faults__each_operation),
	};

	return cmocka_run_group_tests(tests, live_prepare, live_finish);
}
