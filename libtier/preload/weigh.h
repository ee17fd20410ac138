/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tiers of auto-threshold really have, and what follows for the next objects. */
#ifndef WEIGH_H
#define WEIGH_H

#include <stdint.h>

/* After the memory of a tier has changed: who is in need now; `grown` is the tier that
 * has got more, -1 when one has less. */
void weigh(int grown);

/* The tier for an object of CHOOSE_LARGE bytes or more. */
unsigned int weigh_large(uint64_t bytes);

#endif
