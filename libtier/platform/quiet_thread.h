/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A thread of the library's own, in a process that is somebody else's. */
#ifndef QUIET_THREAD_H
#define QUIET_THREAD_H

#include <pthread.h>

#include "cleanup.h"

/* Begin one that takes no signals: these are the program's. -EAGAIN: there may be no more. */
int quiet_thread_begin(pthread_t *thread, void *(*work)(void *), void *arg) MUST_CHECK;

#endif
