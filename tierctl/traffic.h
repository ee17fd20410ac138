/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's counters of pages between tiers, for people and as JSON. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "tier.h"

struct ctl;
struct json_object;
struct out;

/* A table of what was counted since boot; nothing when nothing is known. */
void traffic_print(struct out *out, const struct tier_traffic *traffic);
void traffic_json(struct out *out, struct json_object *in,
		  const struct tier_traffic *traffic);

/* A line of rates each `seconds`, `count` times, 0: until a signal ends it. 0 or an
 * exit status, said. */
int traffic_watch(struct ctl *ctl, double seconds, uint64_t count);

#endif
