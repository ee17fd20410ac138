// SPDX-License-Identifier: LGPL-2.1-or-later
// From the worthiest down: each takes its part of what is left, within the bounds.
#include "split.h"

static double sum_of(const struct claim *claims, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += claims[i].worth;
	return sum;
}

void split(struct claim *claims, size_t n, uint32_t budget)
{
	double sum = sum_of(claims, n);

	for (size_t i = 0; i < n; i++) {
		double part = sum > 0 ? claims[i].worth / sum * budget : 0;
		uint32_t pages = part < SPLIT_MOST ? (uint32_t)part : SPLIT_MOST;

		if (pages < SPLIT_LEAST)
			pages = SPLIT_LEAST;
		if (pages > budget || claims[i].worth <= 0)
			pages = 0;
		claims[i].pages = pages;
		budget -= pages;
		sum -= claims[i].worth;
	}
}
