/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Several copies together keep no more free pages than one would: what one has freed the
 * others cannot use, so it goes back to the kernel when they would grow the process.
 */
#ifndef PEAK_H
#define PEAK_H

#include <stdbool.h>
#include <stddef.h>

/* A copy has more memory now. From inside of jemalloc: it only takes note. */
void peak_note(unsigned int copy);

/* Whether an arena that no thread has any more may keep so many free pages, for the next
 * thread. */
bool peak_lets_keep(unsigned int copy, size_t pages);

/* What was noted is done, once, by the next call that asks for memory: at HEAP_PEAK, which
 * ends then. */
void peak_give_back(void);

#endif
