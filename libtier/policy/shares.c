// SPDX-License-Identifier: LGPL-2.1-or-later
// 107 to 21.5 GB/s is 5 to 1. Knows neither nodes nor the kernel.
#include "shares.h"

#include <math.h>

#include "policy.h"
#include "topology.h"

static double largest(const struct share *shares, size_t count)
{
	double most = 0;

	for (size_t i = 0; i < count; i++)
		if ((double)shares[i].figure > most)
			most = (double)shares[i].figure;
	return most;
}

/* The mean of the figures that are like the largest of those below `top`, that one
 * included; they get it as their level. Returns that largest, 0: none is left. */
static double level_below(struct share *shares, size_t count, double top)
{
	double most = 0, sum = 0;
	size_t alike = 0;

	for (size_t i = 0; i < count; i++)
		if ((double)shares[i].figure < top && (double)shares[i].figure > most)
			most = (double)shares[i].figure;
	for (size_t i = 0; i < count; i++) {
		double figure = (double)shares[i].figure;

		if (figure < top && figures_alike(figure, most)) {
			sum += figure;
			alike++;
		}
	}
	for (size_t i = 0; i < count; i++) {
		double figure = (double)shares[i].figure;

		if (figure < top && figures_alike(figure, most))
			shares[i].level = sum / (double)alike;
	}
	return most;
}

/* Two sockets never measure quite the same. */
static void find_levels(struct share *shares, size_t count)
{
	double top = INFINITY;

	while ((top = level_below(shares, count, top)) > 0)
		top /= 1.1;
}

/* The largest gets `top`, the others are rounded down, as a page too many on slow
 * memory costs more than one too few. A weight of 0 there is not. */
static void scale(struct share *shares, size_t count, uint32_t top, bool by_level)
{
	double most = 0;

	for (size_t i = 0; i < count; i++)
		if (shares[i].level > most)
			most = shares[i].level;
	if (!by_level)
		most = largest(shares, count);
	for (size_t i = 0; i < count; i++) {
		double part = by_level ? shares[i].level : (double)shares[i].figure;
		/* A ratio that is whole must not fall short of it. */
		double exact = (double)top * (part / most) + 1e-9;

		shares[i].weight = exact < 1 ? 1 : (uint32_t)exact;
	}
}

static double worst_error(const struct share *shares, size_t count)
{
	double figures = 0, weights = 0, worst = 0;

	for (size_t i = 0; i < count; i++) {
		figures += (double)shares[i].figure;
		weights += shares[i].weight;
	}
	for (size_t i = 0; i < count; i++) {
		double error = (double)shares[i].weight / weights -
			       (double)shares[i].figure / figures;

		if (error < 0)
			error = -error;
		if (error > worst)
			worst = error;
	}
	return worst;
}

double shares_weigh(struct share *shares, size_t count)
{
	uint32_t best = 1;
	bool best_by_level = true;
	double least = 1;

	find_levels(shares, count);
	for (uint32_t top = 1; top <= WEIGHT_MAX; top++) {
		for (int by_level = 1; by_level >= 0; by_level--) {
			double error;

			if (least <= SHARES_ERROR)
				break;
			scale(shares, count, top, by_level);
			error = worst_error(shares, count);
			if (error < least) {
				least = error;
				best = top;
				best_by_level = by_level;
			}
		}
	}
	scale(shares, count, best, best_by_level);
	return least;
}
