// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run a command under a handicap: without any privilege, or with a SIGINT that already waits
 * for it, blocked. Must not know libtier.
 *
 *   handicap user|signal COMMAND...
 */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NOBODY 65534

static int become_nobody(void)
{
	return setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY);
}

/* What is blocked and waits stays so over exec. */
static int be_interrupted(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	return sigprocmask(SIG_BLOCK, &set, NULL) || raise(SIGINT);
}

int main(int argc, char **argv)
{
	int failed;

	if (argc < 3 || (strcmp(argv[1], "user") && strcmp(argv[1], "signal"))) {
		fputs("usage: handicap user|signal COMMAND...\n", stderr);
		return 125;
	}
	failed = *argv[1] == 'u' ? become_nobody() : be_interrupted();
	if (!failed)
		execvp(argv[2], argv + 2);
	fprintf(stderr, "handicap: %s\n", strerror(errno));
	return 126;
}
