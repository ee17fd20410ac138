// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run a command on a terminal of its own and copy what it prints there to standard output; its
 * exit status is passed on. Must not know what runs.
 *
 *   onpty COMMAND...
 */
#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int terminal, status;
	char text[4096];
	ssize_t len;
	pid_t child;

	if (argc < 2)
		return fputs("usage: onpty COMMAND...\n", stderr), 2;
	child = forkpty(&terminal, NULL, NULL, NULL);
	if (child < 0)
		return perror("onpty: forkpty"), 125;
	if (!child) {
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	/* The other end is closed: EIO. */
	while ((len = read(terminal, text, sizeof(text))) > 0)
		if (write(STDOUT_FILENO, text, (size_t)len) != len)
			return 125;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
