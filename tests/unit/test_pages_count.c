// SPDX-License-Identifier: GPL-2.0-or-later
// Our own pages by node: with answers that a test gives, and on real memory.
#include <sys/mman.h>

#include "pages.h"
#include "unit.h"

#define PAGE 4096UL

/* What the fake answers, by the number of the page. */
static int (*answer)(size_t number);
static size_t calls, asked;
static uintptr_t first;

static int fake_move(const struct page_request *request)
{
	calls++;
	assert_null(request->nodes);
	assert_int_equal(request->pid, 0);
	for (size_t i = 0; i < request->count; i++) {
		assert_int_equal(request->pages[i], first + asked * PAGE);
		request->status[i] = answer(asked++);
	}
	return 0;
}

static int fake_refuse(const struct page_request *request)
{
	(void)request;
	return -EPERM;
}

/* Three pages on node 0 for one on node 5. */
static int three_to_one(size_t number)
{
	return number % 4 == 3 ? 5 : 0;
}

static int all_sorts(size_t number)
{
	static const int sorts[] = { 1023, -ENOENT, -EFAULT, -EIO, 1024 };

	return sorts[number % ARRAY_SIZE(sorts)];
}

static struct tier_page_counts count(uintptr_t start, size_t bytes, int (*says)(size_t))
{
	static const struct page_ops ops = { .move = fake_move };
	struct tier_page_counts counts;

	calls = asked = 0;
	answer = says;
	first = start - start % PAGE;
	assert_int_equal(pages_count(&ops, start, bytes, &counts), 0);
	return counts;
}

static void test_pages_count__counts_each_page(void **state)
{
	struct tier_page_counts got = count(0x10000, 40000 * PAGE, three_to_one);

	(void)state;
	assert_int_equal(got.page_bytes, PAGE);
	assert_int_equal(got.node[0], 30000);
	assert_int_equal(got.node[5], 10000);
	assert_int_equal(got.absent + got.unknown, 0);
	assert_true(calls > 1);
}

static void test_pages_count__what_is_no_node(void **state)
{
	struct tier_page_counts got = count(0x10000, 5 * PAGE, all_sorts);

	(void)state;
	assert_int_equal(got.node[1023], 1);
	assert_int_equal(got.absent, 1);
	assert_int_equal(got.unknown, 3);
}

static void test_pages_count__whole_pages(void **state)
{
	static const struct {
		uintptr_t start;
		size_t bytes, pages;
	} rows[] = {
		{ 0x10000, 1, 1 },	  { 0x10fff, 1, 1 },	{ 0x10fff, 2, 2 },
		{ 0x10001, PAGE - 1, 1 }, { 0x10001, PAGE, 2 }, { 0x10000, PAGE, 1 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		(void)count(rows[i].start, rows[i].bytes, three_to_one);
		if (asked != rows[i].pages)
			ROW_FAILS(failures, "row %zu: %zu pages\n", i, asked);
	}
	assert_rows(failures);
}

static void test_pages_count__refused(void **state)
{
	static const struct page_ops ops = { .move = fake_refuse };
	struct tier_page_counts counts;

	(void)state;
	assert_int_equal(pages_count(&ops, 0x1000, PAGE, &counts), -EPERM);
	assert_int_equal(tier_pages_count(&counts, 0, &counts, sizeof(counts)), -EINVAL);
}

static void test_pages_count__real_memory(void **state)
{
	const size_t page = page_bytes();
	unsigned char *memory = mmap(NULL, 8 * page, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct tier_page_counts counts;
	uint64_t on_nodes = 0;
	int ret;

	(void)state;
	assert_ptr_not_equal(memory, MAP_FAILED);
	/* One huge page would be touched as a whole. */
	(void)madvise(memory, 8 * page, MADV_NOHUGEPAGE);
	memory[0] = memory[3 * page] = memory[7 * page] = 1;
	ret = tier_pages_count(memory, 8 * page, &counts, sizeof(counts));
	(void)munmap(memory, 8 * page);
	if (ret == -EPERM || ret == -ENOSYS) {
		print_message("skip: move_pages is forbidden here\n");
		skip();
	}
	assert_int_equal(ret, 0);
	for (size_t i = 0; i < TIER_MAX_NODES; i++)
		on_nodes += counts.node[i];
	assert_int_equal(on_nodes, 3);
	assert_int_equal(counts.absent, 5);
	assert_int_equal(counts.unknown, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages_count__counts_each_page),
		cmocka_unit_test(test_pages_count__what_is_no_node),
		cmocka_unit_test(test_pages_count__whole_pages),
		cmocka_unit_test(test_pages_count__refused),
		cmocka_unit_test(test_pages_count__real_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
