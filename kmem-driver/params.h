/* SPDX-License-Identifier: GPL-2.0-only */
/* What the administrator wants, by module parameters. */
#ifndef KMEM_PARAMS_H
#define KMEM_PARAMS_H

#include "range_set.h"

/* Bind this device although data seem to lie on it. */
bool params_overwrite(const char *device);

/* Keep what can be added of a device, rather than all or nothing. */
bool params_partial(void);

/* Leave new memory offline, whatever the kernel's policy is. */
bool params_quiet(void);

/* Abstract distance of memory without figures; 0 for the default. */
int params_adistance(void);

/* Before 6.8, where the device cannot say. */
bool params_memmap_on_memory(void);

/* Add what the administrator calls bad within the ranges; 0 or -ENOSPC. */
int params_collect_bad(const struct range_set *within, struct range_set *bad);
unsigned int params_bad_room(void);

/* The media were cleared, so it is good again. */
void params_forget_bad(const struct range *range);

#endif
