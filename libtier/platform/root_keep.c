// SPDX-License-Identifier: LGPL-2.1-or-later
// A file of our own is written beside its place and then put there, so that whoever reads
// it finds it whole. Knows nothing of what is in it.
#include "root_keep.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform.h"
#include "write_all.h"

/* Its folder alone: those above it are the system's. */
static int make_folder(const char *path)
{
	SCOPED_STRBUF struct strbuf folder = { 0 };
	int ret = strbuf_add(&folder, path, (size_t)(strrchr(path, '/') - path));

	if (ret)
		return ret;
	return mkdir(folder.text, 0755) && errno != EEXIST ? -errno : 0;
}

/* Ours alone, whoever else writes at the same time. */
static int write_new(const char *path, const char *text)
{
	SCOPED_FD int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	return write_all(fd, text, strlen(text));
}

/* link() is the one that minds what is there. */
static int put_in_place(const char *beside, const char *path, bool only_new)
{
	if (!only_new)
		return rename(beside, path) ? -errno : 0;
	if (link(beside, path))
		return -errno;
	unlink(beside);
	return 0;
}

int live_keep(struct root *root, const char *path, const char *text, bool only_new)
{
	SCOPED_STRBUF struct strbuf beside = { 0 };
	int ret;

	if (!root->is_live)
		return -EOPNOTSUPP;
	ret = strbuf_printf(&beside, "%s.%ld", path, (long)getpid());
	if (!ret)
		ret = make_folder(path);
	if (ret)
		return ret;
	/* Of somebody with our number who died. */
	unlink(beside.text);
	ret = write_new(beside.text, text);
	if (!ret)
		ret = put_in_place(beside.text, path, only_new);
	if (ret)
		unlink(beside.text);
	return ret;
}

int live_drop(struct root *root, const char *path)
{
	if (!root->is_live)
		return -EOPNOTSUPP;
	return unlink(path) ? -errno : 0;
}
