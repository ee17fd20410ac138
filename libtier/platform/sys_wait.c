// SPDX-License-Identifier: LGPL-2.1-or-later
// Children that do what may take long: a write that the kernel does not come back from,
// and modprobe. Knows neither which file it is nor what is loaded.
#include "sys_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often it is looked for a signal meanwhile. */
#define LOOK_MS 50

/* Enough for what modprobe has to say. */
#define WORDS_BYTES 400

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- a write ------------------------------------------------------------------------- */

/* The child has a copy of all memory and locks that others may hold: system calls only. */
static void write_and_exit(int fd, const char *text, size_t len)
{
	ssize_t put = write(fd, text, len);
	int error = put < 0 ? errno : 0;

	if (put >= 0 && (size_t)put != len)
		error = EIO;
	/* The child's end, which is not the caller's. */
	syscall(SYS_exit_group, error < 256 ? error : EIO);
}

/* 0: the child has ended; -ETIMEDOUT, -EINTR. */
static int wait_for_end(int pidfd, uint64_t limit_ms, int (*stop)(void))
{
	uint64_t end = now_ms() + limit_ms;
	struct pollfd watch = { .fd = pidfd, .events = POLLIN };

	for (;;) {
		int ready = poll(&watch, 1, LOOK_MS);

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -errno;
		if (stop && stop() > 0)
			return -EINTR;
		if (now_ms() >= end)
			return -ETIMEDOUT;
	}
}

/* A child that somebody else has reaped (SIGCHLD ignored) tells nothing: -ECHILD. */
static int reap(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

int wait_for_write(int fd, const char *text, uint64_t limit_ms, int (*stop)(void))
{
	size_t len = strlen(text);
	pid_t child = fork();
	int pidfd, ret, end;

	if (child < 0)
		return -errno;
	if (!child)
		write_and_exit(fd, text, len);
	pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	ret = pidfd < 0 ? -errno : wait_for_end(pidfd, limit_ms, stop);
	if (pidfd >= 0)
		close(pidfd);
	/* Taking memory offline ends at a fatal signal and puts its pages back. */
	if (ret)
		kill(child, SIGKILL);
	end = reap(child);
	/* It may have been done just then. */
	return ret && end == -EINTR ? ret : end;
}

/* ---- modprobe -------------------------------------------------------------------------- */

static void read_words(int fd, struct strbuf *words)
{
	char text[WORDS_BYTES];
	size_t len = 0;
	ssize_t got;

	/* To its end, or modprobe is stopped by a pipe that nobody reads. */
	while ((got = read(fd, text + len, sizeof(text) - len)) != 0) {
		if (got < 0 && errno != EINTR)
			break;
		if (got > 0)
			len += (size_t)got;
		if (len == sizeof(text))
			len = sizeof(text) / 2;
	}
	while (len && text[len - 1] == '\n')
		len--;
	/* Without room for them there are none. */
	(void)!strbuf_add(words, text, len);
}

static int start(pid_t *child, const char *const *args, int out)
{
	static const char *const programs[] = { "/sbin/modprobe", "/usr/sbin/modprobe" };
	const char *argv[8] = { "modprobe" };
	posix_spawn_file_actions_t actions;
	int ret = posix_spawn_file_actions_init(&actions);

	if (ret)
		return -ret;
	for (size_t i = 0; args[i] && i + 2 < ARRAY_SIZE(argv); i++)
		argv[i + 1] = args[i];
	ret = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!ret)
		ret = posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	if (!ret)
		ret = ENOENT;
	for (size_t i = 0; ret == ENOENT && i < ARRAY_SIZE(programs); i++)
		ret = posix_spawn(child, programs[i], &actions, NULL, (char *const *)argv,
				  environ);
	posix_spawn_file_actions_destroy(&actions);
	return -ret;
}

int wait_for_modprobe(const char *const *args, struct strbuf *words)
{
	int ends[2], ret;
	pid_t child = -1;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	ret = start(&child, args, ends[1]);
	close(ends[1]);
	if (!ret)
		read_words(ends[0], words);
	close(ends[0]);
	if (ret)
		return ret;
	return reap(child) ? -ENODEV : 0;
}
