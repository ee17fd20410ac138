// SPDX-License-Identifier: LGPL-2.1-or-later
// A root that is a directory: this machine's own "/", or one that nothing leads
// out of. Knows no path below it.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "diag.h"
#include "errors.h"
#include "path_walk.h"
#include "platform.h"
#include "root_keep.h"
#include "sys_wait.h"

/* Most files of /sys are smaller, and its reads end at a page anyway. */
#define READ_BYTES 4096

/* A rename below us makes openat2 give up; more than this is no coincidence. */
#define OPEN_ATTEMPTS 16

struct root_dir {
	struct root root;
	int fd; /* of the directory; -1 for this machine */
};

/* As the kernel resolves it on this machine; links kept inside elsewhere. */
static int open_below(const struct root *root, const char *path, int flags)
{
	const struct root_dir *dir = (const struct root_dir *)root;
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	if (root->is_live) {
		fd = open(path, flags | O_CLOEXEC);
		return fd < 0 ? -errno : (int)fd;
	}
	for (int attempt = 0; attempt < OPEN_ATTEMPTS; attempt++) {
		fd = syscall(SYS_openat2, dir->fd, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd < 0 ? -errno : (int)fd;
}

/* Opening a FIFO may wait and opening a device may act, so neither is opened. */
static int check_regular(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return S_ISREG(st.st_mode) ? 0 : -EINVAL;
}

static bool is_kernel_file(const struct root *root, const char *path)
{
	return root->is_live &&
	       (!strncmp(path, "/sys/", 5) || !strncmp(path, "/proc/", 6));
}

/* /sys and /proc of a running machine hold neither FIFOs nor devices, and there
 * each system call counts: `tierctl run` opens some sixty files. */
static int open_file(const struct root *root, const char *path)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
	int fd, ret;

	if (is_kernel_file(root, path))
		return open_below(root, path, flags);
	fd = open_below(root, path, O_PATH);
	if (fd < 0)
		return fd;
	ret = check_regular(fd);
	close(fd);
	if (ret)
		return ret;
	fd = open_below(root, path, flags);
	if (fd < 0)
		return fd;
	ret = check_regular(fd);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/* The size that a file of /sys or /proc reports means nothing: read to the end. */
static int read_all(int fd, struct strbuf *out)
{
	size_t start = out->len;

	for (;;) {
		ssize_t got;
		int ret = strbuf_reserve(out, READ_BYTES);

		if (ret)
			return ret;
		got = read(fd, out->text + out->len, out->size - out->len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		strbuf_truncate(out, out->len + (size_t)got);
		if (out->len - start > ROOT_FILE_MAX)
			return -EFBIG;
	}
}

static int dir_read(struct root *root, const char *path, struct strbuf *out)
{
	SCOPED_FD int fd = open_file(root, path);
	size_t before = out->len;
	int ret;

	if (fd < 0)
		return fd;
	ret = read_all(fd, out);
	if (ret)
		strbuf_truncate(out, before);
	return ret;
}

static int collect_names(int fd, struct strbuf *names, size_t *count)
{
	char entries[8192] __attribute__((aligned(8)));
	ssize_t got;

	while ((got = getdents64(fd, entries, sizeof(entries))) > 0) {
		for (ssize_t at = 0; at < got;) {
			const struct dirent64 *entry = (const void *)(entries + at);
			int ret;

			at += entry->d_reclen;
			if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
				continue;
			ret = strbuf_add(names, entry->d_name, strlen(entry->d_name) + 1);
			if (ret)
				return ret;
			++*count;
		}
	}
	return got < 0 ? -errno : 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_sorted(const struct strbuf *names, size_t count, struct strbuf *out)
{
	SCOPED_FREE char **sorted = NULL;
	char *name = names->text;
	int ret;

	if (!count)
		return 0;
	/* One block for all of it, so that nothing fails half way. */
	ret = strbuf_reserve(out, names->len);
	if (ret)
		return ret;
	sorted = calloc(count, sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		sorted[i] = name;
		name += strlen(name) + 1;
	}
	qsort(sorted, count, sizeof(*sorted), compare_names);
	for (size_t i = 0; !ret && i < count; i++)
		ret = strbuf_add(out, sorted[i], strlen(sorted[i]) + 1);
	return ret;
}

static int dir_list(struct root *root, const char *path, struct strbuf *out)
{
	SCOPED_FD int fd = open_below(root, path, O_RDONLY | O_DIRECTORY);
	SCOPED_STRBUF struct strbuf names = { 0 };
	size_t count = 0;
	int ret;

	if (fd < 0)
		return fd;
	ret = collect_names(fd, &names, &count);
	return ret ? ret : add_sorted(&names, count, out);
}

/* Length of the target, as readlink(2). */
static ssize_t link_target(const struct root *root, const char *path, char *target,
			   size_t size)
{
	SCOPED_FD int fd = -1;
	ssize_t len;
	struct stat st;

	if (root->is_live) {
		len = readlink(path, target, size);
		return len < 0 ? -errno : len;
	}
	fd = open_below(root, path, O_PATH | O_NOFOLLOW);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st))
		return -errno;
	if (!S_ISLNK(st.st_mode))
		return -EINVAL;
	len = readlinkat(fd, "", target, size);
	return len < 0 ? -errno : len;
}

static int dir_readlink(struct root *root, const char *path, struct strbuf *out)
{
	char target[PATH_MAX];
	ssize_t len = link_target(root, path, target, sizeof(target));

	if (len < 0)
		return (int)len;
	if ((size_t)len == sizeof(target))
		return -ENAMETOOLONG;
	return strbuf_add(out, target, (size_t)len);
}

static int walk_readlink(void *arg, const char *path, struct strbuf *target)
{
	return dir_readlink(arg, path, target);
}

static int dir_realpath(struct root *root, const char *path, struct strbuf *out)
{
	return path_walk(walk_readlink, root, path, out);
}

/* A file of /sys or /proc takes a value in one write or not at all. */
static int dir_write(struct root *root, const char *path, const char *text)
{
	SCOPED_FD int fd = -1;
	size_t len = strlen(text);
	ssize_t put;

	if (!root->is_live)
		return -EOPNOTSUPP;
	fd = open_below(root, path, O_WRONLY | O_NOCTTY);
	if (fd < 0)
		return fd;
	put = write(fd, text, len);
	if (put < 0)
		return -errno;
	return (size_t)put == len ? 0 : -EIO;
}

static int dir_write_for(struct root *root, const char *path, const char *text,
			 uint64_t limit_ms, int (*stop)(void))
{
	SCOPED_FD int fd = -1;

	if (!root->is_live)
		return -EOPNOTSUPP;
	fd = open_below(root, path, O_WRONLY | O_NOCTTY);
	return fd < 0 ? fd : wait_for_write(fd, text, limit_ms, stop);
}

static void dir_close(struct root *root)
{
	struct root_dir *dir = (struct root_dir *)root;

	if (dir->fd >= 0)
		close(dir->fd);
	free(dir);
}

static const struct root_ops dir_ops = {
	.read = dir_read,
	.list = dir_list,
	.readlink = dir_readlink,
	.realpath = dir_realpath,
	.write = dir_write,
	.write_for = dir_write_for,
	.keep = live_keep,
	.drop = live_drop,
	.close = dir_close,
};

/* A machine's directory holds both; opening them also shows whether this kernel
 * can keep links inside at all. */
static int check_machine(const struct root *root, struct tier_diag *diag)
{
	static const char *const parts[] = { "/sys", "/proc" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		SCOPED_FD int fd = open_below(root, parts[i], O_PATH | O_DIRECTORY);

		if (fd == -ENOSYS || fd == -EPERM)
			return diag_set(diag, fd,
					"openat2 is %s, so links could lead out of the "
					"directory; use a capture file",
					fd == -EPERM ? "blocked" : "missing");
		if (fd == -ENOENT || fd == -ENOTDIR)
			return diag_set(diag, -EINVAL,
					"is no machine's directory: it has no %s/",
					parts[i] + 1);
		if (fd < 0)
			return diag_set(diag, fd, "%s/: %s", parts[i] + 1,
					errno_words(fd));
	}
	return 0;
}

static int new_dir(const char *path, bool is_live, struct root_dir **out)
{
	struct root_dir *dir = calloc(1, sizeof(*dir));
	int ret;

	if (!dir)
		return -ENOMEM;
	dir->root = (struct root){ .ops = &dir_ops, .is_live = is_live };
	dir->fd = is_live ? -1 : open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!is_live && dir->fd < 0) {
		ret = -errno;
		free(dir);
		return ret;
	}
	*out = dir;
	return 0;
}

int root_dir_open(const char *path, struct root **out, struct tier_diag *diag)
{
	bool is_live = path[0] == '/' && path[strspn(path, "/")] == '\0';
	struct root_dir *dir = NULL;
	int ret;

	ret = new_dir(path, is_live, &dir);
	if (!dir)
		return diag_set(diag, ret, "%s", errno_words(ret));
	if (!is_live)
		ret = check_machine(&dir->root, diag);
	if (ret) {
		dir_close(&dir->root);
		return ret;
	}
	*out = &dir->root;
	return 0;
}
