/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chain of pointers through every cache line of a buffer, once each: what a latency
 * is measured with. Knows no clock. */
#ifndef CHAIN_H
#define CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

#define CHAIN_LINE_BYTES 64

/*
 * Lines are visited window by window, windows in random order, the lines of each in random
 * order: a small window spares the TLB, one as large as the buffer (or 0) does not. The
 * chain is one cycle by construction. Fewer than 2^32 lines. 0 or -ENOMEM, -EINVAL.
 */
int chain_build(void *buffer, size_t lines, size_t window_lines,
		uint64_t seed) MUST_CHECK;

/* How many steps until the chain is where it began; `limit` + 1 when it is not by then. */
size_t chain_length(const void *start, size_t limit);

/* What tells chains of as many lines apart, wherever they lie: the same where each line leads
 * to the same as in the other. Reads lines in order, which is many times faster than
 * walking. */
uint64_t chain_print(const void *start, size_t lines);

/* Go `steps` (rounded down to a multiple of 16) on; where that leads to. */
const void *chain_walk(const void *from, size_t steps);

/* How many steps take `wanted_ns`, where `steps` took `took_ns`: a multiple of 16, and not
 * fewer than `least`. */
size_t chain_steps(size_t steps, uint64_t took_ns, uint64_t wanted_ns, size_t least);

#endif
