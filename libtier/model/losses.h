/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For what is lost of a device, as a figure and in words. */
#ifndef LOSSES_H
#define LOSSES_H

#include "topology.h"

/* Bytes of the device that are lost so, if it tells. */
struct figure loss_of_device(const struct dax_fact *dax, enum tier_loss loss);

/* Pages of a node with memory failures since boot; 0 too when that is not known. */
uint64_t failures_of_node(const struct tier_topology *t, unsigned int node);

/* The fields behind `flags`, and their flags. */
void describe_counts(const struct dax_fact *fact, struct tier_dax_info *dax);

/* Exact, in the largest unit that is: "126 MiB". Returns buf. */
#define SIZE_TEXT 32
const char *size_text(uint64_t bytes, char buf[SIZE_TEXT]);

/* The first ranges of a list, "..." behind them if there are more. A range is at most
 * "0x" and 16 digits, twice, and "-". Returns buf. */
#define PLACES	    2
#define PLACES_TEXT (PLACES * 38 + 8)
const char *places_text(const char *list, char buf[PLACES_TEXT]);

#endif
