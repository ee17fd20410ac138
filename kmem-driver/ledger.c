// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ledger of poison: poison_book.h's rules in fixed tables under a raw spinlock, because
 * entries come from a tracepoint with preemption off. Knows nothing of devices.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#include "kernel_ranges.h"
#include "ledger.h"
#include "poison_book.h"
#include "text.h"

#define LEDGER_ROOM 1024

static struct range watched_ranges[LEDGER_ROOM];
static struct range flagged_ranges[LEDGER_ROOM];
static struct range lasting_ranges[LEDGER_ROOM];
static struct range listed_ranges[LEDGER_ROOM];

static DEFINE_RAW_SPINLOCK(ledger_lock);
static struct poison_book book = {
	.page_bytes = PAGE_SIZE,
	.watched = { .room = LEDGER_ROOM, .ranges = watched_ranges },
	.flagged = { .room = LEDGER_ROOM, .ranges = flagged_ranges },
	.lasting = { .room = LEDGER_ROOM, .ranges = lasting_ranges },
	.listed = { .room = LEDGER_ROOM, .ranges = listed_ranges },
};

/* Held for reading by whoever removes memory, which may take long: writers only try. */
static DECLARE_RWSEM(removal);
static DEFINE_MUTEX(refresh_lock);

void ledger_watch(const struct range_set *ranges)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	book_watch(&book, ranges);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
}

bool ledger_note(const struct range *range, bool flagged)
{
	unsigned long flags;
	bool grew;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	grew = book_note(&book, range, flagged);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	return grew;
}

void ledger_forget(const struct range *range)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	book_forget(&book, range);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
}

bool ledger_has(const struct range *range)
{
	unsigned long flags;
	bool has;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	has = book_has(&book, range);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	return has;
}

unsigned int ledger_room(void)
{
	return 2 * LEDGER_ROOM;
}

int ledger_collect(const struct range_set *within, struct range_set *bad)
{
	unsigned long flags;
	int rc;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	rc = book_collect(&book, within, bad);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	return rc;
}

/* ---- what tests take back ---- */

/* The first flagged page at or behind an address. */
static bool next_flagged(u64 address, const struct range *within, struct range *page)
{
	const struct range rest = { address, within->end };
	const struct range *found;
	unsigned long flags;
	u64 start;

	if (address > within->end)
		return false;
	raw_spin_lock_irqsave(&ledger_lock, flags);
	found = range_set_find(&book.flagged, &rest);
	start = found ? max(found->start, address) : 0;
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	*page = (struct range){ start, start + PAGE_SIZE - 1 };
	return found;
}

static bool is_unpoisoned(u64 address)
{
	struct page *page = pfn_to_online_page(PHYS_PFN(address));

	return page && !PageHWPoison(page);
}

void ledger_look(const struct range *range)
{
	struct range page = { .end = range->start - 1 };
	unsigned long flags;

	while (next_flagged(page.end + 1, range, &page)) {
		cond_resched();
		if (!is_unpoisoned(page.start))
			continue;
		raw_spin_lock_irqsave(&ledger_lock, flags);
		book_unflag(&book, &page);
		raw_spin_unlock_irqrestore(&ledger_lock, flags);
	}
}

void ledger_suspend_refresh(void)
{
	down_read(&removal);
}

void ledger_resume_refresh(void)
{
	up_read(&removal);
}

/* What cannot be looked at now is looked at another time. */
void ledger_refresh(const struct range_set *within)
{
	unsigned int i;

	mutex_lock(&refresh_lock);
	if (down_write_trylock(&removal)) {
		for (i = 0; i < within->count; i++)
			ledger_look(&within->ranges[i]);
		up_write(&removal);
	}
	mutex_unlock(&refresh_lock);
}

/* ---- what others clear ---- */

int ledger_compare(const struct range_set *within, const struct range_set *listed)
{
	struct range_set gone;
	unsigned long flags;
	int rc;

	rc = range_set_alloc(&gone, book_compare_room(&book, within, listed));
	if (rc)
		return rc;
	raw_spin_lock_irqsave(&ledger_lock, flags);
	book_compare(&book, within, listed, &gone);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	range_set_free(&gone);
	return 0;
}

/* ---- what people see ---- */

u64 ledger_bytes(const struct range_set *within)
{
	unsigned long flags;
	unsigned int i;
	u64 bytes = 0;

	ledger_refresh(within);
	raw_spin_lock_irqsave(&ledger_lock, flags);
	for (i = 0; i < within->count; i++)
		bytes += book_bytes(&book, &within->ranges[i]);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	return bytes;
}

ssize_t ledger_emit(char *buf, const struct range_set *within)
{
	static const struct range everything = { 0, U64_MAX };
	const struct range_set all = { 1, 1, (struct range *)&everything };
	struct range_set known;
	ssize_t length;

	within = within ?: &all;
	ledger_refresh(within);
	length = range_set_alloc(&known, ledger_room() + within->count);
	if (length)
		return length;
	length = ledger_collect(within, &known);
	if (!length)
		length = text_print_ranges(buf, PAGE_SIZE, &known);
	range_set_free(&known);
	return length;
}
