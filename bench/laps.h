/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples on their way to an interval: which of them depend on each other, and when there are
 * enough. Pure. */
#ifndef LAPS_H
#define LAPS_H

#include "cleanup.h"
#include "stats.h"

/*
 * Samples of one lap have the pages in common that they were taken on, and the moment: they
 * are nearer to each other than to those of another lap, so however many there are of one
 * lap, they tell little of what the next will find. What an interval is of is therefore laps,
 * each by its median. Twelve are as many as can be afforded; after nine the interval that
 * a look wants is that of all nine, 99.6 %.
 */
#define LAPS_LEAST 9
#define LAPS_MOST  12
/* For those who hurry. No fewer hold the median with 95 %. */
#define LAPS_HURRY STATS_LEAST

struct laps {
	struct stop_rule rule; /* of laps */
	size_t per_lap;	       /* samples, at least 1; with 1 each stands for itself */
	double *samples;       /* of this lap */
	double *medians;       /* of laps, in no order */
	size_t sample_count, count;
	size_t all; /* samples of all laps */
	enum stop stop;
};

/* 0 or -ENOMEM; laps_free() in either case. */
int laps_begin(struct laps *laps, const struct stop_rule *rule,
	       size_t per_lap) MUST_CHECK;
void laps_free(struct laps *laps);

/* No more than per_lap to one lap. */
void laps_add(struct laps *laps, double sample);
/* What there is of it becomes a lap; nothing without a sample. */
void laps_end_lap(struct laps *laps);
/* What the laps say until now; their medians are in order of size then. */
struct estimate laps_estimate(struct laps *laps);

#endif
