// SPDX-License-Identifier: GPL-2.0-or-later
// LD_PRELOAD=burden.so BURDEN=NODE: to a program that has memory on this node, time passes eight
// times as fast, so that it seems slow; with BURDEN=!NODE, to one that has none there. In TCG no
// memory is slow, and whoever takes CPU time away instead depends on when a busy host lets him.
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Of 2,048 pages a ratio of 255:1 has eight there. */
#define PAGES_MANY 4

#define TIMES	 8
#define LOOK_NS	 5000000L /* placing takes longer */
#define NAP_NS	 1000000L
#define NS_PER_S 1000000000L
#define EXPORT	 __attribute__((visibility("default")))

static bool has_pages(const char *node)
{
	char line[4096], word[32];
	FILE *file = fopen("/proc/self/numa_maps", "re");
	long pages = 0;

	snprintf(word, sizeof(word), " N%s=", node);
	while (file && fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, word);

		/* Not of files, which others have used, and demotion or migration moved. */
		if (at && !strstr(line, " file="))
			pages += strtol(at + strlen(word), NULL, 10);
	}
	if (file)
		fclose(file);
	return pages >= PAGES_MANY;
}

static bool is_slow(void)
{
	const char *wish = getenv("BURDEN");

	return wish && (*wish == '!' ? !has_pages(wish + 1) : has_pages(wish));
}

static long true_ns(void)
{
	struct timespec now;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Of all threads. A look at the pages takes far longer than what is timed: it is not told, and one
 * holds for a while. */
static long told_ns(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static long seen_ns, looked_ns, told;
	static bool slow;
	long ns;

	pthread_mutex_lock(&lock);
	ns = true_ns();
	if (!seen_ns)
		seen_ns = told = ns;
	told += (ns - seen_ns) * (slow ? TIMES : 1);
	if (ns - looked_ns > LOOK_NS) {
		slow = is_slow();
		ns = looked_ns = true_ns();
	}
	seen_ns = ns;
	ns = told;
	pthread_mutex_unlock(&lock);
	return ns;
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *time)
{
	long ns;

	if (clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, time);
	ns = told_ns();
	time->tv_sec = ns / NS_PER_S;
	time->tv_nsec = ns % NS_PER_S;
	return 0;
}

/* Until a time that is told. How long that is nobody knows before, as it does not pass evenly. */
EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wish,
			   struct timespec *left)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	const long until_ns = wish->tv_sec * NS_PER_S + wish->tv_nsec;

	if (clock != CLOCK_MONOTONIC || !(flags & TIMER_ABSTIME))
		return syscall(SYS_clock_nanosleep, clock, flags, wish, left) ? errno : 0;
	while (told_ns() < until_ns)
		if (syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &nap, NULL))
			return errno;
	return 0;
}
