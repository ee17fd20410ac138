/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a counter's files in sysfs say, as text: Documentation/ABI/testing/
 * sysfs-bus-event_source-devices-events and -format. Pure. */
#ifndef PMU_TEXT_H
#define PMU_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

/* config, config1 and config2 of perf_event_attr. */
#define PMU_WORDS 3

struct pmu_config {
	uint64_t word[PMU_WORDS];
};

/* One of "event=0x04,umask=0x03"; a name alone stands for 1. */
struct pmu_term {
	const char *name;
	size_t len;
	uint64_t value;
};

/* The next term of an event's file. 1: there is one; 0: that was all; -EINVAL, -ERANGE: it is
 * written in some other way, or asks for a parameter ("?"). */
int pmu_next_term(const char **cursor, struct pmu_term *term) MUST_CHECK;

/* Put a value where a format's file says, "config:0-7,32-35" with the lowest bits first.
 * -EINVAL: no such format, or bits that are taken twice; -ERANGE: it has more bits than that. */
int pmu_place(const char *format, uint64_t value, struct pmu_config *config) MUST_CHECK;

/* How many bytes one count is: a scale ("6.103515625e-5") of a unit ("MiB"). -EINVAL: no such
 * number or unit; -ERANGE: not within 2^-64 and 2^64. */
int pmu_bytes(const char *scale, const char *unit, double *bytes) MUST_CHECK;

#endif
