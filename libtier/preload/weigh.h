/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tiers of auto-threshold really have, and what follows for the next objects. */
#ifndef WEIGH_H
#define WEIGH_H

/* After the memory of a tier has changed: who is in need now; `grown` is the tier that
 * has got more, -1 when one has less. */
void weigh(int grown);

#endif
