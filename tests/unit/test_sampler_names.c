// SPDX-License-Identifier: GPL-2.0-or-later
// Processes that become others, or move to another group: what is read of them again.
#include "unit.h"
#include "watched.h"

static const struct test_file moved[] = {
	{ "/proc/20/stat", STAT("20 (other) S 10", "200", "65536", "16"), 0 },
	{ "/proc/20/status",
	  "Name:\tx\nUid:\t7\t7\t7\t7\nVmSize:\t 64 kB\n"
	  "HugetlbPages:\t    2048 kB\n",
	  0 },
	{ "/proc/20/cmdline", "other", 0 },
	{ "/proc/20/cgroup", "0::/b\n", 0 },
	{ 0 },
};

/* By execve(2), setuid(2) and a move to another group it stays who it is. */
static void test_sampler__another_program_and_group(void **state)
{
	(void)state;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	assert_string_equal(process(20)->command, "small");
	root = patched_root(root, moved);
	sampler.looking.root = root;
	now_ns += 1000000000;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_string_equal(process(20)->name, "other");
	assert_string_equal(process(20)->command, "other");
	assert_string_equal(process(20)->cgroup, "/b");
	assert_int_equal(process(20)->uid, 7);
	assert_int_equal(process(20)->huge_bytes, 2 << 20);
	assert_int_equal(process(20)->how, TIER_PLACED_EXACT);
	assert_int_equal(open_fds, 3);
}

static const struct test_file moved_again[] = {
	{ "/proc/20/cmdline", "third", 0 },
	{ 0 },
};

/* So many times, each a second behind the one before. */
static void refresh_later(int times)
{
	while (times--) {
		now_ns += 1000000000;
		assert_int_equal(refresh(&sampler, &everybody), 0);
	}
}

/* In a refresh that has no time for all of them each gets its turn, and what looks like another
 * program gets it first. */
static void test_sampler__names_in_turn(void **state)
{
	(void)state;
	cpu_step_ns = 10000000;
	refresh_later(3);
	root = patched_root(root, moved);
	sampler.looking.root = root;

	refresh_later(1);
	assert_string_equal(process(20)->command, "small");
	refresh_later(2);
	assert_string_equal(process(20)->command, "other");

	root = patched_root(root, moved_again);
	sampler.looking.root = root;
	statm_of_20 = "32 32 0 0 0 0 0\n";
	refresh_later(1);
	assert_string_equal(process(20)->command, "third");
}

/* What it was called a moment ago it is called now. */
static void test_sampler__names_are_not_read_at_once(void **state)
{
	(void)state;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	root = patched_root(root, moved);
	sampler.looking.root = root;
	now_ns += 999999999;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_string_equal(process(20)->command, "small");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_set_up, watch_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sampler__another_program_and_group),
		TEST(test_sampler__names_in_turn),
		TEST(test_sampler__names_are_not_read_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
