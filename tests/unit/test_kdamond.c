// SPDX-License-Identifier: GPL-2.0-or-later
// A kdamond of our own: set up where there is none, gone afterwards whatever fails or dies, and
// nothing of anybody else's touched.
#include "kdamond.h"

#include <signal.h>
#include <sys/wait.h>

#include "damon.h"
#include "fake_damon.h"
#include "fault.h"
#include "unit.h"

#define PID	1234
#define START	0x7f0000000000ULL
#define CONTEXT DAMON_KDAMONDS "/0/contexts/0"
#define TARGET	CONTEXT "/targets/0/pid_target"
#define STATE	DAMON_KDAMONDS "/0/state"

static struct root *root;
static char why[KDAMOND_WHY_BYTES];

static int set_up(void **state)
{
	(void)state;
	root = fake_damon_new(true, true);
	why[0] = '\0';
	return 0;
}

static void assert_text(const char *path, const char *want)
{
	const char *text = fake_damon_text(path);

	assert_non_null(text);
	assert_string_equal(text, want);
}

static void test_kdamond__is_as_asked_and_goes(void **state)
{
	char *before = fake_damon_all(), *after;

	(void)state;

	assert_int_equal(kdamond_set_up(root, PID, why), 0);
	assert_text(TARGET, "1234");
	assert_text(CONTEXT "/operations", "vaddr");
	assert_text(CONTEXT "/schemes/0/action", "stat");
	assert_text(STATE, "on");
	kdamond_remove(root, PID);

	after = fake_damon_all();
	assert_string_equal(after, before);
	free(before);
	free(after);
}

/* In the order of addresses, without the empty one and what is no region. */
static void test_kdamond__regions(void **state)
{
	static const struct kdamond_region want[] = {
		{ START, START + 4096, 20, 3 * KDAMOND_COUNTS_NS },
		{ START + 4096, START + 12288, 7, KDAMOND_COUNTS_NS },
		{ START + 0x100000, START + 0x200000, 0, 100 * KDAMOND_COUNTS_NS },
	};
	struct kdamond_region regions[KDAMOND_REGIONS] = { 0 };

	(void)state;
	assert_int_equal(kdamond_set_up(root, PID, why), 0);
	assert_int_equal(kdamond_read(root, regions), 0);

	assert_int_equal(kdamond_write_down(root, why), 0);

	assert_int_equal(kdamond_read(root, regions), 3);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(regions[i].start, want[i].start);
		assert_int_equal(regions[i].end, want[i].end);
		assert_int_equal(regions[i].accesses, want[i].accesses);
		assert_int_equal(regions[i].age_ns, want[i].age_ns);
	}
}

/* Each write fails in turn: words, and all as it was. */
static void test_kdamond__each_write_refused(void **state)
{
	static const int errors[] = { -EACCES, -EROFS, -EINVAL };
	int failures = 0, points = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		for (int at = 0; at < 17; at++) {
			char *before, *after;
			int ret;

			set_up(NULL);
			before = fake_damon_all();
			fake_damon->refuses = at;
			fake_damon->error = errors[i];
			ret = kdamond_set_up(root, PID, why);
			after = fake_damon_all();
			points = at;
			if (ret >= 0 || !*why || strcmp(before, after) != 0)
				ROW_FAILS(failures, "write %d, %d: %d, '%s'\n%s", at,
					  errors[i], ret, why, after);
			free(before);
			free(after);
		}
	set_up(NULL);
	assert_int_equal(kdamond_set_up(root, PID, why), 0);
	assert_int_equal(fake_damon->writes, points + 1);
	assert_rows(failures);
}

