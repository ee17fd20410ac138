/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bandwidth of memory, where something counts it. */
#ifndef LIVE_BANDWIDTH_H
#define LIVE_BANDWIDTH_H

#include "cleanup.h"
#include "record.h"
#include "tier.h"

/* Fill the record's part of it, or why there is none. 0 or -ENOMEM. */
int live_bandwidth_take(const struct tier_sample *sample,
			struct record *record) MUST_CHECK;

#endif
