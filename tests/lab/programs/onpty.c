// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run a command on a terminal of its own and copy what it prints there to standard output; its
 * exit status is passed on; -a: and type a line of ANSWER there; -i: and what comes on standard
 * input, as it comes. Must not know what runs.
 *
 *   onpty [-i] [-a ANSWER] COMMAND...
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define USAGE "usage: onpty [-i] [-a ANSWER] COMMAND...\n"

static int type_line(int terminal, const char *text)
{
	const size_t len = strlen(text);

	return write(terminal, text, len) == (ssize_t)len &&
			       write(terminal, "\n", 1) == 1 ?
		       0 :
		       -1;
}

#define NOT_PASSED (-2)

/* 0 or -1: there is no more, as of a terminal whose other end is closed (EIO). */
static ssize_t pass(int from, int to)
{
	char text[4096];
	ssize_t len = read(from, text, sizeof(text));

	return len > 0 && write(to, text, (size_t)len) != len ? NOT_PASSED : len;
}

static int pass_all(int terminal, int is_typing)
{
	struct pollfd ends[] = { { terminal, POLLIN, 0 },
				 { is_typing ? STDIN_FILENO : -1, POLLIN, 0 } };
	ssize_t len = 1;

	while (len > 0) {
		if (poll(ends, 2, -1) < 0 && errno != EINTR)
			return -1;
		if (ends[1].revents && pass(STDIN_FILENO, terminal) <= 0)
			ends[1].fd = -1;
		if (ends[0].revents)
			len = pass(terminal, STDOUT_FILENO);
	}
	return len == NOT_PASSED ? -1 : 0;
}

int main(int argc, char **argv)
{
	int terminal, status, option, is_typing = 0;
	const char *answer = NULL;
	pid_t child;

	while ((option = getopt(argc, argv, "+ia:")) != -1) {
		if (option == 'i')
			is_typing = 1;
		else if (option == 'a')
			answer = optarg;
		else
			return fputs(USAGE, stderr), 2;
	}
	argv += optind;
	if (!*argv)
		return fputs(USAGE, stderr), 2;
	child = forkpty(&terminal, NULL, NULL, NULL);
	if (child < 0)
		return perror("onpty: forkpty"), 125;
	if (!child) {
		execvp(*argv, argv);
		perror(*argv);
		_exit(127);
	}
	if (answer && type_line(terminal, answer))
		return perror("onpty: write"), 125;
	if (pass_all(terminal, is_typing))
		return perror("onpty"), 125;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
