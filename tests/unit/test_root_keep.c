// SPDX-License-Identifier: GPL-2.0-or-later
// Files of our own: whole, new where that is asked, and gone when they are dropped.
#include "root_keep.h"

#include "platform.h"
#include "tree.h"
#include "unit.h"

static char folder[TREE_PATH];
static char path[TREE_PATH + 32];
static struct root *live;

static int begin(void **state)
{
	(void)state;
	tree_make(folder);
	snprintf(path, sizeof(path), "%s/new/file", folder);
	return root_open("/", &live, NULL);
}

static int end(void **state)
{
	(void)state;
	root_close(live);
	tree_remove(folder);
	return 0;
}

static void assert_holds(const char *wanted)
{
	SCOPED_STRBUF struct strbuf text = { 0 };

	tree_read(path, &text);
	assert_string_equal(strbuf_text(&text), wanted);
}

/* Nothing but the file is in its folder. */
static void assert_alone(size_t count)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	char dir[TREE_PATH + 8];

	snprintf(dir, sizeof(dir), "%s/new", folder);
	assert_int_equal(live->ops->list(live, dir, &names), 0);
	assert_int_equal(names.len, count ? sizeof("file") : 0);
}

static void test_keep__makes_and_replaces(void **state)
{
	(void)state;

	assert_int_equal(live->ops->keep(live, path, "one", true), 0);
	assert_holds("one");
	assert_int_equal(live->ops->keep(live, path, "two", true), -EEXIST);
	assert_holds("one");
	assert_int_equal(live->ops->keep(live, path, "three", false), 0);
	assert_holds("three");
	assert_alone(1);
}

static void test_keep__drops(void **state)
{
	(void)state;
	assert_int_equal(live->ops->keep(live, path, "one", false), 0);

	assert_int_equal(live->ops->drop(live, path), 0);

	assert_alone(0);
	assert_int_equal(live->ops->drop(live, path), -ENOENT);
}

/* Folders above its own are the system's to make. */
static void test_keep__needs_the_folder_above(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "%s/no/such/file", folder);

	assert_int_equal(live->ops->keep(live, path, "one", true), -ENOENT);
}

static void test_keep__only_on_this_machine(void **state)
{
	const struct root elsewhere = { .ops = live->ops };

	(void)state;

	assert_int_equal(live_keep((struct root *)&elsewhere, path, "one", true),
			 -EOPNOTSUPP);
	assert_int_equal(live_drop((struct root *)&elsewhere, path), -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keep__makes_and_replaces, begin,
						end),
		cmocka_unit_test_setup_teardown(test_keep__drops, begin, end),
		cmocka_unit_test_setup_teardown(test_keep__needs_the_folder_above, begin,
						end),
		cmocka_unit_test_setup_teardown(test_keep__only_on_this_machine, begin,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
