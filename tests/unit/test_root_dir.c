// SPDX-License-Identifier: GPL-2.0-or-later
// A directory as a root: nothing leads out of it, and nothing in it can hold us up.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "fault.h"
#include "platform.h"
#include "tree.h"
#include "unit.h"

#define NOBODY 65534

/* The folder that the tests share, with a secret beside the root in it. */
static char folder[TREE_PATH];
static char machine[TREE_PATH + 8];

static void add_link(const char *name, const char *target)
{
	char path[2 * TREE_PATH];

	snprintf(path, sizeof(path), "%s/%s", machine, name);
	assert_int_equal(symlink(target, path), 0);
}

static int make_machine(void **state)
{
	char path[2 * TREE_PATH];

	(void)state;
	tree_make(folder);
	snprintf(machine, sizeof(machine), "%s/root", folder);
	tree_add(folder, "secret", "secret\n");
	tree_add(machine, "secret", "inside\n");
	tree_add(machine, "proc/cmdline", "quiet\n");
	tree_add(machine, "sys/devices/d0/size", "4096\n");
	tree_add(machine, "sys/bus/devices", NULL);
	add_link("sys/bus/devices/d0", "../../devices/d0");
	add_link("sys/absolute", "/secret");
	add_link("sys/up", "../../../../../../secret");
	add_link("sys/loop", "loop");
	add_link("sys/fd", "/proc/self/fd/0");
	snprintf(path, sizeof(path), "%s/sys/fifo", machine);
	assert_int_equal(mkfifo(path, 0644), 0);
	snprintf(path, sizeof(path), "%s/sys/huge", machine);
	tree_add(machine, "sys/huge", "");
	assert_int_equal(truncate(path, ROOT_FILE_MAX + 1), 0);
	snprintf(path, sizeof(path), "%s/sys/locked", machine);
	tree_add(machine, "sys/locked", "locked\n");
	assert_int_equal(chmod(path, 0), 0);
	return 0;
}

static int remove_machine(void **state)
{
	(void)state;
	tree_remove(folder);
	return 0;
}

static struct root *open_machine(void)
{
	struct tier_diag diag = { 0 };
	struct root *root = NULL;

	if (root_open(machine, &root, &diag))
		fail_msg("%s: %s", machine, diag.message);
	return root;
}

static void expect_read(struct root *root, const char *path, int result, const char *text)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	int ret = root->ops->read(root, path, &out);

	if (ret != result || strcmp(strbuf_text(&out), text) != 0)
		fail_msg("%s: %d '%s', expected %d '%s'", path, ret, strbuf_text(&out),
			 result, text);
}

static void test_root_dir__reads_inside(void **state)
{
	struct root *root = open_machine();

	(void)state;

	assert_false(root->is_live);
	expect_read(root, "/proc/cmdline", 0, "quiet\n");
	expect_read(root, "/sys/bus/devices/d0/size", 0, "4096\n");
	expect_read(root, "/sys/none", -ENOENT, "");
	expect_read(root, "/proc/cmdline/below", -ENOTDIR, "");
	expect_read(root, "/sys/devices", -EISDIR, "");
	expect_read(root, "/sys/loop", -ELOOP, "");
	root_close(root);
}

/* Links, however they are written, end inside. */
static void test_root_dir__links_never_lead_out(void **state)
{
	struct root *root = open_machine();

	(void)state;

	expect_read(root, "/sys/absolute", 0, "inside\n");
	expect_read(root, "/sys/up", 0, "inside\n");
	expect_read(root, "/sys/fd", -ENOENT, "");
	expect_read(root, "/../secret", 0, "inside\n");
	expect_read(root, "/sys/../../../secret", 0, "inside\n");
	root_close(root);
}

