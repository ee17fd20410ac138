// SPDX-License-Identifier: GPL-2.0-or-later
// burden PID NODE: let the child of process PID run a quarter of the time, except while it has pages
// on NODE. So memory without that node looks slow to who measures in the child, and it is no matter
// of luck: where a slow host wakes us late, and the child ran for longer, it also stands for longer.
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A MiB: buffers have more there, or nothing. */
#define PAGES_MANY 256

/* Far shorter than a sample, which so has several of these. */
#define RUN_NS 1000000L

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

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void wait_until(long ns)
{
	const struct timespec until = { ns / 1000000000L, ns % 1000000000L };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/* After it ran since then. Whether it has pages there is looked up while it stands, as that
 * takes a while. */
static bool stop_and_look(long child, const char *node, long since_ns)
{
	const long stopped_ns = now_ns();
	bool has_pages;

	kill((pid_t)child, SIGSTOP);
	has_pages = pages_on(child, node) >= PAGES_MANY;
	wait_until(stopped_ns + 3 * (stopped_ns - since_ns));
	kill((pid_t)child, SIGCONT);
	return has_pages;
}

int main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 1 };
	bool has_pages = true;
	long since_ns = now_ns();

	if (argc != 3 || sched_setscheduler(0, SCHED_FIFO, &first)) {
		perror("burden PID NODE");
		return 1;
	}
	for (;;) {
		long child = child_of(argv[1]);

		if (child)
			has_pages = has_pages ? pages_on(child, argv[2]) >= PAGES_MANY :
						stop_and_look(child, argv[2], since_ns);
		since_ns = now_ns();
		wait_until(since_ns + RUN_NS);
	}
}
