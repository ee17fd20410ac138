/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How often one process uses which of its memory, as DAMON tells, and on which tier that lies.
 * Watching takes a thread of the kernel, so it is begun and ended by who asks.
 */
#ifndef HEAT_H
#define HEAT_H

#include "kdamond.h"
#include "subject.h"

struct heat {
	int pid; /* that is watched, or was to be; 0: nobody */
	bool is_on;
	int error; /* why it is not on, with words */
	char why[KDAMOND_WHY_BYTES];
	struct kdamond kdamond;
	struct kdamond_region *regions; /* KDAMOND_REGIONS */
	size_t n;
	struct tier_heat_sample *samples; /* KDAMOND_REGIONS, */
	uint64_t *bytes;		  /* by tier and of other nodes, for each */
};

/* Begin with another process, or look what was found since. What goes wrong with DAMON is noted;
 * -ENOMEM. */
int heat_look(struct heat *heat, struct looking *looking, int pid) MUST_CHECK;
/* End it. What it found is gone. */
void heat_stop(struct heat *heat, const struct looking *looking);

#endif
