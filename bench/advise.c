// SPDX-License-Identifier: GPL-2.0-or-later
// Weights out of curves. Knows no node, no file and no clock.
#include "advise.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 64

/* Waiting at load u of the peak, in ns: a single queue, u / (1 - u) times this. It is
 * what the published optima of two-tier machines fit best. */
#define QUEUE_NS 22

/* Gains below this are not worth a page on slow memory. */
#define LEAST_GAIN 0.01

/* A ratio of small numbers is preferred to a better one by less than this. */
#define NEAR_ENOUGH 0.005

/* Room for a load that is just below the peak. */
#define JUST_BELOW (1 - 1e-9)

static double queue_latency(const struct advise_tier *tier, double load)
{
	double part = load / tier->peak_bytes_per_sec;

	return part >= 1 ? INFINITY : tier->idle_ns + QUEUE_NS * part / (1 - part);
}

/* Behind the last point the wait grows as a queue's, from there to the peak. */
static double beyond_points(const struct advise_tier *tier, double load)
{
	const struct advise_point *last = &tier->points[tier->count - 1];
	double room = tier->peak_bytes_per_sec - last->bytes_per_sec;
	double left = tier->peak_bytes_per_sec - load;

	if (left <= 0 || room <= 0)
		return INFINITY;
	return last->ns + QUEUE_NS * (room / left - 1);
}

double advise_latency(const struct advise_tier *tier, double bytes_per_sec)
{
	const struct advise_point *point = tier->points;

	if (!tier->count)
		return queue_latency(tier, bytes_per_sec);
	if (bytes_per_sec <= point[0].bytes_per_sec)
		return point[0].ns;
	for (size_t i = 1; i < tier->count; i++) {
		double width = point[i].bytes_per_sec - point[i - 1].bytes_per_sec;
		double part = bytes_per_sec - point[i - 1].bytes_per_sec;

		if (bytes_per_sec <= point[i].bytes_per_sec && width > 0)
			return point[i - 1].ns +
			       (point[i].ns - point[i - 1].ns) * part / width;
	}
	return beyond_points(tier, bytes_per_sec);
}

static int by_load(const void *a, const void *b)
{
	double one = ((const struct advise_point *)a)->bytes_per_sec;
	double other = ((const struct advise_point *)b)->bytes_per_sec;

	return (one > other) - (one < other);
}

size_t advise_curve(struct advise_point *points, size_t count, double peak_bytes_per_sec)
{
	if (count)
		qsort(points, count, sizeof(*points), by_load);
	while (count && points[count - 1].bytes_per_sec >= peak_bytes_per_sec)
		count--;
	/* Points that seem to fall have the mean of all that they fall below. */
	for (size_t end = 1; end < count; end++) {
		double sum = points[end].ns;
		size_t first = end;

		while (first && points[first - 1].ns * (double)(end - first + 1) > sum)
			sum += points[--first].ns;
		for (size_t i = first; i <= end; i++)
			points[i].ns = sum / (double)(end - first + 1);
	}
	return count;
}

double advise_in_flight(const struct advise_tier *tier, double bytes_per_sec)
{
	double load = tier->count ? tier->points[tier->count - 1].bytes_per_sec : 0;
	double ns = advise_latency(tier, fmin(load, bytes_per_sec));

	return bytes_per_sec * ns * 1e-9 / LINE_BYTES;
}

/* Bytes that are in flight for so much traffic. */
static double in_flight(const struct advise_tier *tiers, const double *shares,
			size_t count, double bytes_per_sec)
{
	double latency = 0;

	for (size_t i = 0; i < count; i++)
		if (shares[i] > 0)
			latency += shares[i] *
				   advise_latency(&tiers[i], shares[i] * bytes_per_sec);
	return bytes_per_sec * latency * 1e-9;
}

double advise_throughput(const struct advise_tier *tiers, const double *shares,
			 size_t count, double lines)
{
	double low = 0, high = INFINITY;

	for (size_t i = 0; i < count; i++)
		if (shares[i] > 0)
			high = fmin(high, tiers[i].peak_bytes_per_sec / shares[i]);
	high *= JUST_BELOW;
	/* More bisections than a double has bits. */
	for (int i = 0; i < 64; i++) {
		double guess = (low + high) / 2;

		if (in_flight(tiers, shares, count, guess) < lines * LINE_BYTES)
			low = guess;
		else
			high = guess;
	}
	return low;
}

/* ---- the best shares --------------------------------------------------------------- */

struct search {
	const struct advise_tier *tiers;
	size_t count;
	double lines;
};

static double of_weights(const struct search *search, const double *weights)
{
	double shares[ADVISE_TIERS], sum = 0;

	for (size_t i = 0; i < search->count; i++)
		sum += weights[i];
	for (size_t i = 0; i < search->count; i++)
		shares[i] = weights[i] / sum;
	return advise_throughput(search->tiers, shares, search->count, search->lines);
}

static double with_weight(const struct search *search, double *weights, size_t tier,
			  double weight)
{
	double kept = weights[tier], result;

	weights[tier] = weight;
	result = of_weights(search, weights);
	weights[tier] = kept;
	return result;
}

/* The best weight of one tier, the others held, between none and one as high as the
 * peaks allow. By golden sections: traffic has one maximum over a share. */
static void improve(const struct search *search, double *weights, size_t tier)
{
	const double golden = 0.6180339887498949;
	double low = 0, high = 2 * search->tiers[tier].peak_bytes_per_sec /
			       search->tiers[0].peak_bytes_per_sec;

	for (int i = 0; i < 40; i++) {
		double left = high - golden * (high - low);
		double right = low + golden * (high - low);

		if (with_weight(search, weights, tier, left) >=
		    with_weight(search, weights, tier, right))
			high = right;
		else
			low = left;
	}
	weights[tier] = (low + high) / 2;
	if (with_weight(search, weights, tier, 0) >= of_weights(search, weights))
		weights[tier] = 0;
}

