// SPDX-License-Identifier: GPL-2.0-or-later
// Order statistics and rank sums. Knows nothing of what was measured.
#include "stats.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* What the looks before the last one cost in confidence. Where samples fall into two heaps
 * of like size, each look may find one heap alone, and stop: with 99.5 % at each, and at
 * most eight of them, the interval of 95 % at the end still holds in 95 of 100
 * (tests/unit/test_bench_stats.c; with 98.5 % it does not). */
#define LOOK_CONFIDENCE 0.995

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double middle(const double *sorted, size_t count)
{
	size_t half = count / 2;

	return count % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/* How many values may be left out at each end: the true median lies below the k-th
 * smallest with the probability that fewer than k of n fair coins show heads. */
static size_t outer_values(size_t count, double confidence)
{
	double log_term = -(double)count * log(2), below = 0;
	size_t k = 0;

	while (k < count / 2) {
		below += exp(log_term);
		if (below > (1 - confidence) / 2)
			break;
		log_term += log((double)(count - k)) - log((double)(k + 1));
		k++;
	}
	return k ? k - 1 : 0;
}

struct estimate stats_estimate(double *values, size_t count, double confidence)
{
	struct estimate estimate = { .count = count };
	size_t outer;

	if (!count)
		return estimate;
	qsort(values, count, sizeof(*values), by_value);
	outer = outer_values(count, confidence);
	estimate.median = middle(values, count);
	estimate.low = values[outer];
	estimate.high = values[count - 1 - outer];
	return estimate;
}

double stats_error(const struct estimate *estimate)
{
	if (estimate->median == 0)
		return INFINITY;
	return (estimate->high - estimate->low) / 2 / fabs(estimate->median);
}

static bool is_look(size_t count, size_t least)
{
	size_t look = least < STATS_LEAST ? STATS_LEAST : least;

	while (look < count)
		look += look / 2;
	return look == count;
}

enum stop stats_stop(const double *values, size_t count, const struct stop_rule *rule)
{
	struct estimate estimate;
	SCOPED_FREE double *copy = NULL;

	if (count >= rule->most)
		return STOP_CAPPED;
	if (count < rule->least || !is_look(count, rule->least))
		return STOP_NOT_YET;
	copy = malloc(count * sizeof(*copy));
	/* Without memory for a look, measure on: that is never wrong. */
	if (!copy)
		return STOP_NOT_YET;
	memcpy(copy, values, count * sizeof(*copy));
	estimate = stats_estimate(copy, count, LOOK_CONFIDENCE);
	return stats_error(&estimate) <= rule->error ? STOP_NARROW : STOP_NOT_YET;
}

/* ---- two series ------------------------------------------------------------------ */

/* Twice the rank sum of `a`, which is whole with ties too, less its smallest. */
static double twice_u(const double *a, size_t a_count, const double *b, size_t b_count)
{
	double twice = 0;

	for (size_t i = 0; i < a_count; i++)
		for (size_t j = 0; j < b_count; j++)
			twice += 2 * (a[i] > b[j]) + (a[i] == b[j]);
	return twice;
}

/* Sum of t^3 - t over all groups of equal values of both. */
static double tie_term(double *all, size_t count)
{
	double sum = 0;

	qsort(all, count, sizeof(*all), by_value);
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;
		double t;

		while (end < count && all[end] == all[i])
			end++;
		t = (double)(end - i);
		sum += t * t * t - t;
		i = end;
	}
	return sum;
}

double stats_same_probability(const double *a, size_t a_count, const double *b,
			      size_t b_count)
{
	size_t count = a_count + b_count;
	SCOPED_FREE double *all = NULL;
	double product, mean, variance, distance;

	if (!a_count || !b_count)
		return 1;
	all = malloc(count * sizeof(*all));
	if (!all)
		return 1;
	memcpy(all, a, a_count * sizeof(*all));
	memcpy(all + a_count, b, b_count * sizeof(*all));
	product = (double)a_count * (double)b_count;
	mean = product / 2;
	variance = product / 12 *
		   ((double)count + 1 -
		    tie_term(all, count) / ((double)count * ((double)count - 1)));
	if (variance <= 0)
		return 1;
	distance = fabs(twice_u(a, a_count, b, b_count) / 2 - mean) - 0.5;
	return distance <= 0 ? 1 : erfc(distance / sqrt(2 * variance));
}

void stats_significant(const double *probabilities, size_t count, bool *significant)
{
	size_t left = count;

	memset(significant, 0, count * sizeof(*significant));
	while (left) {
		size_t best = SIZE_MAX;

		for (size_t i = 0; i < count; i++)
			if (!significant[i] &&
			    (best == SIZE_MAX || probabilities[i] < probabilities[best]))
				best = i;
		if (probabilities[best] > (1 - STATS_CONFIDENCE) / (double)left)
			return;
		significant[best] = true;
		left--;
	}
}
