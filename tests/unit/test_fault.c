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

/* Each operation gives a number of its own. */
static int spy_read(struct root *root, const char *path, struct strbuf *out)
{
	(void)root, (void)path, (void)out;
	return 1;
}

static int spy_list(struct root *root, const char *path, struct strbuf *out)
{
	(void)root, (void)path, (void)out;
	return 2;
}

static int spy_readlink(struct root *root, const char *path, struct strbuf *out)
{
	(void)root, (void)path, (void)out;
	return 3;
}

static int spy_realpath(struct root *root, const char *path, struct strbuf *out)
{
	(void)root, (void)path, (void)out;
	return 4;
}

static int spy_write(struct root *root, const char *path, const char *text)
{
	(void)root, (void)path, (void)text;
	return 5;
}

static int spy_write_for(struct root *root, const char *path, const char *text,
			 uint64_t limit_ms, int (*stop)(void))
{
	(void)root, (void)path, (void)text;
	return limit_ms == 60 && !stop ? 6 : -EINVAL;
}

static int spy_keep(struct root *root, const char *path, const char *text, bool only_new)
{
	(void)root, (void)path, (void)text;
	return only_new ? 7 : -EINVAL;
}

static int spy_drop(struct root *root, const char *path)
{
	(void)root, (void)path;
	return 8;
}

static int spy_closed;

static void spy_close(struct root *root)
{
	(void)root;
	spy_closed++;
}

static const struct root_ops spy_ops = {
	.read = spy_read,
	.list = spy_list,
	.readlink = spy_readlink,
	.realpath = spy_realpath,
	.write = spy_write,
	.write_for = spy_write_for,
	.keep = spy_keep,
	.drop = spy_drop,
	.close = spy_close,
};

/* Each operation of a wrapped root is that of the root below, by its own arguments. */
static void assert_passes_through(struct root *root)
{
	const struct root_ops *ops = root->ops;
	struct strbuf out = { 0 };

	assert_int_equal(ops->read(root, "/a", &out), 1);
	assert_int_equal(ops->list(root, "/a", &out), 2);
	assert_int_equal(ops->readlink(root, "/a", &out), 3);
	assert_int_equal(ops->realpath(root, "/a", &out), 4);
	assert_int_equal(ops->write(root, "/a", "b"), 5);
	assert_int_equal(ops->write_for(root, "/a", "b", 60, NULL), 6);
	assert_int_equal(ops->keep(root, "/a", "b", true), 7);
	assert_int_equal(ops->drop(root, "/a"), 8);
}

static void test_fault__wraps_each_operation(void **state)
{
	struct root spy = { .ops = &spy_ops };
	struct root *wrapped = fault_root(&spy), *lent = fault_lent_root(&spy);

	(void)state;
	assert_non_null(wrapped);
	assert_non_null(lent);
	assert_passes_through(wrapped);
	assert_passes_through(lent);

	/* What is lent stays open. */
	spy_closed = 0;
	root_close(lent);
	assert_int_equal(spy_closed, 0);
	root_close(wrapped);
	assert_int_equal(spy_closed, 1);
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
		cmocka_unit_test(test_fault__wraps_each_operation),
		cmocka_unit_test(test_fault__reaches_system_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
