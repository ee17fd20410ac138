/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a process was born since the last look, without a list of all of them. */
#ifndef BIRTHS_H
#define BIRTHS_H

#include <stdbool.h>
#include <stdint.h>

#include "platform.h"

/* Begin with zeros: nothing is known. */
struct births {
	bool is_known;
	uint64_t last_pid; /* the number that was given away last */
	uint64_t threads;  /* how many there are */
	uint32_t believed; /* how often no list was needed */
};

/* Now, ahead of a list: who is born behind this is not in that, and shows with the next. */
struct births births_read(struct root *root);
/* A list is as it was, but for those that have ended. */
bool births_none(struct births *last, const struct births *now);

#endif
