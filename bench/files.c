// SPDX-License-Identifier: GPL-2.0-or-later
// Files of results: read, written whole, and kept. Knows no benchmark.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmds.h"
#include "files.h"
#include "write_all.h"

int read_all(int fd, struct strbuf *text)
{
	for (;;) {
		ssize_t got;
		int ret = strbuf_reserve(text, 65536);

		if (ret)
			return ret;
		got = read(fd, text->text + text->len, 65536);
		if (got < 0 && errno == EINTR && !interrupted())
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			return 0;
		text->len += (size_t)got;
		text->text[text->len] = '\0';
		if (text->len > RESULT_MOST_BYTES)
			return -EFBIG;
	}
}

static int read_text(const char *path, struct strbuf *text)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat facts;

	if (fd < 0 || fstat(fd, &facts))
		return -errno;
	if (!S_ISREG(facts.st_mode))
		return S_ISDIR(facts.st_mode) ? -EISDIR : -EINVAL;
	return read_all(fd, text);
}

int load_run(const char *path, struct run *run)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct tier_diag diag = { 0 };
	int ret = read_text(path, &text);

	*run = (struct run){ 0 };
	if (ret)
		return say(STATUS_FAILED, path, "cannot be read: %s", strerror(-ret));
	ret = result_from_json(strbuf_text(&text), text.len, run, &diag);
	if (!ret)
		return STATUS_DONE;
	return say(STATUS_USAGE, path, "no result of tierbench: %s",
		   diag.message[0] ? diag.message : tier_strerror(ret));
}

/* Beside it first, so that nobody ever finds half a file. */
static int replace_file(const char *path, const char *text, size_t len)
{
	char beside[PATH_MAX];
	int fd, ret;

	if (snprintf(beside, sizeof(beside), "%s.%d.new", path, (int)getpid()) >=
	    (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, len);
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && rename(beside, path))
		ret = -errno;
	if (ret)
		(void)unlink(beside);
	return ret;
}

/* A device or a pipe is there to be written to; a file in its place would be the end of it. */
static int write_into(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), ret;

	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, len);
	return close(fd) && !ret ? -errno : ret;
}

/* A link stays one: what it leads to is written. */
static int put_file(const char *path, const char *text, size_t len)
{
	char target[PATH_MAX];
	struct stat facts;

	if (!stat(path, &facts) && !S_ISREG(facts.st_mode))
		return write_into(path, text, len);
	return replace_file(realpath(path, target) ? target : path, text, len);
}

int write_file(const char *path, const char *text, size_t len)
{
	int ret = put_file(path, text, len);

	return ret ? say(ret == -EACCES || ret == -EPERM || ret == -EROFS ?
				 STATUS_NOT_PERMITTED :
				 STATUS_FAILED,
			 path, "cannot be written: %s", strerror(-ret)) :
		     STATUS_DONE;
}

/* ---- where results are kept ------------------------------------------------------------ */

/* Each part of a path that is not there. */
static int make_folders(char *path)
{
	for (char *at = path + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		if (mkdir(path, 0755) && errno != EEXIST) {
			int error = errno;

			*at = '/';
			return -error;
		}
		*at = '/';
	}
	return 0;
}

/* root's are the machine's, anybody else's his own (XDG base directories, which have an empty
 * variable, and one without a slash before, be as none). */
static int state_path(const char *name, char *path, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int len;

	if (state && state[0] == '/')
		len = snprintf(path, size, "%s/tierkit/%s", state, name);
	else if (!geteuid())
		len = snprintf(path, size, "/var/lib/tierkit/%s", name);
	else if (home && home[0] == '/')
		len = snprintf(path, size, "%s/.local/state/tierkit/%s", home, name);
	else
		return -ENOENT;
	return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : 0;
}

/* Where a name is kept, and its folder. */
static int find_place(const char *name, char path[PATH_MAX])
{
	int ret = state_path(name, path, PATH_MAX);

	return ret ? ret : make_folders(path);
}

/* -EEXIST: it is another's. */
static int take_name(const char *path)
{
	SCOPED_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	return fd < 0 ? -errno : 0;
}

/* `what` is kept there, or why it is not. */
static int say_kept(const char *what, const char *path, int ret)
{
	return ret ? say(STATUS_DONE, "note", "%s not kept: %s", what, strerror(-ret)) :
		     say(STATUS_DONE, "note", "%s kept in %s", what, path);
}

/* Runs that began in the same second. */
#define SAME_DATE_MOST 100

int keep_result(const char *date, const char *text, size_t len)
{
	char name[ROW_WORD_BYTES + 32], path[PATH_MAX], more[16] = "";
	int ret = -EEXIST;

	for (int i = 2; ret == -EEXIST && i <= SAME_DATE_MOST; i++) {
		(void)snprintf(name, sizeof(name), "bench/%s%s.json", date, more);
		(void)snprintf(more, sizeof(more), "-%d", i);
		ret = find_place(name, path);
		if (!ret)
			ret = take_name(path);
	}
	if (!ret) {
		ret = replace_file(path, text, len);
		if (ret)
			(void)unlink(path);
	}
	return say_kept("the result is", path, ret);
}

int keep_measured(const char *text, size_t len)
{
	char path[PATH_MAX];
	int ret = find_place("measured", path);

	if (!ret)
		ret = replace_file(path, text, len);
	return say_kept("figures for tierctl show are", path, ret);
}
