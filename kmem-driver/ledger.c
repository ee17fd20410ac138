// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ledger of poison. Two fixed tables under a raw spinlock, because entries come from a
 * tracepoint with preemption off. A full table is coarsened: it then calls good pages bad,
 * never the other way round. Knows nothing of devices.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#include "kernel_ranges.h"
#include "ledger.h"
#include "text.h"

#define LEDGER_ROOM 1024

static struct range watched_ranges[LEDGER_ROOM];
static struct range flagged_ranges[LEDGER_ROOM];
static struct range lasting_ranges[LEDGER_ROOM];
static struct range listed_ranges[LEDGER_ROOM];

static DEFINE_RAW_SPINLOCK(ledger_lock);
static struct range_set watched = { .room = LEDGER_ROOM, .ranges = watched_ranges };

/* Pages with the kernel's own flag, which a test can take back. */
static struct range_set flagged = { .room = LEDGER_ROOM, .ranges = flagged_ranges };

/* What machine checks and lists of bad blocks said: only clearing the media ends it. */
static struct range_set lasting = { .room = LEDGER_ROOM, .ranges = lasting_ranges };

/* What of it the media's own list had when it was last read. */
static struct range_set listed = { .room = LEDGER_ROOM, .ranges = listed_ranges };

/* Held for reading by whoever removes memory, which may take long: writers only try. */
static DECLARE_RWSEM(removal);
static DEFINE_MUTEX(refresh_lock);

static bool add_for_sure(struct range_set *set, const struct range *range)
{
	int rc;

	while ((rc = range_set_add(set, range)) == -ENOSPC)
		range_set_coarsen(set);
	return rc > 0;
}

static void remove_for_sure(struct range_set *set, const struct range *range)
{
	while (range_set_remove(set, range) == -ENOSPC)
		range_set_coarsen(set);
}

static struct range pages_of(const struct range *range)
{
	return (struct range){
		.start = ALIGN_DOWN(range->start, PAGE_SIZE),
		.end = range->end | (PAGE_SIZE - 1),
	};
}

static void forget(const struct range *pages)
{
	remove_for_sure(&flagged, pages);
	remove_for_sure(&lasting, pages);
	remove_for_sure(&listed, pages);
}

void ledger_watch(const struct range_set *ranges)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	for (i = 0; i < ranges->count; i++)
		add_for_sure(&watched, &ranges->ranges[i]);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
}

bool ledger_note(const struct range *range, bool is_flagged)
{
	struct range_set *set = is_flagged ? &flagged : &lasting;
	const struct range pages = pages_of(range);
	struct range part;
	unsigned long flags;
	bool grew = false;
	unsigned int i;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	for (i = 0; i < watched.count; i++)
		if (range_intersect(&watched.ranges[i], &pages, &part))
			grew |= add_for_sure(set, &part);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	return grew;
}

void ledger_forget(const struct range *range)
{
	const struct range pages = pages_of(range);
	unsigned long flags;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	forget(&pages);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
}

bool ledger_has(const struct range *range)
{
	unsigned long flags;
	bool has;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	/* A coarsened table may reach over what is not ours. */
	has = range_set_find(&watched, range) &&
	      (range_set_find(&flagged, range) || range_set_find(&lasting, range));
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	return has;
}

unsigned int ledger_room(void)
{
	return 2 * LEDGER_ROOM;
}

/* Add what two sets share to a third. */
static int add_shared(struct range_set *out, const struct range_set *set,
		      const struct range_set *within)
{
	struct range part;
	unsigned int i, j;
	int rc;

	for (i = 0; i < set->count; i++) {
		for (j = 0; j < within->count; j++) {
			if (!range_intersect(&set->ranges[i], &within->ranges[j], &part))
				continue;
			rc = range_set_add(out, &part);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

int ledger_collect(const struct range_set *within, struct range_set *bad)
{
	unsigned long flags;
	int rc;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	rc = add_shared(bad, &flagged, within);
	if (!rc)
		rc = add_shared(bad, &lasting, within);
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
	found = range_set_find(&flagged, &rest);
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
		remove_for_sure(&flagged, &page);
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

/* Forget what was listed within the ranges before and is not in the list now. */
static void forget_unlisted(const struct range_set *within, const struct range_set *now,
			    struct range_set *gone)
{
	unsigned int i;

	add_shared(gone, &listed, within);
	for (i = 0; i < now->count; i++) {
		const struct range pages = pages_of(&now->ranges[i]);

		remove_for_sure(gone, &pages);
	}
	for (i = 0; i < gone->count; i++)
		forget(&gone->ranges[i]);
}

static void note_listed(const struct range_set *now)
{
	const struct range *known;
	struct range part;
	unsigned int i;

	for (i = 0; i < now->count; i++) {
		const struct range pages = pages_of(&now->ranges[i]);

		known = range_set_find(&lasting, &pages);
		if (known && range_intersect(known, &pages, &part))
			add_for_sure(&listed, &part);
	}
}

int ledger_compare(const struct range_set *within, const struct range_set *now)
{
	struct range_set gone;
	unsigned long flags;
	int rc;

	/* Each of the two sides may be cut by the other's ends. */
	rc = range_set_alloc(&gone, LEDGER_ROOM + within->count + now->count);
	if (rc)
		return rc;
	raw_spin_lock_irqsave(&ledger_lock, flags);
	forget_unlisted(within, now, &gone);
	note_listed(now);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	range_set_free(&gone);
	return 0;
}

/* ---- what people see ---- */

static u64 known_bytes(const struct range *range)
{
	u64 bytes =
		range_set_overlap(&flagged, range) + range_set_overlap(&lasting, range);
	struct range part;
	unsigned int i;

	/* What is in both counts once. */
	for (i = 0; i < flagged.count; i++)
		if (range_intersect(&flagged.ranges[i], range, &part))
			bytes -= range_set_overlap(&lasting, &part);
	return bytes;
}

u64 ledger_bytes(const struct range_set *within)
{
	unsigned long flags;
	unsigned int i;
	u64 bytes = 0;

	ledger_refresh(within);
	raw_spin_lock_irqsave(&ledger_lock, flags);
	for (i = 0; i < within->count; i++)
		bytes += known_bytes(&within->ranges[i]);
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
