/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread that takes records, one at a time, so that keys need not wait for them. */
#ifndef REFRESHER_H
#define REFRESHER_H

#include <pthread.h>

#include "source.h"

/* The source is the thread's from refresher_ask() on until refresher_receive() has got something, but
 * for the record that is shown. */
struct refresher {
	struct source *source;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t told;
	bool is_asked, is_done, is_over;
	struct source_wish wish;
	struct record record;
	int status;
	bool is_busy; /* the caller's own: asked, and not received */
	int done_fd;  /* readable once there is something to receive */
};

/* 0 or a negative errno, and nothing was begun. */
int refresher_start(struct refresher *refresher, struct source *source) MUST_CHECK;
/* Not while it is busy. */
void refresher_ask(struct refresher *refresher, const struct source_wish *wish);
/* Whether there was something: it is shown by the source now, or `status` is not 0. */
bool refresher_receive(struct refresher *refresher, int *status) MUST_CHECK;
/* Whether it has ended. One that hangs in the kernel is not waited for longer than a second: it still
 * uses the source, which must not be closed then, and the process should end. */
bool refresher_stop(struct refresher *refresher) MUST_CHECK;

#endif
