// SPDX-License-Identifier: GPL-2.0-or-later
// What a person may name as a root, and the words for all that he may not.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "child.h"
#include "fault.h"
#include "platform.h"
#include "tree.h"
#include "unit.h"

static char folder[TREE_PATH];

static int make_folder(void **state)
{
	(void)state;
	tree_make(folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	tree_remove(folder);
	return 0;
}

/* FOLDER/file with these bytes. */
static const char *file_with(const char *bytes, size_t len)
{
	static char path[TREE_PATH + 8];
	int fd;

	snprintf(path, sizeof(path), "%s/file", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
	return path;
}

static void test_root__opens_a_capture(void **state)
{
	static const char text[] = "tierkit-capture 1\nfile /a\n\tone\n";
	struct root *root;

	(void)state;

	assert_int_equal(root_open(file_with(text, sizeof(text) - 1), &root, NULL), 0);
	assert_false(root->is_live);
	root_close(root);
}

static int write_pipe(void *arg)
{
	static const char text[] = "tierkit-capture 1\nfile /a\n\tone\n";
	int fd = open(arg, O_WRONLY);
	ssize_t written = write(fd, text, sizeof(text) - 1);

	close(fd);
	return written != sizeof(text) - 1;
}

static int read_pipe(void *arg)
{
	struct root *root;

	if (root_open(arg, &root, NULL))
		return 1;
	root_close(root);
	return 0;
}

/* As in --root <(xzcat machine.xz). */
static void test_root__opens_a_pipe(void **state)
{
	char path[TREE_PATH + 8];
	pid_t writer;

	(void)state;
	snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	writer = fork();
	assert_true(writer >= 0);
	if (!writer)
		_exit(write_pipe(path));

	assert_int_equal(in_child(read_pipe, path), 0);
}

static void test_root__says_what_a_file_is_instead(void **state)
{
	static const char tar[300] = "name";
	static const struct {
		const char *bytes;
		size_t len;
		const char *words;
	} rows[] = {
		{ "", 0, "is an empty file" },
		{ "\n", 1, "is some other text" },
		{ "hello\n", 6, "is some other text" },
		{ "0-3\0\0", 5, "is a binary file" },
		{ "\0", 1, "is a binary file" },
		{ "\x1f\x8b\x08", 3, "gzip" },
		{ "\xfd"
		  "7zXZ\0",
		  6, "xz" },
		{ "\x28\xb5\x2f\xfd", 4, "zstd" },
		{ "BZh9", 4, "bzip2" },
		{ "PK\x03\x04", 4, "zip archive" },
		{ "\x7f"
		  "ELF\x02",
		  5, "is a program" },
		{ "#!/bin/sh\n", 10, "is a script" },
		{ "{\"schema\": 1}\n", 14, "is JSON" },
		{ "<?xml version=\"1.0\"?>\n<topology>", 32, "hwloc's XML" },
		{ "<topology version=\"2.0\">", 24, "hwloc's XML" },
		{ "<?xml version=\"1.0\"?>\n<html>", 28, "is XML" },
		{ "tierkit-captur", 14, "is some other text" },
		{ tar, sizeof(tar), "is a binary file" },
	};

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_diag diag = { 0 };
		struct root *root;

		assert_int_equal(root_open(file_with(rows[i].bytes, rows[i].len), &root,
					   &diag),
				 -EINVAL);
		assert_says(diag.message, rows[i].words);
		assert_says(diag.message, "'tierkit-capture 1'");
	}
}

static void test_root__knows_a_tar_archive(void **state)
{
	struct tier_diag diag = { 0 };
	char tar[512] = "sys/devices/system/node/online";
	struct root *root;

	(void)state;
	memcpy(tar + 257, "ustar", sizeof("ustar"));

	assert_int_equal(root_open(file_with(tar, sizeof(tar)), &root, &diag), -EINVAL);
	assert_says(diag.message, "tar archive");
}

static void test_root__passes_on_the_parser_s_words(void **state)
{
	static const char text[] = "tierkit-capture 1\nfile /a\n\tone\nrubbish\n";
	struct tier_diag diag = { 0 };
	struct root *root;

	(void)state;

	assert_int_equal(root_open(file_with(text, sizeof(text) - 1), &root, &diag),
			 -EINVAL);
	assert_int_equal(diag.line, 4);
	assert_int_equal(diag.column, 1);
}

static void test_root__refuses_other_things(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct tier_diag diag = { 0 };
	struct root *root;
	int fd;

	(void)state;

	assert_int_equal(root_open("/dev/null", &root, &diag), -EINVAL);
	assert_says(diag.message, "neither a directory nor a file");
	assert_int_equal(root_open("/nonexistent/file", &root, &diag), -ENOENT);
	assert_true(diag.message[0]);
	assert_int_equal(root_open("", &root, &diag), -ENOENT);

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.90s/socket", folder);
	if (!bind(fd, (struct sockaddr *)&address, sizeof(address)))
		assert_int_equal(root_open(address.sun_path, &root, &diag), -EINVAL);
	close(fd);
}

static void test_root__refuses_what_is_too_large(void **state)
{
	const char *path = file_with("tierkit-capture 1\n", 18);
	struct tier_diag diag = { 0 };
	struct root *root;

	(void)state;
	assert_int_equal(truncate(path, ROOT_FILE_MAX + 1), 0);

	assert_int_equal(root_open(path, &root, &diag), -EFBIG);
	assert_true(diag.message[0]);
}

static void test_root__closing_nothing_is_allowed(void **state)
{
	(void)state;

	root_close(NULL);
}

static int open_and_close(void *arg)
{
	struct tier_diag diag = { 0 };
	struct root *root = NULL;
	int ret = root_open(arg, &root, &diag);

	if (ret)
		return diag.message[0] ? ret : 1;
	root_close(root);
	return 0;
}

/* Each failure has its words. */
static void test_root__survives_faults(void **state)
{
	static const char text[] = "tierkit-capture 1\nfile /a\n\tone\n";
	char path[TREE_PATH + 8];

	(void)state;
	snprintf(path, sizeof(path), "%s", file_with(text, sizeof(text) - 1));

	assert_int_equal(fault_each(open_and_close, NULL), 1);
	assert_true(fault_each(open_and_close, path) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root__opens_a_capture),
		cmocka_unit_test(test_root__opens_a_pipe),
		cmocka_unit_test(test_root__says_what_a_file_is_instead),
		cmocka_unit_test(test_root__knows_a_tar_archive),
		cmocka_unit_test(test_root__passes_on_the_parser_s_words),
		cmocka_unit_test(test_root__refuses_other_things),
		cmocka_unit_test(test_root__refuses_what_is_too_large),
		cmocka_unit_test(test_root__closing_nothing_is_allowed),
		cmocka_unit_test(test_root__survives_faults),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
