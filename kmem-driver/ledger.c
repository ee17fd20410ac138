// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ledger of poison. Two fixed tables under a raw spinlock, because entries come from a
 * tracepoint with preemption off. A full table is coarsened: it then calls good pages bad,
 * never the other way round. Knows nothing of devices.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/spinlock.h>

#include "kernel_ranges.h"
#include "ledger.h"
#include "text.h"

#define LEDGER_ROOM 1024

static struct range watched_ranges[LEDGER_ROOM];
static struct range flagged_ranges[LEDGER_ROOM];
static struct range lasting_ranges[LEDGER_ROOM];

static DEFINE_RAW_SPINLOCK(ledger_lock);
static struct range_set watched = { .room = LEDGER_ROOM, .ranges = watched_ranges };

/* Pages with the kernel's own flag, which a test can take back. */
static struct range_set flagged = { .room = LEDGER_ROOM, .ranges = flagged_ranges };

/* What machine checks and lists of bad blocks said: only clearing the media ends it. */
static struct range_set lasting = { .room = LEDGER_ROOM, .ranges = lasting_ranges };

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

static void to_pages(struct range *range)
{
	range->start = ALIGN_DOWN(range->start, PAGE_SIZE);
	range->end |= PAGE_SIZE - 1;
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
	struct range part, pages = *range;
	unsigned long flags;
	bool grew = false;
	unsigned int i;

	to_pages(&pages);
	raw_spin_lock_irqsave(&ledger_lock, flags);
	for (i = 0; i < watched.count; i++)
		if (range_intersect(&watched.ranges[i], &pages, &part))
			grew |= add_for_sure(set, &part);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	return grew;
}

void ledger_forget(const struct range *range)
{
	struct range pages = *range;
	unsigned long flags;

	to_pages(&pages);
	raw_spin_lock_irqsave(&ledger_lock, flags);
	remove_for_sure(&flagged, &pages);
	remove_for_sure(&lasting, &pages);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
}

bool ledger_has(const struct range *range)
{
	unsigned long flags;
	bool has;

	raw_spin_lock_irqsave(&ledger_lock, flags);
	has = range_set_find(&flagged, range) || range_set_find(&lasting, range);
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

/* The page is memory in use and has lost its flag: somebody called it good again. */
static bool is_unpoisoned(u64 address)
{
	struct page *page = pfn_to_online_page(PHYS_PFN(address));

	return page && !PageHWPoison(page);
}

/*
 * A software unpoison tells nobody, so flags are looked at when somebody asks. Poisoned pages
 * are few, and no two lookups of the same page can differ while it is online.
 */
static int drop_unpoisoned(void)
{
	struct range_set copy;
	unsigned long flags;
	unsigned int i;
	u64 address;

	if (range_set_alloc(&copy, LEDGER_ROOM))
		return -ENOMEM;
	raw_spin_lock_irqsave(&ledger_lock, flags);
	copy.count = flagged.count;
	memcpy(copy.ranges, flagged.ranges, flagged.count * sizeof(*copy.ranges));
	raw_spin_unlock_irqrestore(&ledger_lock, flags);

	for (i = 0; i < copy.count; i++) {
		for (address = copy.ranges[i].start; address < copy.ranges[i].end;
		     address += PAGE_SIZE) {
			const struct range page = { address, address + PAGE_SIZE - 1 };

			if (!is_unpoisoned(address))
				continue;
			raw_spin_lock_irqsave(&ledger_lock, flags);
			remove_for_sure(&flagged, &page);
			raw_spin_unlock_irqrestore(&ledger_lock, flags);
		}
		cond_resched();
	}
	range_set_free(&copy);
	return 0;
}

int ledger_collect(const struct range_set *within, struct range_set *bad)
{
	int rc = drop_unpoisoned();
	unsigned long flags;

	if (rc)
		return rc;
	raw_spin_lock_irqsave(&ledger_lock, flags);
	rc = add_shared(bad, &flagged, within);
	if (!rc)
		rc = add_shared(bad, &lasting, within);
	raw_spin_unlock_irqrestore(&ledger_lock, flags);
	return rc;
}

/* All that is known within the ranges, the caller's to free. */
static int snapshot(const struct range_set *within, struct range_set *out)
{
	static const struct range everything = { 0, U64_MAX };
	const struct range_set all = { 1, 1, (struct range *)&everything };
	int rc = range_set_alloc(out, ledger_room());

	if (rc)
		return rc;
	rc = ledger_collect(within ? within : &all, out);
	if (rc)
		range_set_free(out);
	return rc;
}

u64 ledger_bytes(const struct range_set *within)
{
	struct range_set known;
	u64 bytes;

	if (snapshot(within, &known))
		return 0;
	bytes = range_set_bytes(&known);
	range_set_free(&known);
	return bytes;
}

ssize_t ledger_emit(char *buf, const struct range_set *within)
{
	struct range_set known;
	ssize_t length = snapshot(within, &known);

	if (length)
		return length;
	length = text_print_ranges(buf, PAGE_SIZE, &known);
	range_set_free(&known);
	return length;
}
