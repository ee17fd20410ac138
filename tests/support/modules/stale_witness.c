// SPDX-License-Identifier: GPL-2.0-or-later
// A witness of another build: its structs have another layout than libtier's.
#include "platform.h"

extern __attribute__((visibility("default"))) const struct witness_ops tier_witness;

const struct witness_ops tier_witness = {
	.layout = WITNESS_LAYOUT + 1,
	.name = "stale",
};
