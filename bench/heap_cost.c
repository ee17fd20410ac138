// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a program and writes what it took, "MICROSECONDS KIB\n", to a file: CPU time, and the
// most memory that was resident. A process begins with the memory of who started it, so it
// takes a small program to see how much a small one has.
//
// heap_cost FILE COMMAND...
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long long micros(struct timeval time)
{
	return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	FILE *file;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return 2;
	file = fopen(argv[1], "w");
	if (!file)
		return 2;
	fprintf(file, "%lld %ld\n", micros(usage.ru_utime) + micros(usage.ru_stime),
		usage.ru_maxrss);
	if (fclose(file))
		return 2;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
