// SPDX-License-Identifier: LGPL-2.1-or-later
// Wilson, E. B.: Probable inference, the law of succession, and statistical inference (1927).
// One page out of each stratum is never less sure than that, and surer where memory is placed
// in runs.
#include "interval.h"

/* Of 97 in 100: with 1.96 half of all tests with a thousand looks would miss 950. */
#define DEVIATIONS 2.17

/* By Heron's method, from above. */
double square_root(double of)
{
	double root = of > 1 ? of : 1, next = (root + of / root) / 2;

	if (of <= 0)
		return 0;
	while (next < root) {
		root = next;
		next = (root + of / root) / 2;
	}
	return root;
}

static double within(double share)
{
	if (share < 0)
		return 0;
	return share > 1 ? 1 : share;
}

struct interval interval_of(double share, double n)
{
	const double z2 = DEVIATIONS * DEVIATIONS;
	double middle, half, scale;

	if (n <= 0)
		return (struct interval){ 0, 1 };
	share = within(share);
	scale = 1 + z2 / n;
	middle = (share + z2 / (2 * n)) / scale;
	half = square_root(within(z2 * (share * (1 - share) / n + z2 / (4 * n * n)) /
				  (scale * scale)));
	/* What was seen always belongs to it, whatever the rounding. */
	return (struct interval){ share <= 0 ? 0 : within(middle - half),
				  share >= 1 ? 1 : within(middle + half) };
}
