// SPDX-License-Identifier: LGPL-2.1-or-later
// Asking the kernel page by page where a range of our own lies. Decides nothing.
#include <errno.h>

#include "pages.h"

/* Pages of one call: 64 KiB of addresses and states, which fits the cache. */
#define ASKED_AT_ONCE 4096

struct asked {
	uintptr_t pages[ASKED_AT_ONCE];
	int status[ASKED_AT_ONCE];
};

static void tally(struct tier_page_counts *counts, int status)
{
	if (status >= 0 && status < TIER_MAX_NODES)
		counts->node[status]++;
	else if (status == -ENOENT)
		counts->absent++;
	else
		counts->unknown++;
}

static int count_some(const struct page_ops *ops, struct asked *asked, size_t count,
		      struct tier_page_counts *counts)
{
	const struct page_request request = { .count = count,
					      .pages = asked->pages,
					      .status = asked->status };
	int ret;

	for (size_t i = 0; i < count; i++)
		asked->status[i] = -EIO;
	ret = ops->move(&request);
	for (size_t i = 0; ret >= 0 && i < count; i++)
		tally(counts, asked->status[i]);
	return ret < 0 ? ret : 0;
}

int pages_count(const struct page_ops *ops, uintptr_t start, size_t bytes,
		struct tier_page_counts *counts)
{
	const size_t page = page_bytes();
	uintptr_t at = start - start % page;
	size_t left = (start + bytes - at + page - 1) / page;
	struct asked *asked = malloc(sizeof(*asked));
	int ret = asked ? 0 : -ENOMEM;

	*counts = (struct tier_page_counts){ .page_bytes = page };
	while (!ret && left) {
		size_t count = left < ASKED_AT_ONCE ? left : ASKED_AT_ONCE;

		for (size_t i = 0; i < count; i++, at += page)
			asked->pages[i] = at;
		ret = count_some(ops, asked, count, counts);
		left -= count;
	}
	free(asked);
	return ret;
}
