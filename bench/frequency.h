/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How fast CPUs are clocked, as the kernel tells it. Knows no measurement. */
#ifndef FREQUENCY_H
#define FREQUENCY_H

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

/* Of several CPUs at several times; zeros: nothing was told. */
struct frequency {
	uint64_t low_khz, high_khz;
	uint64_t rated_khz; /* base_frequency, else the most that it may have */
};

/*
 * Looks at these CPUs, below `root` ("" for this machine), and widens *found. -ENODATA when
 * none of them tells, as in most virtual machines, where there is no cpufreq; else
 * another errno of the first that cannot be read.
 */
int frequency_look(const char *root, const int *cpus, size_t count,
		   struct frequency *found) MUST_CHECK;

#endif
