// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run a command on a terminal of its own and copy what it prints there to standard output; its
 * exit status is passed on; -a: and type a line of ANSWER there. Must not know what runs.
 *
 *   onpty [-a ANSWER] COMMAND...
 */
#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define USAGE "usage: onpty [-a ANSWER] COMMAND...\n"

static int type_line(int terminal, const char *text)
{
	const size_t len = strlen(text);

	return write(terminal, text, len) == (ssize_t)len &&
			       write(terminal, "\n", 1) == 1 ?
		       0 :
		       -1;
}

int main(int argc, char **argv)
{
	int terminal, status, option;
	const char *answer = NULL;
	char text[4096];
	ssize_t len;
	pid_t child;

	while ((option = getopt(argc, argv, "+a:")) != -1) {
		if (option != 'a')
			return fputs(USAGE, stderr), 2;
		answer = optarg;
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
	/* The other end is closed: EIO. */
	while ((len = read(terminal, text, sizeof(text))) > 0)
		if (write(STDOUT_FILENO, text, (size_t)len) != len)
			return 125;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
