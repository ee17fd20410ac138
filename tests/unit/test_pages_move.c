// SPDX-License-Identifier: GPL-2.0-or-later
// Moving many pages at once, on real memory of our own: to where they are.
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "pages.h"
#include "unit.h"

/* Enough to be moved in halves, and odd. */
#define COUNT	  1201
#define UNTOUCHED (-4095)

static unsigned char *memory;
static uintptr_t pages[COUNT];
static int nodes[COUNT], status[COUNT];

static int set_up(void **state)
{
	const size_t bytes = COUNT * page_bytes();

	(void)state;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	(void)madvise(memory, bytes, MADV_NOHUGEPAGE);
	memset(memory, 1, bytes);
	for (size_t i = 0; i < COUNT; i++)
		pages[i] = (uintptr_t)memory + i * page_bytes();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return munmap(memory, COUNT * page_bytes());
}

/* What the kernel says; where they are before is asked for, and where they go. */
static int move(size_t count)
{
	const struct page_request ask = { .count = count,
					  .pages = pages,
					  .status = nodes };
	const struct page_request request = {
		.count = count, .pages = pages, .nodes = nodes, .status = status
	};
	int ret = pages_linux.move(&ask);

	if (ret == -EPERM || ret == -ENOSYS) {
		print_message("skip: move_pages is forbidden here\n");
		skip();
	}
	assert_int_equal(ret, 0);
	for (size_t i = 0; i < count; i++) {
		status[i] = UNTOUCHED;
		if (nodes[i] < 0)
			nodes[i] = nodes[0];
	}
	return pages_linux.move(&request);
}

/* How many of the first `count` are told to be on their node. */
static size_t told(size_t count)
{
	size_t right = 0;

	for (size_t i = 0; i < count; i++)
		right += status[i] == nodes[i];
	return right;
}

static void test_pages_move__each_is_told(void **state)
{
	static const size_t counts[] = { 1, 511, 512, 513, COUNT };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		assert_int_equal(move(counts[i]), 0);
		assert_int_equal(told(counts[i]), counts[i]);
	}
}

static void test_pages_move__absent_in_either_half(void **state)
{
	const size_t absent[] = { 3, COUNT / 2, COUNT - 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		assert_int_equal(munmap(memory + absent[i] * page_bytes(), page_bytes()),
				 0);
	assert_int_equal(move(COUNT), 0);
	assert_int_equal(told(COUNT), COUNT - ARRAY_SIZE(absent));
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		assert_true(status[absent[i]] == -ENOENT || status[absent[i]] == -EFAULT);
}

/* A node that is not there fails the half that names it; the other one moves. */
static void test_pages_move__one_half_fails(void **state)
{
	const struct page_request request = {
		.count = COUNT, .pages = pages, .nodes = nodes, .status = status
	};

	(void)state;
	assert_int_equal(move(COUNT), 0);
	nodes[COUNT - 1] = TIER_MAX_NODES - 1;
	assert_int_equal(pages_linux.move(&request), -ENODEV);
	assert_int_equal(told(COUNT), COUNT - 1);
}

static void test_pages_move__with_one_cpu(void **state)
{
	cpu_set_t before, one;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(move(COUNT), 0);
	assert_int_equal(told(COUNT), COUNT);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

static void test_pages_move__keeps_the_mask(void **state)
{
	sigset_t before, after;

	(void)state;
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &before), 0);
	assert_int_equal(move(COUNT), 0);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
	for (int i = 1; i < NSIG; i++)
		assert_int_equal(sigismember(&after, i), sigismember(&before, i));
}

#define ON_MEMORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_MEMORY(test_pages_move__each_is_told),
		ON_MEMORY(test_pages_move__absent_in_either_half),
		ON_MEMORY(test_pages_move__one_half_fails),
		ON_MEMORY(test_pages_move__with_one_cpu),
		ON_MEMORY(test_pages_move__keeps_the_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
