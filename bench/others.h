/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of the CPUs' time went to anybody else. Knows no measurement. */
#ifndef OTHERS_H
#define OTHERS_H

#include <stdint.h>

#include "cleanup.h"

/* CPU time since some moment of the past. */
struct spent {
	uint64_t wall_us;
	uint64_t all_us; /* of the whole machine, in steps of the kernel's ticks */
	uint64_t own_us; /* of this process, and of its children that have ended */
};

/* What was spent until now, by /proc/stat below `root` ("" for this machine). -ENODATA when
 * that does not say it; else an errno of reading. */
int others_look(const char *root, struct spent *spent) MUST_CHECK;

/*
 * What others had between two looks, in CPUs: 1 is as much as one CPU has. NAN where a look
 * is all zeros, or they are so near to each other that ticks cannot tell. Ticks may be late;
 * what is less than nothing by that is 0.
 */
double others_between(const struct spent *from, const struct spent *to);

#endif
