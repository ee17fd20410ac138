// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A process whose first thread ends at once, while another has its memory and waits. Must not
 * know libtier, which it is a witness against.
 *
 *   leaderless MIB
 *
 * Prints "thread TID" when the memory is there.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static size_t bytes;
static char *volatile memory; /* or the compiler does without it */

static void *hold(void *arg)
{
	(void)arg;
	memory = malloc(bytes);
	if (!memory)
		exit(1);
	memset(memory, 1, bytes);
	printf("thread %d\n", gettid());
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	pthread_t thread;

	bytes = argc == 2 ? strtoul(argv[1], NULL, 10) << 20 : 0;
	if (!bytes || pthread_create(&thread, NULL, hold, NULL))
		return 2;
	/* This thread alone; pthread_exit() would want a library that a guest has not. */
	syscall(SYS_exit, 0);
	return 3;
}
