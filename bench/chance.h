/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pseudo-random numbers that are the same in every run with the same seed (splitmix64,
 * Steele, Lea and Flood 2014). */
#ifndef CHANCE_H
#define CHANCE_H

#include <stdint.h>

struct chance {
	uint64_t state;
};

static inline uint64_t chance_next(struct chance *chance)
{
	uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 to below - 1; `below` is far less than 2^32, so that the bias is, too. */
static inline uint64_t chance_below(struct chance *chance, uint64_t below)
{
	return ((chance_next(chance) >> 32) * below) >> 32;
}

/* In [0, 1). */
static inline double chance_part(struct chance *chance)
{
	return (double)(chance_next(chance) >> 11) * 0x1p-53;
}

#endif
