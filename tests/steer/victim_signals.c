// SPDX-License-Identifier: GPL-2.0-or-later
// Modes of the victim that get signals: asleep in calls that these end, or inside a handler.
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "victim.h"

/* ---- each once, in order, and EINTR for each and for nothing else ----------------- */

static atomic_ulong handled;

static void handle(int number, siginfo_t *info, void *context)
{
	volatile double busy = 1;

	(void)number;
	(void)context;
	if (info->si_value.sival_int != (int)handled)
		victim_bad("a signal came out of turn", info->si_value.sival_int);
	/* Long enough to be caught in. */
	for (int i = 0; i < 20000; i++)
		busy = busy * 1.0000001 + 1;
	atomic_fetch_add(&handled, 1);
}

static pthread_t target;

/* So many may wait: on a busy machine they would come faster than they are handled. */
#define MOST_WAITING 32

/* Longer than that no machine takes for so many. */
#define LAST_LOOKS 100000

static void *send_all(void *arg)
{
	unsigned long sent = 0;

	(void)arg;
	while (!victim_stop) {
		union sigval value = { .sival_int = (int)sent };
		struct timespec pause = { 0, 500000 };

		if (sent < handled + MOST_WAITING &&
		    !pthread_sigqueue(target, SIGRTMIN, value))
			sent++;
		syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	for (int i = 0; i < LAST_LOOKS && handled < sent; i++)
		usleep(1000);
	if (handled != sent)
		victim_bad("signals were lost", (long)(sent - handled));
	return NULL;
}

/* `restarts`: the handler has SA_RESTART, so nobody may see EINTR where it does not end. */
void victim_signals(void)
{
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
	struct timespec time = { 0, 900000 };
	struct epoll_event event;
	int fd = epoll_create1(0), turn = 0;
	pthread_t sender;

	sigaction(SIGRTMIN, &action, NULL);
	target = pthread_self();
	sender = victim_thread(send_all, NULL);
	while (!victim_stop) {
		unsigned long before = handled;
		long ret = turn++ % 2 ?
				   syscall(SYS_epoll_pwait, fd, &event, 1, 1, NULL, 0) :
				   syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time,
					   NULL);

		if (ret && (errno != EINTR || handled == before))
			victim_bad("interrupted by nothing", ret);
		victim_round();
	}
	pthread_join(sender, NULL);
}

/* A call that nothing but a handler ends: each signal must end it. */
static void *pause_and_count(void *arg)
{
	sigset_t all_but;

	(void)arg;
	sigfillset(&all_but);
	sigdelset(&all_but, SIGRTMIN);
	while (!victim_stop) {
		unsigned long before = handled;
		long ret = syscall(SYS_rt_sigsuspend, &all_but, 8);

		if (ret != -1 || errno != EINTR || handled == before)
			victim_bad("rt_sigsuspend", ret);
		victim_round();
	}
	return NULL;
}

void victim_suspend(void)
{
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
	sigset_t one;
	pthread_t thread;

	sigaction(SIGRTMIN, &action, NULL);
	sigemptyset(&one);
	sigaddset(&one, SIGRTMIN);
	pthread_sigmask(SIG_BLOCK, &one, NULL);
	thread = victim_thread(pause_and_count, NULL);
	for (int sent = 0; !victim_stop; sent++) {
		union sigval value = { .sival_int = sent };

		pthread_sigqueue(thread, SIGRTMIN, value);
		/* At the end nobody may be there any more to handle it. */
		while (!victim_stop && handled <= (unsigned long)sent)
			usleep(200);
	}
}

/* ---- inside a handler, on a stack of its own -------------------------------------- */

/* Computes, sleeps, and has handlers inside this one, until the end. */
static void stay(int number, siginfo_t *info, void *context)
{
	const struct timespec time = { 0, 300000 };
	const uint64_t expected = victim_compute();

	(void)number;
	(void)info;
	(void)context;
	for (int turn = 0; !victim_stop; turn++) {
		union sigval value = { .sival_int = turn };
		long ret = syscall(SYS_nanosleep, &time, NULL);

		if (ret)
			victim_bad("nanosleep inside a handler", ret);
		if (pthread_sigqueue(pthread_self(), SIGRTMIN + 1, value) ||
		    handled != (unsigned long)turn + 1)
			victim_bad("a signal inside a handler", (long)handled);
		if (victim_compute() != expected)
			victim_bad("the result is another", turn);
		victim_round();
	}
}

/* What the kernel has put aside for the handler's return. */
static void check_outside(const sigset_t *mask)
{
	stack_t stack;
	sigset_t now;

	sigaltstack(NULL, &stack);
	if (stack.ss_flags & SS_ONSTACK)
		victim_bad("still on the handler's stack", stack.ss_flags);
	pthread_sigmask(SIG_SETMASK, NULL, &now);
	for (int signal = 1; signal < 64; signal++)
		if (sigismember(&now, signal) != sigismember(mask, signal))
			victim_bad("the mask is another", signal);
}

void victim_handler(void)
{
	static char room[262144];
	const stack_t stack = { .ss_sp = room, .ss_size = sizeof(room) };
	const struct sigaction outer = { .sa_sigaction = stay,
					 .sa_flags = SA_SIGINFO | SA_ONSTACK };
	const struct sigaction inner = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
	sigset_t mask;

	sigaltstack(&stack, NULL);
	sigaction(SIGRTMIN, &outer, NULL);
	sigaction(SIGRTMIN + 1, &inner, NULL);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	pthread_kill(pthread_self(), SIGRTMIN);
	check_outside(&mask);
}
