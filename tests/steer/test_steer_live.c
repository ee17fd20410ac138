// SPDX-License-Identifier: GPL-2.0-or-later
// Real processes, steered a thousand times each while they watch themselves. How long they stood
// is printed.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "live.h"
#include "unit.h"

#define TIMES	      1000
/* What is known of each thread costs a reading of all its mappings. */
#define LOOK_EACH     50
/* Pauses between, so that the victim is met anywhere. */
#define PAUSE_MOST_US 1500

static enum tier_mode modes[2] = { TIER_MODE_BIND, TIER_MODE_DEFAULT };

/* ---- steering -------------------------------------------------------------------- */

struct times {
	uint64_t *ns;
	size_t count, room;
	/* Threads with another policy than was set. */
	unsigned int odd;
	enum tier_mode mode;
};

static void note(const struct tier_steered *what, void *data)
{
	struct times *times = data;

	if (times->count == times->room) {
		times->room = times->room * 2 + 64;
		times->ns = realloc(times->ns, times->room * sizeof(*times->ns));
		assert_non_null(times->ns);
	}
	times->ns[times->count++] = what->stopped_ns;
}

static void check(const struct tier_steered *what, void *data)
{
	struct times *times = data;

	/* One that has just ended has no mappings any more. */
	if (what->kind == TIER_STEERED_THREAD &&
	    what->flags & TIER_STEERED_KNOWS_POLICY && what->mode != times->mode)
		times->odd++;
}

static int steer(pid_t pid, const struct tier_plan *plan, struct times *times,
		 struct tier_steer_report *report)
{
	const struct tier_steering steering = {
		.pid = pid,
		.flags = plan ? 0 : TIER_STEER_THREADS,
		.each = plan ? note : check,
		.each_size = sizeof(struct tier_steered),
		.data = times,
		.plan = plan,
	};

	return tier_steer(live_ctx, &steering, sizeof(steering), report, sizeof(*report));
}

/* A thread that ends loses its policy first, and may be seen so. One that was missed bears
 * others with the wrong policy, which are seen each time. */
static void check_all(pid_t pid, struct times *times)
{
	struct tier_steer_report report;

	for (int looks = 0; looks < 20; looks++) {
		times->odd = 0;
		assert_int_equal(steer(pid, NULL, times, &report), 0);
		if (!times->odd)
			return;
	}
	fail_msg("%u of %u threads have another policy", times->odd, report.threads);
}

