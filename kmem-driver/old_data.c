// SPDX-License-Identifier: GPL-2.0-only
/* Reads both ends of a data area without dying of what may be wrong with them. */
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

static const char *find_in(const struct range *part, const struct range_set *bad,
			   const char *(*find)(const u8 *data, size_t size))
{
	const char *found;
	void *from;
	u8 *data;

	data = kvzalloc(range_len(part), GFP_KERNEL);
	if (!data)
		return ERR_PTR(-ENOMEM);
	from = memremap(part->start, range_len(part), MEMREMAP_WB);
	if (!from) {
		kvfree(data);
		return ERR_PTR(-EIO);
	}
	copy_pages(data, from, part, bad);
	memunmap(from);
	found = find(data, range_len(part));
	kvfree(data);
	return found;
}

const char *old_data_find(const struct range *range, const struct range_set *bad)
{
	const u64 head = min_t(u64, range_len(range), SIGNATURE_BYTES);
	const u64 tail = min_t(u64, range_len(range), SIGNATURE_END_BYTES);
	const struct range first = { range->start, range->start + head - 1 };
	const struct range last = { range->end - tail + 1, range->end };

	return find_in(&first, bad, signature_find) ?:
		       find_in(&last, bad, signature_find_end);
}
