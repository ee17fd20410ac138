// SPDX-License-Identifier: LGPL-2.1-or-later
// Steal, pressure, huge pages and balancing out of what the kernel writes. Knows no file.
#include "strain.h"

#include <string.h>

#include "cleanup.h"
#include "parse.h"

/* Columns of the line of all CPUs: user nice system idle iowait irq softirq steal. */
#define STEAL_COLUMN 8

/* Above this a product with microseconds of a second would not fit. */
#define TICKS_MOST (UINT64_MAX / 1000000)

static void set(struct tier_traffic *traffic, enum tier_counter counter, uint64_t value)
{
	traffic->known |= 1u << counter;
	traffic->count[counter] = value;
}

void strain_parse_stat(const char *text, uint64_t ticks_per_sec,
		       struct tier_traffic *traffic)
{
	uint64_t ticks = 0;

	if (strncmp(text, "cpu ", 4) != 0 || !ticks_per_sec)
		return;
	text += 3;
	for (int column = 0; column < STEAL_COLUMN; column++) {
		while (*text == ' ')
			text++;
		if (parse_digits(&text, &ticks) || (*text != ' ' && *text != '\n'))
			return;
	}
	if (ticks <= TICKS_MOST)
		set(traffic, TIER_STOLEN_US, ticks * 1000000 / ticks_per_sec);
}

void strain_parse_pressure(const char *text, enum tier_counter counter,
			   struct tier_traffic *traffic)
{
	static const char key[] = " total=";
	const char *line, *at;
	size_t len;
	uint64_t us;

	while (next_line(&text, &line, &len)) {
		if (len < 5 || strncmp(line, "some ", 5) != 0)
			continue;
		at = memmem(line, len, key, sizeof(key) - 1);
		if (!at)
			return;
		at += sizeof(key) - 1;
		if (!parse_digits(&at, &us) && (*at == '\n' || !*at))
			set(traffic, counter, us);
		return;
	}
}

void strain_parse_huge(const char *text, struct tier_traffic *traffic)
{
	static const struct {
		const char *word;
		uint32_t flags;
	} rows[] = {
		{ "[always]", TIER_TRAFFIC_HUGE_ALWAYS },
		{ "[madvise]", TIER_TRAFFIC_HUGE_ADVISED },
		{ "[never]", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strstr(text, rows[i].word)) {
			traffic->flags |= TIER_TRAFFIC_KNOWS_HUGE | rows[i].flags;
			return;
		}
}

void strain_parse_balancing(const char *text, struct tier_traffic *traffic)
{
	uint64_t value;

	/* Bits of kernel/sched/core.c, NUMA_BALANCING_*. */
	if (parse_u64(text, &value) || value > 3)
		return;
	traffic->flags |= TIER_TRAFFIC_KNOWS_BALANCING |
			  (value & 1 ? TIER_TRAFFIC_BALANCES : 0) |
			  (value & 2 ? TIER_TRAFFIC_PROMOTES : 0);
}
