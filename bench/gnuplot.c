// SPDX-License-Identifier: GPL-2.0-or-later
// Runs gnuplot, by files and not by pipes, so that neither side waits for the other.
#include "gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

#include "write_all.h"

static int add_actions(posix_spawn_file_actions_t *actions, int from, int to)
{
	int error = posix_spawn_file_actions_adddup2(actions, from, STDIN_FILENO);

	if (!error)
		error = posix_spawn_file_actions_adddup2(actions, to, STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_addopen(actions, STDERR_FILENO,
							 "/dev/null", O_WRONLY, 0);
	return -error;
}

/* No file of the user's own is read: it may draw what it likes. */
static int start(int from, int to, pid_t *pid)
{
	char name[] = "gnuplot", plain[] = "--default-settings", input[] = "-";
	char *argv[] = { name, plain, input, NULL };
	posix_spawn_file_actions_t actions;
	int ret = -posix_spawn_file_actions_init(&actions);

	if (ret)
		return ret;
	ret = add_actions(&actions, from, to);
	if (!ret)
		ret = -posix_spawnp(pid, name, &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return ret;
}

static int finish(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

static int read_all(int fd, struct strbuf *out)
{
	size_t before = out->len;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	for (;;) {
		int ret = strbuf_reserve(out, 65536);
		ssize_t got = ret ? 0 : read(fd, out->text + out->len, 65536);

		if (ret || got < 0)
			return ret ? ret : -errno;
		if (!got)
			return out->len > before ? 0 : -EIO;
		out->len += (size_t)got;
		out->text[out->len] = '\0';
	}
}

static int draw(int from, int to, const struct strbuf *commands, struct strbuf *picture)
{
	int ret = write_all(from, strbuf_text(commands), commands->len);
	pid_t pid;

	if (!ret && lseek(from, 0, SEEK_SET) < 0)
		ret = -errno;
	if (!ret)
		ret = start(from, to, &pid);
	if (!ret)
		ret = finish(pid);
	return ret ? ret : read_all(to, picture);
}

int gnuplot_draw(const struct strbuf *commands, struct strbuf *picture)
{
	FILE *from = tmpfile(), *to = tmpfile();
	int ret = from && to ? draw(fileno(from), fileno(to), commands, picture) : -errno;

	if (from)
		(void)fclose(from);
	if (to)
		(void)fclose(to);
	return ret;
}