/* DAMON's lock is taken for a moment at each write, and then for good. */
static void test_kdamond__waits_for_the_lock(void **state)
{
	char *before, *after;
	int writes;

	(void)state;
	set_up(NULL);
	assert_int_equal(kdamond_set_up(root, PID, why), 0);
	writes = fake_damon->writes;
	for (int at = 0; at < writes; at++) {
		set_up(NULL);
		fake_damon->refuses = at;
		fake_damon->error = -EBUSY;
		assert_int_equal(kdamond_set_up(root, PID, why), 0);
		assert_int_equal(fake_damon->writes, writes + 1);
	}

	set_up(NULL);
	before = fake_damon_all();
	fake_damon->refuses = writes - 1;
	fake_damon->error = -EBUSY;
	fake_damon->refuses_more = 9; /* all that are tried */
	assert_int_equal(kdamond_set_up(root, PID, why), -EEXIST);
	assert_says(why, "another program's kdamond runs");
	after = fake_damon_all();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void test_kdamond__somebody_elses(void **state)
{
	char *before, *after;

	(void)state;
	fake_damon_write(DAMON_COUNT, "1");
	before = fake_damon_all();

	assert_int_equal(kdamond_set_up(root, PID, why), -EEXIST);
	assert_says(why, "another program has 1 of DAMON's kdamonds");
	kdamond_remove(root, PID);

	after = fake_damon_all();
	assert_string_equal(after, before);
	free(before);
	free(after);
}

/* It was ours, and somebody has set up another one in its place. */
static void test_kdamond__anothers_by_now(void **state)
{
	static const char *const marks[][2] = {
		{ TARGET, "77" },
		{ CONTEXT "/operations", "paddr" },
		{ CONTEXT "/schemes/0/action", "pageout" },
		{ DAMON_COUNT, "2" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		char *before, *after;

		set_up(NULL);
		assert_int_equal(kdamond_set_up(root, PID, why), 0);
		fake_damon_write(STATE, "off");
		fake_damon_write(marks[i][0], marks[i][1]);
		before = fake_damon_all();
		kdamond_remove(root, PID);
		after = fake_damon_all();
		if (strcmp(before, after) != 0)
			ROW_FAILS(failures, "%s: %s\n", marks[i][0], after);
		free(before);
		free(after);
	}
	assert_rows(failures);
}

static void test_kdamond__what_the_kernel_lacks(void **state)
{
	(void)state;
	fake_damon->lacks_vaddr = true;
	assert_int_equal(kdamond_set_up(root, PID, why), -EOPNOTSUPP);
	assert_says(why, "CONFIG_DAMON_VADDR");
	assert_text(DAMON_COUNT, "0");

	fake_damon->n_files = 0;
	assert_int_equal(kdamond_set_up(root, PID, why), -ENOENT);
	assert_says(why, "CONFIG_DAMON_SYSFS");
}

static int scenario(void *arg)
{
	static struct kdamond_region regions[KDAMOND_REGIONS];
	int ret;

	(void)arg;
	fake_damon_new(true, true);
	ret = kdamond_set_up(root, PID, why);
	if (!ret)
		ret = kdamond_write_down(root, why);
	if (!ret)
		ret = kdamond_read(root, regions);
	kdamond_remove(root, PID);
	return ret < 0 ? ret : 0;
}

static void test_kdamond__survives_faults(void **state)
{
	(void)state;
	assert_true(fault_each(scenario, NULL) > 10);
}

/* ---- with its child ----------------------------------------------------------------- */

static int wait_for_answer(const struct kdamond *kdamond)
{
	int ret;

	while (!(ret = kdamond_answer(kdamond, why)))
		usleep(1000);
	return ret;
}

static void test_keeper__starts_orders_and_ends(void **state)
{
	struct kdamond kdamond;

	(void)state;
	assert_int_equal(kdamond_start(root, PID, &kdamond, why), 0);
	assert_text(STATE, "on");
	assert_int_equal(kdamond_answer(&kdamond, why), 0);
	assert_int_equal(kdamond_order(&kdamond), 0);
	assert_int_equal(wait_for_answer(&kdamond), 1);
	assert_non_null(fake_damon_text(CONTEXT "/schemes/0/tried_regions/2/age"));

	/* The process ends, and its kdamond with it. */
	fake_damon_write(STATE, "off");
	assert_int_equal(kdamond_order(&kdamond), 0);
	assert_int_equal(wait_for_answer(&kdamond), -ESRCH);
	kdamond_stop(&kdamond);

	assert_text(DAMON_COUNT, "0");
}

static void test_keeper__refused(void **state)
{
	struct kdamond kdamond;

	(void)state;
	fake_damon_write(DAMON_COUNT, "1");

	assert_int_equal(kdamond_start(root, PID, &kdamond, why), -EEXIST);

	assert_says(why, "another program");
	assert_int_equal(kdamond.fd, -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* Whoever asked for it is killed: until his child's child has put all back, its end of a pipe
 * stays open. */
static void test_keeper__outlives_its_caller(void **state)
{
	struct kdamond kdamond;
	int ends[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (!child) {
		if (!kdamond_start(root, PID, &kdamond, why))
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	close(ends[1]);

	assert_int_equal(read(ends[0], &byte, 1), 0);

	close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_text(DAMON_COUNT, "0");
	assert_true(fake_damon->writes > 17);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kdamond__is_as_asked_and_goes),
		TEST(test_kdamond__regions),
		TEST(test_kdamond__each_write_refused),
		TEST(test_kdamond__waits_for_the_lock),
		TEST(test_kdamond__somebody_elses),
		TEST(test_kdamond__anothers_by_now),
		TEST(test_kdamond__what_the_kernel_lacks),
		TEST(test_kdamond__survives_faults),
		TEST(test_keeper__starts_orders_and_ends),
		TEST(test_keeper__refused),
		TEST(test_keeper__outlives_its_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
