/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What repeated measurements say: a median, an interval that holds whatever the
 * distribution is, when enough was measured, and whether two series differ. Pure. */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>
#include <stddef.h>

#define STATS_CONFIDENCE 0.95

/* Fewest values of which the outermost two hold the median with 95 % confidence. */
#define STATS_LEAST 6

struct estimate {
	double median;
	double low; /* of the median's interval */
	double high;
	size_t count;
};

/* Sorts `values` in place; zeros for none. Below STATS_LEAST values the interval is
 * from the smallest to the largest and holds less than it says. */
struct estimate stats_estimate(double *values, size_t count, double confidence);

/* Half of the interval's width as a part of the median; infinite for a median of 0. */
double stats_error(const struct estimate *estimate);

/* When to stop measuring. */
struct stop_rule {
	size_t least; /* values, at least STATS_LEAST */
	size_t most;
	double error; /* stats_error() that is good enough */
};

enum stop {
	STOP_NOT_YET = 0,
	STOP_NARROW, /* the interval is as narrow as was asked */
	STOP_CAPPED, /* no more will be measured; the interval is wider */
};

/*
 * Asked after each value. Looking at every value would stop at lucky ones, so it looks
 * at some counts only, each half as many again as the last, and with an interval of
 * higher confidence than the one that is reported.
 */
enum stop stats_stop(const double *values, size_t count, const struct stop_rule *rule);

/* How probable it is that two series of one distribution differ as these do (rank sum
 * of Mann and Whitney, normal approximation, ties corrected); 1 for an empty one. */
double stats_same_probability(const double *a, size_t a_count, const double *b,
			      size_t b_count);

/* Which of several such probabilities are below 5 % when all are asked at once (Holm). */
void stats_significant(const double *probabilities, size_t count, bool *significant);

#endif
