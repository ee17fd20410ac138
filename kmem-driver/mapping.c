// SPDX-License-Identifier: GPL-2.0-only
/* Leftovers in page tables. Knows nothing of who marked a page, or why it is good again. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/set_memory.h>

#include "mapping.h"

#ifdef CONFIG_X86_64

/* Present is what set_mce_nospec() takes away; an entry that is none was never mapped. */
static bool is_marked_absent(u64 address)
{
	unsigned int level;
	const pte_t *entry = lookup_address((unsigned long)__va(address), &level);

	return entry && level == PG_LEVEL_4K && !pte_none(*entry) &&
	       !(pte_flags(*entry) & _PAGE_PRESENT);
}

/* Whether there is a table of single pages here, which removal leaves only around a mark. */
static bool has_page_table(u64 address)
{
	unsigned int level;

	return lookup_address((unsigned long)__va(address), &level) &&
	       level == PG_LEVEL_4K;
}

static void restore_table(u64 start, u64 end)
{
	for (; start < end; start += PAGE_SIZE)
		if (is_marked_absent(start))
			clear_mce_nospec(PHYS_PFN(start));
}

void mapping_restore(const struct range *range)
{
	u64 start, next;

	for (start = range->start; start < range->end; start = next) {
		next = min(ALIGN_DOWN(start, PMD_SIZE) + PMD_SIZE, range->end + 1);
		if (has_page_table(start))
			restore_table(start, next);
		cond_resched();
	}
}

#else

void mapping_restore(const struct range *range)
{
}

#endif