static void test_root_dir__resolves_as_it_reads(void **state)
{
	static const struct {
		const char *path;
		int result;
		const char *text;
	} rows[] = {
		{ "/", 0, "/" },
		{ "/sys/bus/devices/d0", 0, "/sys/devices/d0" },
		{ "/sys/absolute", 0, "/secret" },
		{ "/sys/up", 0, "/secret" },
		{ "/sys/../../proc/cmdline", 0, "/proc/cmdline" },
		{ "/sys/loop", -ELOOP, "" },
		{ "/sys/fd", -ENOENT, "" },
		{ "/sys/none", -ENOENT, "" },
	};
	struct root *root = open_machine();

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SCOPED_STRBUF struct strbuf out = { 0 };

		assert_int_equal(root->ops->realpath(root, rows[i].path, &out),
				 rows[i].result);
		assert_string_equal(strbuf_text(&out), rows[i].text);
	}
	root_close(root);
}

static void test_root_dir__reads_links_as_written(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct root *root = open_machine();

	(void)state;

	assert_int_equal(root->ops->readlink(root, "/sys/up", &out), 0);
	assert_string_equal(out.text, "../../../../../../secret");
	assert_int_equal(root->ops->readlink(root, "/sys/devices", &out), -EINVAL);
	assert_int_equal(root->ops->readlink(root, "/proc/cmdline", &out), -EINVAL);
	assert_int_equal(root->ops->readlink(root, "/sys/none", &out), -ENOENT);
	assert_string_equal(out.text, "../../../../../../secret");
	root_close(root);
}

/* A reader of the FIFO would wait for ever, and a test with it. */
static void test_root_dir__opens_only_files(void **state)
{
	struct root *root = open_machine();

	(void)state;

	expect_read(root, "/sys/fifo", -EINVAL, "");
	root_close(root);
}

static void test_root_dir__refuses_what_is_too_large(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct root *root = open_machine();

	(void)state;
	assert_int_equal(strbuf_puts(&out, "before"), 0);

	assert_int_equal(root->ops->read(root, "/sys/huge", &out), -EFBIG);
	assert_string_equal(out.text, "before");
	root_close(root);
}

static void test_root_dir__tells_missing_rights(void **state)
{
	struct root *root = open_machine();
	bool is_root = geteuid() == 0;

	(void)state;

	if (is_root)
		assert_int_equal(seteuid(NOBODY), 0);
	expect_read(root, "/sys/locked", -EACCES, "");
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	root_close(root);
}

/* More names than one call of the kernel gives, in order. */
static void test_root_dir__lists_many(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct root *root = open_machine();
	const char *before = "", *name;
	int count = 0;

	(void)state;
	for (int i = 0; i < 1500; i++) {
		char file[64];

		snprintf(file, sizeof(file), "sys/many/memory%d", i);
		tree_add(machine, file, "");
	}

	assert_int_equal(root->ops->list(root, "/sys/many", &out), 0);
	for (size_t at = 0; at < out.len; at += strlen(name) + 1) {
		name = out.text + at;
		assert_true(strcmp(before, name) < 0);
		before = name;
		count++;
	}
	assert_int_equal(count, 1500);
	assert_string_equal(before, "memory999");
	root_close(root);
}

static void test_root_dir__lists_only_folders(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct root *root = open_machine();

	(void)state;

	assert_int_equal(root->ops->list(root, "/proc/cmdline", &out), -ENOTDIR);
	assert_int_equal(root->ops->list(root, "/none", &out), -ENOENT);
	assert_int_equal(root->ops->list(root, "/sys/fifo", &out), -ENOTDIR);
	assert_int_equal(root->ops->list(root, "/sys/bus/devices/d0", &out), 0);
	assert_int_equal(out.len, strlen("size") + 1);
	root_close(root);
}

static void test_root_dir__wants_a_machine(void **state)
{
	struct tier_diag diag = { 0 };
	struct root *root;
	char path[2 * TREE_PATH];

	(void)state;

	assert_int_equal(root_open(folder, &root, &diag), -EINVAL);
	assert_says(diag.message, "it has no sys/");
	snprintf(path, sizeof(path), "%s/half", folder);
	tree_add(path, "sys/x", "");
	assert_int_equal(root_open(path, &root, &diag), -EINVAL);
	assert_says(diag.message, "it has no proc/");
}

static int open_without_openat2(void *arg)
{
	struct tier_diag diag = { 0 };
	int error = *(int *)arg;
	struct root *root;

	if (refuse_call(SYS_openat2, error, -1))
		return 2;
	if (root_open(machine, &root, &diag) != -error)
		return 1;
	return !strstr(diag.message, "links could lead out");
}

