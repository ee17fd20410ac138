// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl capture: this machine's description as one text file, whole or not at all.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "cmd.h"
#include "cmds.h"
#include "write_all.h"

static struct {
	bool force;
} options;

static const struct opt capture_opts[] = {
	{ "force", NULL, "replace FILE if it exists and is a regular file",
	  .offset = offsetof(typeof(options), force) },
	{ 0 },
};

static int fail(struct ctl *ctl, const char *object, const char *what, int error)
{
	const struct fault fault = { 0, object, what };

	return ctl_fail_system(ctl, &fault, error);
}

/* Collected in memory first: a capture that breaks off halfway never reaches anybody. */
static int collect(struct ctl *ctl, int *memory)
{
	int ret;

	*memory = memfd_create("capture", MFD_CLOEXEC);
	if (*memory < 0)
		return fail(ctl, "capture", "collect", -errno);
	ret = tier_ctx_capture(ctl->ctx, *memory);
	if (ret < 0)
		return fail(ctl, "capture", "collect", ret);
	return lseek(*memory, 0, SEEK_SET) ? fail(ctl, "capture", "collect", -errno) : 0;
}

static int copy(int from, int to)
{
	char block[1 << 16];
	ssize_t len;
	int ret;

	while ((len = read(from, block, sizeof(block))) != 0) {
		if (len < 0)
			return -errno;
		ret = write_all(to, block, (size_t)len);
		if (ret)
			return ret;
	}
	return 0;
}

static int to_stdout(struct ctl *ctl, int memory)
{
	int ret;

	signal(SIGPIPE, SIG_IGN);
	ret = copy(memory, STDOUT_FILENO);
	return ret ? fail(ctl, "stdout", "write", ret) : STATUS_DONE;
}

/* Give the finished file its name. Without --force, never over another one. */
static int publish(const char *temporary, const char *path)
{
	if (options.force)
		return rename(temporary, path) ? -errno : 0;
	if (!renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* A file system that cannot do it in one step: link() refuses as well. */
	if (link(temporary, path))
		return -errno;
	unlink(temporary);
	return 0;
}

/* mkostemp() leaves 0600; a capture is an ordinary file, as far as the umask lets it. */
static int as_umask_allows(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, 0666 & ~mask) ? -errno : 0;
}

static int write_and_publish(int memory, char *temporary, const char *path)
{
	SCOPED_FD int fd = mkostemp(temporary, O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = copy(memory, fd);
	if (!ret)
		ret = as_umask_allows(fd);
	if (!ret && fsync(fd))
		ret = -errno;
	if (!ret)
		ret = publish(temporary, path);
	if (ret)
		unlink(temporary);
	return ret;
}

/* The moment between the temporary file and its name is short; no signal cuts it. */
static int to_file(struct ctl *ctl, int memory, const char *path)
{
	SCOPED_FREE char *temporary = NULL;
	const struct fault exists = { STATUS_FAILED, path, "write" };
	sigset_t all, before;
	int ret;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return fail(ctl, path, "write", -ENOMEM);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	ret = write_and_publish(memory, temporary, path);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (ret == -EEXIST)
		return err_say(ctl, &exists, "the file exists; --force replaces it");
	return ret ? fail(ctl, path, "write", ret) : STATUS_DONE;
}

static bool is_stdout(char *const *operands)
{
	return !operands[0] || !strcmp(operands[0], "-");
}

static int capture_check(struct ctl *ctl, char **operands)
{
	const struct fault terminal = { STATUS_USAGE, "capture", "stdout" };
	const struct fault exists = { STATUS_FAILED, operands[0], "write" };
	struct stat info;
	bool is_there;

	if (is_stdout(operands))
		return isatty(STDOUT_FILENO) ?
			       err_say(ctl, &terminal,
				       "is a terminal; name a file, or pipe it somewhere") :
			       STATUS_DONE;
	is_there = !lstat(operands[0], &info);
	if (is_there && !options.force)
		return err_say(ctl, &exists, "the file exists; --force replaces it");
	/* A new file in place of /dev/null or /dev/stdout would be a disaster for all. */
	if (is_there && !S_ISREG(info.st_mode))
		return err_say(ctl, &exists, "is no regular file, so it is not replaced");
	return STATUS_DONE;
}

static int capture_run(struct ctl *ctl, char **operands)
{
	SCOPED_FD int memory = -1;
	int status = collect(ctl, &memory);

	if (status)
		return status;
	return is_stdout(operands) ? to_stdout(ctl, memory) :
				     to_file(ctl, memory, operands[0]);
}

const struct cmd cmd_capture = {
	.name = "capture",
	.summary = "write this machine's description as one readable file",
	.usage = "[--force] [FILE]",
	.about = "The file holds what discovery reads: an allow-list of files below /sys and "
		 "/proc, and hwloc's XML. No host name, serial number or process is in it. "
		 "--root reads it back on any machine, so it is all that a bug report needs.",
	.operands = "FILE",
	.completes = "_tierctl_files",
	.opts = capture_opts,
	.values = &options,
	.flags = CMD_NEEDS_CONTEXT,
	.operands_max = 1,
	.check = capture_check,
	.run = capture_run,
	.examples = {
		{ "tierctl capture myhost.capture", "Write a new file; an existing one stays." },
		{ "tierctl --root myhost.capture show --explain", "Look at it, anywhere." },
		{ "ssh server tierctl capture > server.capture",
		  "Another machine's, without copying files." },
	},
};