static void pause_a_little(unsigned int *random)
{
	struct timespec pause = { 0, 0 };

	pause.tv_nsec = (long)(rand_r(random) % PAUSE_MOST_US) * 1000;
	nanosleep(&pause, NULL);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double us(const struct times *times, unsigned int percent)
{
	size_t at = (times->count - 1) * percent / 100;

	return (double)times->ns[at] / 1000;
}

static void print_times(const char *mode, struct times *times)
{
	if (!times->count)
		return;
	qsort(times->ns, times->count, sizeof(*times->ns), compare);
	print_message(
		"%s: %zu stops of threads, us: median %.0f, 90 %% %.0f, 99 %% %.0f, "
		"longest %.0f\n",
		mode, times->count, us(times, 50), us(times, 90), us(times, 99),
		us(times, 100));
}

/* Of a storm the process itself may be without a thread that lists it for a moment. */
static void steer_many(const char *mode)
{
	struct victim victim = live_begin(mode);
	struct times times = { 0 };
	unsigned int random = 1;

	for (int i = 0; i < TIMES; i++) {
		struct tier_steer_report report;
		int ret = steer(victim.pid, live_plans[i % 2], &times, &report);

		if (ret)
			fail_msg("%s, the %d. time: %d, %s", mode, i, ret,
				 report.message);
		assert_true(report.changed > 0);
		times.mode = modes[i % 2];
		if (i % LOOK_EACH == 0)
			check_all(victim.pid, &times);
		pause_a_little(&random);
	}
	print_times(mode, &times);
	free(times.ns);
	live_end(&victim, mode);
}

#define VICTIM(mode)                                      \
	static void test_steer_live__##mode(void **state) \
	{                                                 \
		(void)state;                              \
		steer_many(#mode);                        \
	}

VICTIM(read)
VICTIM(epoll)
VICTIM(futex)
VICTIM(nanosleep)
VICTIM(sleep)
VICTIM(signals)
VICTIM(suspend)
VICTIM(handler)
VICTIM(spin)
VICTIM(storm)
VICTIM(rseq)

/* ---- states and ends ------------------------------------------------------------- */

/* A process that is stopped stays so, and says nothing of it twice. */
static void test_steer_live__stopped(void **state)
{
	struct victim victim = live_begin("sleep");
	struct times times = { 0 };
	siginfo_t info = { 0 };

	(void)state;
	kill(victim.pid, SIGSTOP);
	assert_int_equal(waitid(P_PID, (id_t)victim.pid, &info, WSTOPPED), 0);
	for (int i = 0; i < 20; i++) {
		struct tier_steer_report report;
		char path[64], text[512];
		FILE *file;

		assert_int_equal(steer(victim.pid, live_plans[i % 2], &times, &report),
				 0);
		assert_int_equal(report.changed, 2);
		snprintf(path, sizeof(path), "/proc/%d/stat", victim.pid);
		for (int tries = 0; tries < 1000; tries++) {
			file = fopen(path, "r");
			assert_non_null(file);
			assert_non_null(fgets(text, sizeof(text), file));
			fclose(file);
			if (strstr(text, ") T "))
				break;
			usleep(1000);
		}
		assert_says(text, ") T ");
	}
	info.si_pid = 0;
	assert_int_equal(waitid(P_PID, (id_t)victim.pid, &info,
				WSTOPPED | WCONTINUED | WNOHANG),
			 0);
	assert_int_equal(info.si_pid, 0);
	kill(victim.pid, SIGCONT);
	assert_int_equal(waitid(P_PID, (id_t)victim.pid, &info, WCONTINUED), 0);
	usleep(20000);
	free(times.ns);
	live_end(&victim, "stopped");
}

/* As long as the test lives. */
static void stop_and_go(pid_t test, pid_t victim)
{
	unsigned int random = 5;

	while (getppid() == test) {
		kill(victim, SIGSTOP);
		usleep((unsigned int)rand_r(&random) % 1500);
		kill(victim, SIGCONT);
		usleep((unsigned int)rand_r(&random) % 1500);
	}
	_exit(0);
}

/* Somebody stops it and lets it go all the time, while it is steered. */
static void test_steer_live__stop_and_go(void **state)
{
	/* Without calls that give EINTR for a stop: this is a real one. */
	static const char *const sorts[] = { "spin", "read", "futex" };
	unsigned int random = 5;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
		struct victim victim = live_begin(sorts[i]);
		struct times times = { 0 };
		pid_t self = getpid(), stopper = fork();
		int status;

		if (!stopper)
			stop_and_go(self, victim.pid);
		for (int k = 0; k < TIMES / 2; k++) {
			struct tier_steer_report report;
			int ret = steer(victim.pid, live_plans[k % 2], &times, &report);

			if (ret)
				fail_msg("%s, the %d. time: %d, %s", sorts[i], k, ret,
					 report.message);
			pause_a_little(&random);
		}
		kill(stopper, SIGKILL);
		waitpid(stopper, &status, 0);
		kill(victim.pid, SIGCONT);
		free(times.ns);
		live_end(&victim, sorts[i]);
	}
}

/* ---- twins ----------------------------------------------------------------------- */

#define TWINS 150

/* Run a random program to its end, steered all the time or never; what it says. Returns how
 * often it was steered. */
static unsigned int run_twin(int seed, bool is_steered, char *said, size_t size)
{
	char text[16];
	struct victim victim;
	struct times times = { 0 };
	unsigned int count = 0;
	int status, ret = 0;

	snprintf(text, sizeof(text), "%d", seed);
	victim = live_begin_with("twin", text);
	while (is_steered && !ret) {
		struct tier_steer_report report;

		ret = steer(victim.pid, live_plans[count % 2], &times, &report);
		if (ret && ret != -ESRCH && ret != -EOPNOTSUPP)
			fail_msg("seed %d: %d, %s", seed, ret, report.message);
		count += !ret;
	}
	if (!fgets(said, (int)size, victim.output))
		snprintf(said, size, "nothing");
	close(victim.input);
	fclose(victim.output);
	assert_int_equal(waitpid(victim.pid, &status, 0), victim.pid);
	assert_int_equal(status, 0);
	free(times.ns);
	return count;
}

static void test_steer_live__twins(void **state)
{
	unsigned int count = 0;

	(void)state;
	for (int seed = 1; seed <= TWINS; seed++) {
		char calm[64], steered[64];

		run_twin(seed, false, calm, sizeof(calm));
		count += run_twin(seed, true, steered, sizeof(steered));
		assert_memory_equal(calm, "ok ", 3);
		if (strcmp(calm, steered) != 0)
			fail_msg("seed %d: %s and steered %s", seed, calm, steered);
	}
	print_message(
		"%d random programs, steered %u times: all say what their twins say\n",
		TWINS, count);
	assert_true(count > TWINS);
}

/* Killed at any moment: one line, and no hang. */
static void test_steer_live__killed(void **state)
{
	unsigned int random = 7, ended = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		struct victim victim = live_begin("spin");
		struct times times = { 0 };
		struct tier_steer_report report;
		pid_t killer = fork();
		int status, ret = 0;

		if (!killer) {
			usleep((unsigned int)rand_r(&random) % 2000);
			kill(victim.pid, SIGKILL);
			_exit(0);
		}
		(void)rand_r(&random);
		while (!ret)
			ret = steer(victim.pid, live_plans[0], &times, &report);
		if (ret == -ESRCH || ret == -EOPNOTSUPP)
			ended++;
		else
			print_error("%d, %s\n", ret, report.message);
		assert_true(*report.message);
		waitpid(killer, &status, 0);
		assert_int_equal(waitpid(victim.pid, &status, 0), victim.pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		close(victim.input);
		fclose(victim.output);
		free(times.ns);
	}
	assert_int_equal(ended, 100);
}

#define DEATHS 300

/* Steers until it is killed, which is soon. */
static void steer_and_die(pid_t pid, unsigned int after_us)
{
	struct times times = { 0 };
	struct tier_steer_report report;
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	while (!child)
		if (steer(pid, live_plans[0], &times, &report)) {
			print_error("%s\n", report.message);
			_exit(1);
		}
	usleep(after_us);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

/* We are killed at any moment: they go on, and see nothing of it. */
static void test_steer_live__orphaned(void **state)
{
	static const char *const sorts[] = { "spin", "read", "futex", "suspend" };
	unsigned int random = 3;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
		struct victim victim = live_begin(sorts[i]);

		for (int k = 0; k < DEATHS && !kill(victim.pid, 0); k++)
			steer_and_die(victim.pid,
				      300 + (unsigned int)rand_r(&random) % 3000);
		live_end(&victim, sorts[i]);
	}
}

/* A thread that waits for a vfork child does not stop: nothing is changed, in none. */
static void test_steer_live__deep(void **state)
{
	struct victim victim = live_begin("deep");
	struct times times = { .mode = TIER_MODE_DEFAULT };
	const struct tier_steering steering = {
		.pid = victim.pid,
		.each = note,
		.each_size = sizeof(struct tier_steered),
		.data = &times,
		.plan = live_plans[0],
		.patience_ms = 100,
	};

	(void)state;
	/* Until it is there. */
	usleep(100000);
	for (int i = 0; i < 3; i++) {
		struct tier_steer_report report;

		assert_int_equal(tier_steer(live_ctx, &steering, sizeof(steering),
					    &report, sizeof(report)),
				 -ETIMEDOUT);
		assert_says(report.message, "state D");
		assert_int_equal(report.undone, report.changed);
		check_all(victim.pid, &times);
		assert_false(live_is_traced(victim.pid));
	}
	free(times.ns);
	live_end(&victim, "deep");
}

static void test_steer_live__traced_already(void **state)
{
	struct victim victim = live_begin("sleep");
	struct times times = { 0 };
	struct tier_steer_report report;

	(void)state;
	assert_false(live_is_traced(victim.pid));
	assert_int_equal(steer(victim.pid, live_plans[0], &times, &report), 0);
	assert_false(live_is_traced(victim.pid));
	free(times.ns);
	live_end(&victim, "sleep");
}

/* test_steer_live [PATTERN]: only these tests. */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steer_live__read),
		cmocka_unit_test(test_steer_live__epoll),
		cmocka_unit_test(test_steer_live__futex),
		cmocka_unit_test(test_steer_live__nanosleep),
		cmocka_unit_test(test_steer_live__sleep),
		cmocka_unit_test(test_steer_live__signals),
		cmocka_unit_test(test_steer_live__suspend),
		cmocka_unit_test(test_steer_live__handler),
		cmocka_unit_test(test_steer_live__spin),
		cmocka_unit_test(test_steer_live__storm),
		cmocka_unit_test(test_steer_live__rseq),
		cmocka_unit_test(test_steer_live__stopped),
		cmocka_unit_test(test_steer_live__stop_and_go),
		cmocka_unit_test(test_steer_live__twins),
		cmocka_unit_test(test_steer_live__killed),
		cmocka_unit_test(test_steer_live__orphaned),
		cmocka_unit_test(test_steer_live__deep),
		cmocka_unit_test(test_steer_live__traced_already),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, live_prepare, live_finish);
}
