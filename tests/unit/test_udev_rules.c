// SPDX-License-Identifier: GPL-2.0-or-later
// Which rules of udev bring memory online: by how they are written, and in which folder.
#include "udev_rules.h"

#include "fault.h"
#include "machine.h"
#include "unit.h"

#define MEMORY "SUBSYSTEM==\"memory\""
#define WRITES "ATTR{state}=\"online\""
#define LIB    "/usr/lib/udev/rules.d/"

static void test_udev_rules__lines(void **state)
{
	static const struct {
		const char *text;
		const char *wants; /* state; NULL: it is no such rule */
		bool is_plain;
	} rows[] = {
		{ MEMORY ", ACTION==\"add\", ATTR{state}==\"offline\", " WRITES, "online",
		  true },
		{ MEMORY ", ATTR{state}=\"online_movable\"", "online_movable", true },
		{ "ACTION==\"add\", " MEMORY ", ATTR{state}!=\"online\", " WRITES,
		  "online", true },
		{ MEMORY ",\\\n  " WRITES, "online", false },
		{ "SUBSYSTEM == \"memory\", ATTR{state} = \"online\"", "online", false },
		{ WRITES ", " MEMORY, "online", false },
		{ MEMORY ", ATTR{state}==\"online\", RUN+=\"/bin/true\"", NULL, false },
		{ "SUBSYSTEM==\"cpu\", ATTR{state}=\"online\"", NULL, false },
		{ MEMORY ", ATTR{state}=\"offline\"", NULL, false },
		{ "  # " MEMORY ", " WRITES, NULL, false },
		{ MEMORY "\n" WRITES, NULL, false },
		{ "", NULL, false },
	};
	static const struct test_file empty[] = { { LIB "a.rules", "#", 0 }, { 0 } };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct test_file files[] = { { LIB "a.rules", rows[i].text, 0 },
						   { 0 } };
		/* A capture has no lines that end in a backslash. */
		struct root *root = patched_root(files_root(empty), files);
		struct arena arena = { 0 };
		struct udev_rules rules;

		assert_int_equal(udev_rules_read(root, &arena, &rules), 0);
		assert_true(rules.known);
		if (rules.count != (rows[i].wants ? 1u : 0u) ||
		    (rows[i].wants && (strcmp(rules.list[0].state, rows[i].wants) != 0 ||
				       rules.list[0].is_plain != rows[i].is_plain)))
			ROW_FAILS(failures, "%s: %zu\n", rows[i].text, rules.count);
		arena_free(&arena);
		root_close(root);
	}
	assert_rows(failures);
}

/* Of files of one name that in /etc counts, whatever it says. */
static const struct test_file machine[] = {
	{ "/etc/udev/rules.d/a.rules", "# nothing", 0 },
	{ "/run/udev/rules.d/b.rules", MEMORY ", " WRITES, 0 },
	{ LIB "a.rules", MEMORY ", " WRITES, 0 },
	{ LIB "b.rules", MEMORY ", ATTR{state}=\"online_kernel\"", 0 },
	{ LIB "c.rules.off", MEMORY ", " WRITES, 0 },
	{ LIB "d.rules", MEMORY ", " WRITES "\n" MEMORY ", " WRITES, 0 },
	{ 0 },
};

static void test_udev_rules__folders(void **state)
{
	struct root *root = files_root(machine);
	struct arena arena = { 0 };
	struct udev_rules rules;

	(void)state;
	assert_int_equal(udev_rules_read(root, &arena, &rules), 0);
	assert_int_equal(rules.count, 3);
	assert_string_equal(rules.list[0].folder, "/run/udev/rules.d");
	assert_string_equal(rules.list[0].name, "b.rules");
	assert_string_equal(rules.list[0].state, "online");
	assert_string_equal(rules.list[1].name, "d.rules");
	arena_free(&arena);
	root_close(root);
}

static void test_udev_rules__unknown(void **state)
{
	struct root *root = fixture_root("2s-pmem");
	struct arena arena = { 0 };
	struct udev_rules rules;

	(void)state;
	assert_int_equal(udev_rules_read(root, &arena, &rules), 0);
	assert_false(rules.known);
	arena_free(&arena);
	root_close(root);
}

static struct root *kept;

static int read_all(void *arg)
{
	struct root *root = fault_lent_root(kept);
	struct arena arena = { 0 };
	struct udev_rules rules;
	int ret;

	(void)arg;
	if (!root)
		return -ENOMEM;
	ret = udev_rules_read(root, &arena, &rules);
	arena_free(&arena);
	root_close(root);
	/* A file that cannot be read has no rules. */
	return ret == 0 || ret == -ENOMEM ? ret : 1;
}

static void test_udev_rules__survive_faults(void **state)
{
	(void)state;
	kept = files_root(machine);
	assert_true(fault_each(read_all, NULL) > 10);
	root_close(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udev_rules__lines),
		cmocka_unit_test(test_udev_rules__folders),
		cmocka_unit_test(test_udev_rules__unknown),
		cmocka_unit_test(test_udev_rules__survive_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
