// SPDX-License-Identifier: GPL-2.0-or-later
// A process that watches itself while others steer it: victim MODE, or twin SEED. It says "ready", works until
// its standard input ends, and then "ok" and how often it looked, or what it saw that must not
// be. System calls are made without glibc, which may hide an EINTR.
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "victim.h"

atomic_bool victim_stop;
static atomic_ulong rounds;

void victim_round(void)
{
	atomic_fetch_add(&rounds, 1);
}

void victim_bad(const char *what, long value)
{
	printf("bad: %s: %ld, %s\n", what, value, strerror(errno));
	fflush(stdout);
	_exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

pthread_t victim_thread(void *(*work)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, arg))
		victim_bad("pthread_create", 0);
	return thread;
}

/* ---- asleep without end: somebody wakes it --------------------------------------- */

static int feeding[2];

/* One byte after the other, so that the reader sees each that is lost. */
static void *feed(void *arg)
{
	(void)arg;
	for (unsigned char byte = 0; !victim_stop; byte++) {
		struct timespec pause = { 0, 700000 };

		syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL);
		if (write(feeding[1], &byte, 1) != 1)
			victim_bad("write", byte);
	}
	close(feeding[1]);
	return NULL;
}

static void begin_feeding(void)
{
	if (pipe(feeding))
		victim_bad("pipe", 0);
	victim_thread(feed, NULL);
}

/* False at the end of what is fed. */
static int take(unsigned char expected)
{
	unsigned char byte = 0;
	long ret = syscall(SYS_read, feeding[0], &byte, 1);

	if (!ret)
		return 0;
	if (ret != 1 || byte != expected)
		victim_bad("read", ret < 0 ? ret : byte);
	victim_round();
	return 1;
}

static void read_all(void)
{
	unsigned char expected = 0;

	begin_feeding();
	while (take(expected))
		expected++;
}

static void epoll_all(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	unsigned char expected = 0;
	int fd = epoll_create1(0);

	begin_feeding();
	if (epoll_ctl(fd, EPOLL_CTL_ADD, feeding[0], &event))
		victim_bad("epoll_ctl", fd);
	do {
		long ret = syscall(SYS_epoll_pwait, fd, &event, 1, -1, NULL, 0);

		if (ret != 1)
			victim_bad("epoll_pwait", ret);
	} while (take(expected++));
}

static atomic_uint word;
static atomic_bool is_awake;

/* Until it has heard of the end, and will not sleep once more. */
static void *wake(void *arg)
{
	(void)arg;
	while (!is_awake) {
		struct timespec pause = { 0, 700000 };

		syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL);
		atomic_fetch_add(&word, 1);
		syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
	}
	return NULL;
}

static void futex_all(void)
{
	victim_thread(wake, NULL);
	for (unsigned int seen = word; !victim_stop; seen = word) {
		long ret = syscall(SYS_futex, &word, FUTEX_WAIT, seen, NULL, NULL, 0);

		if (ret && errno != EAGAIN)
			victim_bad("futex", ret);
		victim_round();
	}
	is_awake = true;
}

/* ---- asleep for a time: neither short nor long ----------------------------------- */

#define SHORT_NS 2000000L
/* A busy machine may be late; one that waits twice for a minute is not. */
#define LATE_NS	 20000000000L

static const struct timespec short_time = { 0, SHORT_NS };

static long sleep_nano(void)
{
	return syscall(SYS_nanosleep, &short_time, NULL);
}

static long sleep_clock(void)
{
	return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &short_time, NULL);
}

static long sleep_futex(void)
{
	static unsigned int never;
	long ret = syscall(SYS_futex, &never, FUTEX_WAIT, 0, &short_time, NULL, 0);

	return ret == -1 && errno == ETIMEDOUT ? 0 : ret;
}

static long sleep_poll(void)
{
	struct timespec time = short_time;

	return syscall(SYS_ppoll, NULL, 0, &time, NULL, 0);
}

static long sleep_epoll(void)
{
	static int fd = -1;
	struct epoll_event event;

	if (fd < 0)
		fd = epoll_create1(0);
	return syscall(SYS_epoll_pwait, fd, &event, 1, (int)(SHORT_NS / 1000000), NULL,
		       0);
}

static long sleep_sigwait(void)
{
	sigset_t set;
	long ret;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	ret = syscall(SYS_rt_sigtimedwait, &set, NULL, &short_time, 8);
	return ret == -1 && errno == EAGAIN ? 0 : ret;
}

static void sleep_once(const char *name, long (*sleep)(void))
{
	uint64_t begin = now_ns(), slept;
	long ret = sleep();

	slept = now_ns() - begin;
	if (ret || slept < SHORT_NS || slept > LATE_NS)
		victim_bad(name, ret ? ret : (long)slept);
	victim_round();
}

static void nanosleep_all(void)
{
	while (!victim_stop)
		sleep_once("nanosleep", sleep_nano);
}

static void sleep_all(void)
{
	static const struct {
		const char *name;
		long (*sleep)(void);
	} ways[] = {
		{ "nanosleep", sleep_nano },	{ "clock_nanosleep", sleep_clock },
		{ "futex", sleep_futex },	{ "ppoll", sleep_poll },
		{ "epoll_pwait", sleep_epoll }, { "rt_sigtimedwait", sleep_sigwait },
	};

	for (size_t i = 0; !victim_stop; i = (i + 1) % (sizeof(ways) / sizeof(ways[0])))
		sleep_once(ways[i].name, ways[i].sleep);
}

/* ---- a wait that nothing interrupts ----------------------------------------------- */

/* The child waits as long as we do, and has us wait for that. */
static void *bear_and_wait(void *arg)
{
	char byte;

	(void)arg;
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork): what is tested */
	if (!vfork()) {
		(void)!read(STDIN_FILENO, &byte, 1);
		_exit(0);
	}
	victim_round();
	return NULL;
}

static void deep(void)
{
	pthread_t thread = victim_thread(bear_and_wait, NULL);

	pthread_join(thread, NULL);
}

/* ---- modes ----------------------------------------------------------------------- */

static void *watch_input(void *arg)
{
	char byte;

	(void)arg;
	if (syscall(SYS_read, STDIN_FILENO, &byte, 1) < 0)
		victim_bad("read of standard input", -1);
	victim_stop = true;
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*work)(void);
	} modes[] = {
		{ "read", read_all },
		{ "epoll", epoll_all },
		{ "futex", futex_all },
		{ "nanosleep", nanosleep_all },
		{ "sleep", sleep_all },
		{ "signals", victim_signals },
		{ "suspend", victim_suspend },
		{ "handler", victim_handler },
		{ "deep", deep },
		{ "spin", victim_spin },
		{ "storm", victim_storm },
		{ "rseq", victim_rseq },
	};

	if (argc == 3 && !strcmp(argv[1], "twin")) {
		puts("ready");
		fflush(stdout);
		victim_twin(strtoull(argv[2], NULL, 10));
		_exit(0);
	}
	for (size_t i = 0; argc == 2 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, argv[1]) != 0)
			continue;
		/* Before any thread: their signals must not go to this one. */
		victim_thread(watch_input, NULL);
		puts("ready");
		fflush(stdout);
		modes[i].work();
		printf("ok %lu\n", rounds);
		fflush(stdout);
		_exit(0);
	}
	fprintf(stderr, "usage: victim MODE | twin SEED\n");
	return 2;
}
