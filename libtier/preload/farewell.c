// SPDX-License-Identifier: LGPL-2.1-or-later
// TIER_HEAP_STATS=1: what the heap was, on standard error when the program ends. The
// heap itself stays: others may still free.
#include <stdio.h>

#include "heap.h"
#include "kernel.h"

#define KIB 1024

static const char *const states[] = {
	[HEAP_STATE_UNKNOWN] = "unknown",
	[HEAP_STATE_PLAIN] = "plain",
	[HEAP_STATE_PLACED] = "placed",
	[HEAP_STATE_PARTED] = "parted",
};

static void tell_tier(unsigned int tier)
{
	struct heap_page_tier *counts = &tiermalloc_page.tiers[tier];
	char line[160], limit[40] = "";

	if (counts->limit_bytes)
		snprintf(limit, sizeof(limit), " of %llu KiB",
			 (unsigned long long)counts->limit_bytes / KIB);
	kernel_tell(line,
		    (size_t)snprintf(
			    line, sizeof(line),
			    "tiermalloc: tier %u: %llu KiB%s, %llu spilled\n", tier,
			    (unsigned long long)atomic_load(&counts->used_bytes) / KIB,
			    limit,
			    (unsigned long long)atomic_load(&counts->spilled_count)));
}

__attribute__((destructor)) static void farewell(void)
{
	const char *wish = kernel_environment("TIER_HEAP_STATS");
	char line[HEAP_PAGE_TEXT + 160];
	int len;

	if (!wish || wish[0] != '1' || wish[1])
		return;
	len = snprintf(line, sizeof(line),
		       "tiermalloc: heap %s%s%s, %llu KiB elsewhere, %llu refused\n",
		       states[atomic_load(&tiermalloc_page.state)],
		       tiermalloc_page.text[0] ? ": " : "", tiermalloc_page.text,
		       (unsigned long long)atomic_load(&tiermalloc_page.rest_bytes) / KIB,
		       (unsigned long long)atomic_load(&tiermalloc_page.refused_count));
	kernel_tell(line, (size_t)len);
	for (unsigned int i = 0; i < tiermalloc_page.n_tiers; i++)
		tell_tier(i);
}
