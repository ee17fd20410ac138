// SPDX-License-Identifier: LGPL-2.1-or-later
// A new thread has the signal mask of the one that makes it.
#include "quiet_thread.h"

#include <signal.h>

int quiet_thread_begin(pthread_t *thread, void *(*work)(void *), void *arg)
{
	sigset_t all, before;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(thread, NULL, work, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -ret;
}
