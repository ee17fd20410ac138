/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The highest figures that sampling a process and its descendants has seen. */
#ifndef RUN_PEAK_H
#define RUN_PEAK_H

#include <stdint.h>
#include <sys/types.h>

#include "placement.h"

struct run;

struct peak {
	struct placement placement;
	uint64_t samples;
	uint64_t busy_ns;    /* of CPU time spent on taking them */
	uint64_t elapsed_ns; /* from the first wait to the end */
	uint64_t pause_ns;   /* until the next one */
	uint64_t next_ns;    /* when that is, by the monotonic clock */
	int error;	     /* of the last sample that gave nothing, or 0 */
	int *pids;
	size_t pids_room;
};

uint64_t now_ns(void);

/* Plan the first sample. */
void peak_begin(struct peak *peak);
/* Take one, and plan the next so that sampling takes less than 5 % of the time. */
void peak_sample(struct peak *peak, const struct run *run, pid_t child);
void peak_end(struct peak *peak);

/* Print on stderr what was asked, what was set and what was seen. */
void peak_report(const struct peak *peak, const struct run *run,
		 const struct tier_report *applied);

#endif
