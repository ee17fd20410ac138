/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that make traffic, each pinned and on its own part of the buffers. */
#ifndef TEAM_H
#define TEAM_H

#include <pthread.h>
#include <stdatomic.h>

#include "disturb.h"
#include "kernels.h"

#define TEAM_BUFFERS 3

/* Lines of one call of a loop: long, or as short as a load needs that is evenly spread. */
#define STEP_LINES  4096
#define PIECE_LINES 64

struct team_ask {
	const struct kernel_set *set;
	const struct job *job;
	uint64_t *buffer[TEAM_BUFFERS]; /* as many as the job needs */
	size_t bytes;			/* of each */
	const int *cpus;
	size_t count;	    /* of threads */
	size_t step_lines;  /* STEP_LINES or PIECE_LINES */
	unsigned int pause; /* idle rounds after each step */
};

struct lane;

struct team {
	struct team_ask ask;
	struct lane *lanes;
	size_t started;
	pthread_mutex_t start; /* held until all threads are there, or none will be */
	pthread_barrier_t gate;
	_Atomic uint64_t until_ns;
	_Atomic bool over, ends, none; /* none: not all threads could be started */
	uint64_t after_sum, before_sum, read_sum; /* of a step: see team_check() */
};

/* Fills the buffers. 0 or a negative errno; -EINVAL: buffers too small for so many. */
int team_start(struct team *team, const struct team_ask *ask) MUST_CHECK;
/* Let all run, and after a time stop: bytes per second as the program counts. */
void team_begin(struct team *team, uint64_t until_ns);
double team_end(struct team *team, struct disturb *disturb);
/* Whether every step did what it had to: steps that are wrong. The threads stand. */
uint64_t team_check(struct team *team, uint64_t *lines);
void team_stop(struct team *team);

#endif
