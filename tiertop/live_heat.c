// SPDX-License-Identifier: GPL-2.0-or-later
// What DAMON tells of one process, from libtier's sample to a record.
#include "live_heat.h"

#include <errno.h>
#include <string.h>

/* Where its memory lies is known from the others, so few pages will do here. */
#define PAGES 64

static int compare_heat(const void *a, const void *b)
{
	const struct rec_region *one = a, *other = b;

	if (one->accesses != other->accesses)
		return one->accesses < other->accesses ? 1 : -1;
	return (one->start > other->start) - (one->start < other->start);
}

static int take_region(struct record *record, const struct tier_heat_sample *from,
		       struct rec_region *to)
{
	const size_t n = record->n_tiers + 1;

	*to = (struct rec_region){
		.start = from->start,
		.bytes = from->bytes,
		.accesses = from->accesses,
		.most = from->accesses_most,
		.age = (double)from->age_ns / 1e9,
		.tiers = arena_array(&record->arena, n, sizeof(*to->tiers)),
	};
	if (!to->tiers)
		return -ENOMEM;
	memcpy(to->tiers, from->tier_bytes, n * sizeof(*to->tiers));
	return 0;
}

static int take_regions(struct record *record, const struct tier_sample *sample)
{
	const size_t n = sample->n_regions;
	int ret = 0;

	record->regions = arena_array(&record->arena, n + 1, sizeof(*record->regions));
	if (!record->regions)
		return -ENOMEM;
	for (size_t i = 0; !ret && i < n; i++)
		ret = take_region(record, &sample->regions[i], &record->regions[i]);
	if (ret)
		return ret;
	record->n_regions = n;
	qsort(record->regions, n, sizeof(*record->regions), compare_heat);
	return 0;
}

static int say_why(struct record *record, const char *why)
{
	record->heat_why = arena_strdup(&record->arena, why);
	return record->heat_why ? 0 : -ENOMEM;
}

int live_heat_take(struct live_heat *heat, const struct live *live, int pid,
		   struct record *record)
{
	const struct tier_sampling sampling = { .flags = TIER_SAMPLE_HEAT,
						.topology = live_topology(live),
						.pid = pid,
						.pages = PAGES };
	const struct tier_sample *sample = NULL;
	int ret;

	record->heat_of = pid;
	record->heat_why = "";
	if (!pid) {
		live_heat_end(heat);
		return 0;
	}
	if (pid == heat->ended)
		return say_why(record, "it has ended");
	ret = tier_sampler_look(live_ctx(live), &heat->sampler, &sampling,
				sizeof(sampling), &sample);
	if (ret == -ESRCH)
		heat->ended = pid;
	if (ret)
		return ret == -ENOMEM ? ret : say_why(record, tier_strerror(ret));
	if (sample->regions_error == -ESRCH)
		heat->ended = pid;
	ret = say_why(record, sample->regions_why);
	return ret ? ret : take_regions(record, sample);
}

void live_heat_end(struct live_heat *heat)
{
	tier_sampler_free(heat->sampler);
	*heat = (struct live_heat){ 0 };
}
