/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's counters of pages between tiers, out of a vmstat text; and rates. Pure;
 * opens nothing. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "tier.h"

/* Add the counters of `text` to traffic; those that are not in it stay unknown. A line
 * that is no "name number" is passed over. */
void traffic_parse(const char *text, struct tier_traffic *traffic);

/* A counter that went back, or a clock that stood still, gives no rate. */
void traffic_rate(const struct tier_traffic *before, const struct tier_traffic *after,
		  struct tier_rates *rate);

#endif