/* The fastest tier's weight is whole, the others' are rounded down: a page too many on
 * slow memory costs more than one too few. */
static double rounded(const struct search *search, const double *weights,
		      unsigned int fastest, unsigned int *whole)
{
	double exact[ADVISE_TIERS];

	for (size_t i = 0; i < search->count; i++) {
		whole[i] = (unsigned int)floor(weights[i] * fastest + 1e-6);
		exact[i] = whole[i];
	}
	return of_weights(search, exact);
}

static void round_weights(const struct search *search, const double *weights,
			  struct advice *advice)
{
	double best = 0;
	unsigned int whole[ADVISE_TIERS];

	for (unsigned int fastest = 1; fastest <= ADVISE_WEIGHT_MAX; fastest++) {
		double result = rounded(search, weights, fastest, whole);

		if (result <= best * (1 + NEAR_ENOUGH))
			continue;
		best = result;
		memcpy(advice->weight, whole, search->count * sizeof(whole[0]));
	}
	advice->bytes_per_sec = best;
}

static bool is_known(const struct advise_tier *tier)
{
	return tier->peak_bytes_per_sec > 0 && (tier->count || tier->idle_ns > 0);
}

int advise(const struct advise_tier *tiers, size_t count, double lines,
	   struct advice *advice)
{
	const struct search search = { tiers, count, lines };
	double weights[ADVISE_TIERS] = { 1 };

	*advice = (struct advice){ 0 };
	if (!count || count > ADVISE_TIERS || !(lines > 0))
		return -EINVAL;
	for (size_t i = 0; i < count; i++)
		if (!is_known(&tiers[i]))
			return -EINVAL;
	advice->alone_bytes_per_sec = of_weights(&search, weights);
	/* Each tier's best depends on the others': a few rounds settle that. */
	for (int round = 0; round < 6; round++)
		for (size_t i = 1; i < count; i++)
			improve(&search, weights, i);
	round_weights(&search, weights, advice);
	if (advice->bytes_per_sec > advice->alone_bytes_per_sec * (1 + LEAST_GAIN))
		return 0;
	*advice = (struct advice){ .weight = { 1 },
				   .bytes_per_sec = advice->alone_bytes_per_sec,
				   .alone_bytes_per_sec = advice->alone_bytes_per_sec };
	return 0;
}

/* ---- confirming --------------------------------------------------------------------- */

/* How far from the prediction the neighbours are that are tried. */
#define FIRST_STEP 1.5
#define FAST_MOST  256.0

/* Ratios that are nearer to each other are one. */
#define SAME_RATIO 0.03

size_t advise_best(const struct advise_trial *trials, size_t count)
{
	size_t best = 0;

	for (size_t i = 1; i < count; i++)
		if (trials[i].bytes_per_sec > trials[best].bytes_per_sec)
			best = i;
	return best;
}

/* The next ratio measured on one side of `fast`; 0: none is. */
static const struct advise_trial *neighbour(const struct advise_trial *trials,
					    size_t count, double fast, bool is_above)
{
	const struct advise_trial *found = NULL;

	for (size_t i = 0; i < count; i++) {
		bool beyond = is_above ? trials[i].fast > fast : trials[i].fast < fast;

		if (beyond && (!found || (is_above ? trials[i].fast < found->fast :
						     trials[i].fast > found->fast)))
			found = &trials[i];
	}
	return found;
}

/* Half way, by ratio, to the better one of two neighbours. */
static double between(const struct advise_trial *best, const struct advise_trial *below,
		      const struct advise_trial *above)
{
	double up = isinf(above->fast) ? best->fast * FIRST_STEP : above->fast;

	if (above->bytes_per_sec > below->bytes_per_sec)
		return sqrt(best->fast * up);
	return sqrt(best->fast * below->fast);
}

/* Where both tiers would be full, as far as the trials have filled them: what the slow one
 * gave at most, and the fast one alone. 0: measured already, or next to it. */
static double balance(const struct advise_trial *trials, size_t count)
{
	double slow = 0, fast;

	for (size_t i = 1; i < count; i++)
		slow = fmax(slow, trials[i].bytes_per_sec / (1 + trials[i].fast));
	fast = slow > 0 ? trials[0].bytes_per_sec / slow : 0;
	for (size_t i = 1; i < count; i++)
		if (fabs(fast / trials[i].fast - 1) < SAME_RATIO)
			return 0;
	return fmin(fast, FAST_MOST);
}

double advise_next(const struct advise_trial *trials, size_t count, double predicted)
{
	const struct advise_trial *best, *below, *above;
	double start = isinf(predicted) ? 16 : predicted, both_full;

	if (!count)
		return INFINITY;
	if (count >= ADVISE_RATIOS)
		return 0;
	if (count == 1)
		return fmin(start, FAST_MOST);
	both_full = balance(trials, count);
	if (both_full > 0)
		return both_full;
	best = &trials[advise_best(trials, count)];
	below = neighbour(trials, count, best->fast, false);
	above = neighbour(trials, count, best->fast, true);
	if (isinf(best->fast))
		return below->fast * 2 > FAST_MOST ? 0 : below->fast * 2;
	if (!below)
		return best->fast / FIRST_STEP;
	if (!above || isinf(above->fast))
		return best->fast * FIRST_STEP;
	return between(best, below, above);
}
