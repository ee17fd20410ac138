// SPDX-License-Identifier: GPL-2.0-only
/* Reads the first bytes of a data area without dying of what may be wrong with them. */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "kernel_ranges.h"
#include "old_data.h"
#include "signature.h"

/* Page by page: one that cannot be read stays zero and hides none of the others. */
static void copy_pages(u8 *to, const u8 *from, const struct range *range,
		       const struct range_set *bad)
{
	u64 length = range_len(range), offset;

	for (offset = 0; offset < length; offset += PAGE_SIZE) {
		const struct range page = {
			.start = range->start + offset,
			.end = min(range->start + offset + PAGE_SIZE - 1, range->end),
		};
		unsigned long left;

		if (range_set_find(bad, &page))
			continue;
		left = copy_mc_to_kernel(to + offset, from + offset, range_len(&page));
		memset(to + offset + range_len(&page) - left, 0, left);
	}
}

const char *old_data_find(const struct range *range, const struct range_set *bad)
{
	const struct range head = {
		.start = range->start,
		.end = min(range->start + SIGNATURE_BYTES - 1, range->end),
	};
	const char *found;
	void *from;
	u8 *data;

	data = kvzalloc(range_len(&head), GFP_KERNEL);
	if (!data)
		return ERR_PTR(-ENOMEM);
	from = memremap(head.start, range_len(&head), MEMREMAP_WB);
	if (!from) {
		kvfree(data);
		return ERR_PTR(-EIO);
	}
	copy_pages(data, from, &head, bad);
	memunmap(from);
	found = signature_find(data, range_len(&head));
	kvfree(data);
	return found;
}
