// SPDX-License-Identifier: GPL-2.0-only
/*
 * A full set is coarsened: it then calls good pages bad, never the other way round. Knows
 * nothing of who noticed an error, nor of devices.
 */
#include "poison_book.h"

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

static struct range pages_of(const struct poison_book *book, const struct range *range)
{
	u64 mask = book->page_bytes - 1;

	return (struct range){ .start = range->start & ~mask, .end = range->end | mask };
}

static void forget(struct poison_book *book, const struct range *pages)
{
	remove_for_sure(&book->flagged, pages);
	remove_for_sure(&book->lasting, pages);
	remove_for_sure(&book->listed, pages);
}

void book_watch(struct poison_book *book, const struct range_set *ranges)
{
	for (unsigned int i = 0; i < ranges->count; i++)
		add_for_sure(&book->watched, &ranges->ranges[i]);
}

bool book_note(struct poison_book *book, const struct range *range, bool is_flagged)
{
	struct range_set *set = is_flagged ? &book->flagged : &book->lasting;
	const struct range pages = pages_of(book, range);
	struct range part;
	bool grew = false;

	for (unsigned int i = 0; i < book->watched.count; i++)
		if (range_intersect(&book->watched.ranges[i], &pages, &part))
			grew |= add_for_sure(set, &part);
	return grew;
}

void book_forget(struct poison_book *book, const struct range *range)
{
	const struct range pages = pages_of(book, range);

	forget(book, &pages);
}

void book_unflag(struct poison_book *book, const struct range *page)
{
	remove_for_sure(&book->flagged, page);
}

bool book_has(const struct poison_book *book, const struct range *range)
{
	/* A coarsened set may reach over what is not ours. */
	return range_set_find(&book->watched, range) &&
	       (range_set_find(&book->flagged, range) ||
		range_set_find(&book->lasting, range));
}

/* Add what two sets share to a third. */
static int add_shared(struct range_set *out, const struct range_set *set,
		      const struct range_set *within)
{
	for (unsigned int i = 0; i < set->count; i++) {
		for (unsigned int j = 0; j < within->count; j++) {
			struct range part;
			int rc;

			if (!range_intersect(&set->ranges[i], &within->ranges[j], &part))
				continue;
			rc = range_set_add(out, &part);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

int book_collect(const struct poison_book *book, const struct range_set *within,
		 struct range_set *bad)
{
	int rc = add_shared(bad, &book->flagged, within);

	return rc ? rc : add_shared(bad, &book->lasting, within);
}

unsigned int book_compare_room(const struct poison_book *book,
			       const struct range_set *within,
			       const struct range_set *now)
{
	/* Each of the two sides may be cut by the other's ends. */
	return book->listed.room + within->count + now->count;
}

/* Forget what was listed within the ranges before and is not in the list now. */
static void forget_unlisted(struct poison_book *book, const struct range_set *within,
			    const struct range_set *now, struct range_set *gone)
{
	add_shared(gone, &book->listed, within);
	for (unsigned int i = 0; i < now->count; i++) {
		const struct range pages = pages_of(book, &now->ranges[i]);

		remove_for_sure(gone, &pages);
	}
	for (unsigned int i = 0; i < gone->count; i++)
		forget(book, &gone->ranges[i]);
}

/* One range of the list may hold several that were written down, with gaps between. */
static void note_listed(struct poison_book *book, const struct range *listed)
{
	const struct range pages = pages_of(book, listed);
	struct range part;

	for (unsigned int i = 0; i < book->lasting.count; i++)
		if (range_intersect(&book->lasting.ranges[i], &pages, &part))
			add_for_sure(&book->listed, &part);
}

void book_compare(struct poison_book *book, const struct range_set *within,
		  const struct range_set *now, struct range_set *gone)
{
	forget_unlisted(book, within, now, gone);
	for (unsigned int i = 0; i < now->count; i++)
		note_listed(book, &now->ranges[i]);
}

u64 book_bytes(const struct poison_book *book, const struct range *range)
{
	u64 bytes = range_set_overlap(&book->flagged, range) +
		    range_set_overlap(&book->lasting, range);
	struct range part;

	/* What is in both counts once. */
	for (unsigned int i = 0; i < book->flagged.count; i++)
		if (range_intersect(&book->flagged.ranges[i], range, &part))
			bytes -= range_set_overlap(&book->lasting, &part);
	return bytes;
}
