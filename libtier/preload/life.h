/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which copies of jemalloc live, and what they do at a fork. A copy costs memory from
 * its first call on, and none before.
 */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>

bool life_has(unsigned int copy);

/* Bring a copy to life, unless it is; any thread, while others fork. */
void life_wake(unsigned int copy);

/* Give the free pages of a copy back, if it lives. Never from inside of jemalloc. */
void life_trim(unsigned int copy);

#endif
