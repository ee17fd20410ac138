/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Real processes that watch themselves, for the tests that steer them. */
#ifndef LIVE_H
#define LIVE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "tier.h"

struct victim {
	pid_t pid;
	int input;
	FILE *output;
};

/* Of this machine, and to bind and to go back to the default. Before all tests, and after. */
extern struct tier_ctx *live_ctx;
extern struct tier_plan *live_plans[2];
int live_prepare(void **state);
int live_finish(void **state);

/* It is at work. `seed` is that of a twin, else NULL. */
struct victim live_begin_with(const char *mode, const char *seed);
struct victim live_begin(const char *mode);
/* Has it end; what it says last, in `line`. */
#define LIVE_LINE 256
const char *live_last_line(struct victim *victim, char line[LIVE_LINE]);
/* Fails the test unless all that it saw was right. */
void live_end(struct victim *victim, const char *mode);

/* Whether somebody traces it; it must be there. */
bool live_is_traced(pid_t pid);

#endif
