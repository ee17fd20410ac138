// SPDX-License-Identifier: LGPL-2.1-or-later
// Which lines of vmstat count what. Knows no file.
#include "traffic.h"

#include <string.h>

#include "cleanup.h"
#include "parse.h"

/* Several lines may make one counter. Since: pgdemote_kswapd and _direct 5.15,
 * pgpromote_success 5.13, pgpromote_candidate 6.1, pgdemote_khugepaged 6.6,
 * pgdemote_proactive 6.16. */
static const struct {
	const char *name;
	enum tier_counter counter;
} lines[] = {
	{ "pgdemote_kswapd", TIER_DEMOTED_PAGES },
	{ "pgdemote_direct", TIER_DEMOTED_PAGES },
	{ "pgdemote_khugepaged", TIER_DEMOTED_PAGES },
	{ "pgdemote_proactive", TIER_DEMOTED_PAGES },
	{ "pgpromote_success", TIER_PROMOTED_PAGES },
	{ "pgpromote_candidate", TIER_PROMOTE_CANDIDATES },
	{ "numa_hint_faults", TIER_HINT_FAULTS },
	{ "numa_pages_migrated", TIER_BALANCED_PAGES },
	{ "pgmigrate_success", TIER_MIGRATED_PAGES },
	{ "pgmigrate_fail", TIER_MIGRATE_FAILURES },
	{ "pswpout", TIER_SWAPPED_OUT_PAGES },
	{ "pgsteal_kswapd", TIER_RECLAIMED_PAGES },
	{ "pgsteal_direct", TIER_RECLAIMED_PAGES },
	{ "pgsteal_khugepaged", TIER_RECLAIMED_PAGES },
	{ "pgsteal_proactive", TIER_RECLAIMED_PAGES },
};

static void add(struct tier_traffic *traffic, enum tier_counter counter, uint64_t value)
{
	traffic->known |= 1u << counter;
	traffic->count[counter] += value;
}

void traffic_parse(const char *text, struct tier_traffic *traffic)
{
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len)) {
		const char *blank = memchr(line, ' ', len);
		uint64_t value;

		for (size_t i = 0; blank && i < ARRAY_SIZE(lines); i++) {
			const char *number = blank + 1;

			if (span_is(line, (size_t)(blank - line), lines[i].name) &&
			    !parse_digits(&number, &value))
				add(traffic, lines[i].counter, value);
		}
	}
}

void traffic_rate(const struct tier_traffic *before, const struct tier_traffic *after,
		  struct tier_rates *rate)
{
	*rate = (struct tier_rates){ 0 };
	if (after->time_ns <= before->time_ns)
		return;
	rate->seconds = (double)(after->time_ns - before->time_ns) / 1e9;
	for (int i = 0; i < TIER_COUNTERS; i++) {
		if (!(before->known & after->known & 1u << i) ||
		    after->count[i] < before->count[i])
			continue;
		rate->known |= 1u << i;
		rate->per_sec[i] =
			(double)(after->count[i] - before->count[i]) / rate->seconds;
	}
}
