/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One process that is watched for how often it uses its memory. */
#ifndef LIVE_HEAT_H
#define LIVE_HEAT_H

#include "live.h"

struct live_heat {
	struct tier_sampler *sampler;
	int ended; /* whose number another one may have, who was not meant; 0: nobody's */
};

/* Fill the record's part of it; `pid` 0: watch nobody any longer. 0 or -ENOMEM. */
int live_heat_take(struct live_heat *heat, const struct live *live, int pid,
		   struct record *record) MUST_CHECK;
void live_heat_end(struct live_heat *heat);

#endif
