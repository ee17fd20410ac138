// SPDX-License-Identifier: GPL-2.0-or-later
// Keeps laps apart. Knows neither clock nor memory.
#include "laps.h"

#include <errno.h>
#include <stdlib.h>

int laps_begin(struct laps *laps, const struct stop_rule *rule, size_t per_lap)
{
	*laps = (struct laps){ .rule = *rule, .per_lap = per_lap };
	laps->samples = calloc(per_lap, sizeof(*laps->samples));
	laps->medians = calloc(rule->most, sizeof(*laps->medians));
	return laps->samples && laps->medians ? 0 : -ENOMEM;
}

void laps_free(struct laps *laps)
{
	free(laps->samples);
	free(laps->medians);
	*laps = (struct laps){ 0 };
}

void laps_add(struct laps *laps, double sample)
{
	laps->samples[laps->sample_count++] = sample;
}

void laps_end_lap(struct laps *laps)
{
	if (!laps->sample_count)
		return;
	laps->medians[laps->count++] =
		stats_estimate(laps->samples, laps->sample_count, STATS_CONFIDENCE).median;
	laps->all += laps->sample_count;
	laps->sample_count = 0;
	laps->stop = stats_stop(laps->medians, laps->count, &laps->rule);
}

struct estimate laps_estimate(struct laps *laps)
{
	return stats_estimate(laps->medians, laps->count, STATS_CONFIDENCE);
}
