/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of the whole machine kept programs waiting, and what moves their pages by itself,
 * out of the kernel's texts. Pure; opens nothing. */
#ifndef STRAIN_H
#define STRAIN_H

#include "tier.h"

/* Each adds what its text says to *traffic, and nothing where it says nothing. */

/* Of /proc/stat, counted in ticks of which a second has so many. */
void strain_parse_stat(const char *text, uint64_t ticks_per_sec,
		       struct tier_traffic *traffic);
/* Of a file of pressure: the time that some task was waiting, as `counter`. */
void strain_parse_pressure(const char *text, enum tier_counter counter,
			   struct tier_traffic *traffic);
/* Of transparent_hugepage/enabled. */
void strain_parse_huge(const char *text, struct tier_traffic *traffic);
/* Of numa_balancing. */
void strain_parse_balancing(const char *text, struct tier_traffic *traffic);

#endif
