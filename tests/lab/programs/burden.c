// SPDX-License-Identifier: GPL-2.0-or-later
// burden PID NODE: take three quarters of the CPU that it runs on, except while the child of
// process PID has pages on NODE. So memory without that node looks slow to who measures in
// the child, and it is no matter of luck: this runs before anything else of its CPU.
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A MiB: buffers have more there, or nothing. */
#define PAGES_MANY 256

static const struct timespec pause_time = { 0, 2000000 };

static long child_of(const char *pid)
{
	char path[96], line[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/task/%s/children", pid, pid);
	file = fopen(path, "re");
	if (!file)
		exit(0); /* it is gone, and so are we */
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	return strtol(line, NULL, 10); /* 0: none yet */
}

static long pages_on(long pid, const char *node)
{
	char path[64], line[4096], word[32];
	long pages = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/numa_maps", pid);
	snprintf(word, sizeof(word), " N%s=", node);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, word);

		if (at)
			pages += strtol(at + strlen(word), NULL, 10);
	}
	if (file)
		fclose(file);
	return pages;
}

static void burn(long ns)
{
	struct timespec start, now;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec <
		 ns);
}

int main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 1 };

	if (argc != 3 || sched_setscheduler(0, SCHED_FIFO, &first)) {
		perror("burden PID NODE");
		return 1;
	}
	for (;;) {
		long child = child_of(argv[1]);

		if (child && pages_on(child, argv[2]) < PAGES_MANY)
			burn(3 * pause_time.tv_nsec);
		nanosleep(&pause_time, NULL);
	}
}
