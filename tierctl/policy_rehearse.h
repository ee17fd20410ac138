/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a thread will stand: tried on a process of our own. */
#ifndef POLICY_REHEARSE_H
#define POLICY_REHEARSE_H

#include <stdint.h>

struct policy_change;
struct tier_plan;

/* Nanoseconds, the middle of several tries; 0: not known, as it does not work here. */
uint64_t policy_rehearse(const struct policy_change *change,
			 const struct tier_plan *plan);

#endif
