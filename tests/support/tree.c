// SPDX-License-Identifier: GPL-2.0-or-later
// Trees of files for tests. Fails the test when it cannot make them.
#include "tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

void tree_make(char *path)
{
	/* In memory where that can be had: many small files. */
	const char *base = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";

	snprintf(path, TREE_PATH, "%s/tierkit-test-XXXXXX", base);
	assert_non_null(mkdtemp(path));
	/* So that a test may look at it with fewer rights. */
	assert_int_equal(chmod(path, 0755), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void tree_remove(const char *path)
{
	assert_int_equal(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755))
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
}

static void write_file(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

void tree_add(const char *folder, const char *name, const char *text)
{
	char path[TREE_PATH];

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, text ? "" : "/");
	make_folders(path);
	if (text)
		write_file(path, text, strlen(text));
}

static void unpack(struct root *root, const char *path, const char *to);

static void unpack_folder(struct root *root, const char *path, const char *to)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	const char *name;

	if (mkdir(to, 0755))
		assert_int_equal(errno, EEXIST);
	if (root->ops->list(root, path, &names))
		return;
	for (size_t at = 0; at < names.len; at += strlen(name) + 1) {
		char inside[TREE_PATH], outside[TREE_PATH];

		name = names.text + at;
		snprintf(inside, sizeof(inside), "%s/%s", strcmp(path, "/") ? path : "",
			 name);
		snprintf(outside, sizeof(outside), "%s/%s", to, name);
		unpack(root, inside, outside);
	}
}

static void unpack(struct root *root, const char *path, const char *to)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = root->ops->readlink(root, path, &text);

	if (!ret) {
		assert_int_equal(symlink(text.text, to), 0);
		return;
	}
	ret = root->ops->read(root, path, &text);
	if (!ret)
		write_file(to, strbuf_text(&text), text.len);
	else if (ret == -EISDIR)
		unpack_folder(root, path, to);
}

void tree_unpack(struct root *root, const char *folder)
{
	unpack_folder(root, "/", folder);
}

void tree_read(const char *path, struct strbuf *out)
{
	FILE *file = fopen(path, "rb");
	size_t got;

	assert_non_null(file);
	do {
		assert_int_equal(strbuf_reserve(out, 65536), 0);
		got = fread(out->text + out->len, 1, 65536, file);
		strbuf_truncate(out, out->len + got);
	} while (got);
	fclose(file);
}

int each_fixture(void (*work)(const char *name, struct root *root, void *arg), void *arg)
{
	DIR *dir = opendir(TEST_FIXTURES);
	struct dirent *entry;
	int count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char path[TREE_PATH];
		struct tier_diag diag;
		struct root *root;

		snprintf(path, sizeof(path), TEST_FIXTURES "/%s/capture", entry->d_name);
		if (entry->d_name[0] == '.' || access(path, R_OK))
			continue;
		if (root_open(path, &root, &diag))
			fail_msg("%s:%u:%u: %s", path, diag.line, diag.column,
				 diag.message);
		work(entry->d_name, root, arg);
		root_close(root);
		count++;
	}
	closedir(dir);
	return count;
}
