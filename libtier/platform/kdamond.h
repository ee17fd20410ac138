/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A kdamond of our own, which watches how often one process uses which of its addresses. Only
 * where nobody has one, and never for longer than the caller lives: a child keeps it, and ends
 * it when the caller does so or dies, however that is.
 *
 * What one has to know of DAMON's files (mm/damon/sysfs.c; run on 6.12):
 *  - an order in `state` takes 100 ms and more, as the writer sleeps until the kdamond has done
 *    it: so the child gives it, and the caller asks later whether it has;
 *  - a kdamond ends by itself with the process that it watches, and its folder stays;
 *  - the number of kdamonds cannot be written while one runs.
 */
#ifndef KDAMOND_H
#define KDAMOND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cleanup.h"

struct root;

/* Looks at each part of the memory so often before it counts how often it was used. */
#define KDAMOND_LOOKS	  20
#define KDAMOND_COUNTS_NS 100000000ULL /* the time of these */
#define KDAMOND_REGIONS	  200	       /* at most */
#define KDAMOND_WHY_BYTES 320

struct kdamond {
	pid_t keeper;
	int fd; /* to it */
};

/* Addresses that are used alike. */
struct kdamond_region {
	uint64_t start, end;
	uint32_t accesses; /* looks that found it used, of KDAMOND_LOOKS */
	uint64_t age_ns;   /* since that has been so */
};

/* Errors, with words in `why`: -ENOENT (no DAMON here), -EEXIST (somebody has kdamonds),
 * -EOPNOTSUPP (it cannot watch a process), -EACCES, -EPERM, -EROFS, -ESRCH, -ENOMEM and what
 * else writing or making a child gave. Then nothing has changed. */
int kdamond_start(struct root *root, int pid, struct kdamond *kdamond,
		  char why[KDAMOND_WHY_BYTES]) MUST_CHECK;

/* Have the kernel write down what was found. 0 or what sending that gave. */
int kdamond_order(const struct kdamond *kdamond) MUST_CHECK;
/* 1: it has been done; 0: not yet; -ESRCH: the process has ended; else with words. */
int kdamond_answer(const struct kdamond *kdamond, char why[KDAMOND_WHY_BYTES]) MUST_CHECK;
/* What was written down, ascending, at most KDAMOND_REGIONS; how many, or -ENOMEM. */
int kdamond_read(struct root *root, struct kdamond_region *regions) MUST_CHECK;

/* End it, and remove it; what is not ours by now stays. */
void kdamond_stop(struct kdamond *kdamond);

/* ---- what the child does ----------------------------------------------------------- */

/* The files alone, without a child. 0 or as above. */
int kdamond_set_up(struct root *root, int pid, char why[KDAMOND_WHY_BYTES]) MUST_CHECK;
int kdamond_write_down(struct root *root, char why[KDAMOND_WHY_BYTES]) MUST_CHECK;
void kdamond_remove(struct root *root, int pid);

#endif
