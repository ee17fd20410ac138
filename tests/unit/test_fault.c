// SPDX-License-Identifier: GPL-2.0-or-later
// The fault harness itself: it must see what it is there to see.
#include "fault.h"

#include "unit.h"

static const char capture[] = "tierkit-capture 1\nfile /sys/a\n\tone\n";

/* Three points: two buffers, and the seam. */
static int tidy(void *arg)
{
	SCOPED_STRBUF struct strbuf first = { 0 }, second = { 0 };
	int ret = strbuf_puts(&first, "one");

	(void)arg;
	if (!ret)
		ret = strbuf_puts(&second, "two");
	if (!ret && fault_point())
		ret = -EIO;
	return ret;
}

static int leaky(void *arg)
{
	struct strbuf first = { 0 }, second = { 0 };
	int ret = strbuf_puts(&first, "one");

	if (ret)
		return ret;
	ret = strbuf_puts(&second, "two");
	/* Forgets the first when there is no memory for the second. */
	if (ret) {
		*(char **)arg = first.text;
		return ret;
	}
	strbuf_free(&first);
	strbuf_free(&second);
	return 0;
}

static int through_root(void *arg)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct root *root = NULL;
	int ret;

	(void)arg;
	ret = root_capture_parse(capture, sizeof(capture) - 1, &root, NULL);
	if (ret)
		return ret;
	root = fault_root(root);
	if (!root)
		return -ENOMEM;
	ret = root->ops->read(root, "/sys/a", &text);
	root_close(root);
	return ret;
}

static void test_fault__each_point_fails_once(void **state)
{
	(void)state;

	for (unsigned int point = 0; point < 3; point++) {
		struct fault_run run = fault_run(tidy, NULL, point, FAULT_ONE);

		assert_true(run.fired);
		assert_int_equal(run.result, point < 2 ? -ENOMEM : -EIO);
		assert_int_equal(run.leaked, 0);
	}
}

static void test_fault__ends_behind_the_last_point(void **state)
{
	(void)state;

	assert_int_equal(fault_each(tidy, NULL), 3);
	assert_false(fault_run(tidy, NULL, 3, FAULT_ONE).fired);
}

static void test_fault__sees_a_leak(void **state)
{
	char *left = NULL;

	(void)state;

	assert_int_equal(fault_run(leaky, &left, 0, FAULT_ONE).leaked, 0);
	assert_int_equal(fault_run(leaky, &left, 1, FAULT_ONE).leaked, 1);
	free(left);
	assert_int_equal(fault_run(leaky, &left, 2, FAULT_ONE).leaked, 0);
}

static void test_fault__reaches_roots(void **state)
{
	struct fault_run run, last;

	(void)state;

	last = fault_run(through_root, NULL, UINT32_MAX, FAULT_ONE);
	assert_false(last.fired);
	/* The last two points are the read itself and the memory for its text. */
	run = fault_run(through_root, NULL, last.points - 2, FAULT_ONE);
	assert_int_equal(run.result, fault_root_error());
	run = fault_run(through_root, NULL, last.points - 1, FAULT_ONE);
	assert_int_equal(run.result, -ENOMEM);
	fault_each(through_root, NULL);
}

static void test_fault__reaches_system_calls(void **state)
{
	const struct sys_ops *sys = fault_sys(&sys_linux);
	unsigned int node;

	(void)state;

	/* Off, they are the calls themselves. */
	assert_int_equal(sys->getnode(&node), sys_linux.getnode(&node));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault__each_point_fails_once),
		cmocka_unit_test(test_fault__ends_behind_the_last_point),
		cmocka_unit_test(test_fault__sees_a_leak),
		cmocka_unit_test(test_fault__reaches_roots),
		cmocka_unit_test(test_fault__reaches_system_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
