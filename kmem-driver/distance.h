/* SPDX-License-Identifier: GPL-2.0-only */
/* Abstract distances: how the kernel's memory tiers count slowness. */
#ifndef KMEM_DISTANCE_H
#define KMEM_DISTANCE_H

#include "portable.h"

/* DRAM's: four chunks of 128 and a half (MEMTIER_ADISTANCE_DRAM since Linux 6.1). */
#define DISTANCE_DRAM 576

/* What Linux takes a dax device for when it knows no figures: five times as slow as DRAM. */
#define DISTANCE_DEFAULT (5 * DISTANCE_DRAM)

/*
 * From the figures if there are any (0: none), else the administrator's number (0: none
 * given), else the default. -EINVAL for a negative number.
 */
int distance_pick(int from_figures, int asked);

#endif