/* On a kernel that cannot keep links inside, the root is refused with words. */
static void test_root_dir__needs_openat2(void **state)
{
	static int errors[] = { ENOSYS, EPERM };

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		assert_int_equal(in_child(open_without_openat2, &errors[i]), 0);
}

static void test_root_dir__live_is_this_machine(void **state)
{
	static const char *const names[] = { NULL, "/", "//" };

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		SCOPED_STRBUF struct strbuf out = { 0 }, self = { 0 };
		char number[32];
		struct root *root;

		assert_int_equal(root_open(names[i], &root, NULL), 0);
		assert_true(root->is_live);
		assert_int_equal(root->ops->read(root, "/proc/self/status", &out), 0);
		snprintf(number, sizeof(number), "\nPid:\t%d\n", getpid());
		assert_says(out.text, number);
		snprintf(number, sizeof(number), "/proc/%d", getpid());
		assert_int_equal(root->ops->realpath(root, "/proc/self", &self), 0);
		assert_string_equal(self.text, number);
		root_close(root);
	}
}

static int all_operations(void *arg)
{
	struct root *root = NULL;
	int ret = root_open(machine, &root, NULL);

	(void)arg;
	if (ret)
		return ret;
	for (int i = 0; !ret && i < 4; i++) {
		int (*const operations[])(struct root *, const char *,
					  struct strbuf *) = { root->ops->read,
							       root->ops->list,
							       root->ops->readlink,
							       root->ops->realpath };
		static const char *const paths[] = { "/sys/bus/devices/d0/size", "/sys",
						     "/sys/bus/devices/d0",
						     "/sys/bus/devices/d0" };
		SCOPED_STRBUF struct strbuf out = { 0 };

		ret = operations[i](root, paths[i], &out);
	}
	root_close(root);
	return ret;
}

static void test_root_dir__survives_faults(void **state)
{
	(void)state;

	assert_true(fault_each(all_operations, NULL) > 5);
}

/* Only the root that is this machine is written to, and only what is there. */
static void test_root_dir__writes_here_only(void **state)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	char path[2 * TREE_PATH];
	struct root *here, *there;

	(void)state;
	tree_add(folder, "switch", "false\n");
	snprintf(path, sizeof(path), "%s/switch", folder);
	assert_int_equal(root_dir_open("/", &here, NULL), 0);
	assert_int_equal(root_dir_open(machine, &there, NULL), 0);

	assert_int_equal(here->ops->write(here, path, "true\n"), 0);
	assert_int_equal(here->ops->write(here, folder, "true\n"), -EISDIR);
	assert_int_equal(here->ops->write(here, "/dev/full", "true\n"), -ENOSPC);
	assert_int_equal(there->ops->write(there, "/secret", "x"), -EOPNOTSUPP);

	tree_read(path, &text);
	assert_string_equal(strbuf_text(&text), "true\n\n");
	strcat(path, ".none");
	assert_int_equal(here->ops->write(here, path, "x"), -ENOENT);
	root_close(here);
	root_close(there);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_dir__reads_inside),
		cmocka_unit_test(test_root_dir__links_never_lead_out),
		cmocka_unit_test(test_root_dir__resolves_as_it_reads),
		cmocka_unit_test(test_root_dir__reads_links_as_written),
		cmocka_unit_test(test_root_dir__opens_only_files),
		cmocka_unit_test(test_root_dir__refuses_what_is_too_large),
		cmocka_unit_test(test_root_dir__tells_missing_rights),
		cmocka_unit_test(test_root_dir__lists_many),
		cmocka_unit_test(test_root_dir__lists_only_folders),
		cmocka_unit_test(test_root_dir__wants_a_machine),
		cmocka_unit_test(test_root_dir__needs_openat2),
		cmocka_unit_test(test_root_dir__live_is_this_machine),
		cmocka_unit_test(test_root_dir__writes_here_only),
		cmocka_unit_test(test_root_dir__survives_faults),
	};

	return cmocka_run_group_tests(tests, make_machine, remove_machine);
}
