/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How fast something may go, and how long it will take: functions of the clock that the
 * caller holds and of the bytes done. Knows nothing of what is done. */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
	uint64_t bytes_per_sec; /* 0: no limit */
	uint64_t free_ns;	/* when the next batch may begin */
};

/* How long to wait before the next batch; 0: begin. */
uint64_t pace_wait(const struct pace *pace, uint64_t now_ns);

/* A batch that began at `began_ns` moved so many bytes. Each moment is paid for, so the
 * rate holds over any time that is long against a batch; a little lateness is made up. */
void pace_spend(struct pace *pace, uint64_t began_ns, uint64_t bytes);

/* The bytes of a batch: `most`, or less when that would be more than a twentieth of a
 * second's worth; a multiple of `least`, and at least that. */
uint64_t pace_batch(const struct pace *pace, uint64_t most, uint64_t least);

/* Time left at the speed so far; false when it cannot be told yet. */
bool pace_left(uint64_t done, uint64_t whole, uint64_t elapsed_ns, uint64_t *left_ns);

#endif
