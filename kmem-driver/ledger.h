/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger of poison: which physical pages of the devices that were ever bound are known to
 * be bad. It outlives unbinding and onlining, both of which make the kernel forget, and ends
 * with the module.
 */
#ifndef KMEM_LEDGER_H
#define KMEM_LEDGER_H

#include "range_set.h"

/* From now on, errors in these addresses are written down. */
void ledger_watch(const struct range_set *ranges);

/*
 * Write down that these addresses are bad; addresses that nobody watches are left out. Pages
 * that carry the kernel's poison flag are forgotten when a test takes the flag away.
 * Any context but NMI. True if something was new.
 */
bool ledger_note(const struct range *range, bool flagged);

/* The media were cleared. */
void ledger_forget(const struct range *range);

/* Any context but NMI. */
bool ledger_has(const struct range *range);

/* Add what is known within the ranges to a set; 0 or -ENOSPC. */
int ledger_collect(const struct range_set *within, struct range_set *bad);

/*
 * What the media's own list has within the ranges now. What it had before and has no more was
 * cleared by somebody else, and is forgotten. 0 or -ENOMEM.
 */
int ledger_compare(const struct range_set *within, const struct range_set *listed);

/*
 * Forget flagged pages that a test has called good again, which tells nobody. The pages must
 * keep their memmap meanwhile; ledger_refresh() sees to that. May sleep.
 */
void ledger_look(const struct range *range);
void ledger_refresh(const struct range_set *within);

/* From the one to the other memory may go, and ledger_refresh() does nothing. */
void ledger_suspend_refresh(void);
void ledger_resume_refresh(void);

/* As many ranges as the ledger can ever hold: the room for ledger_collect(). */
unsigned int ledger_room(void);

/* Poisoned bytes within the ranges, a multiple of the page size. May sleep. */
u64 ledger_bytes(const struct range_set *within);

/* One range a line for sysfs; all there is if within is NULL. */
ssize_t ledger_emit(char *buf, const struct range_set *within);

#endif
