/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what each tier can do, and how many accesses a program has in flight, to weights
 * for interleaving. Pure. With x_i the share of tier i, X the whole traffic and C cache
 * lines in flight, Little's law says
 *     X * sum(x_i * latency_i(x_i * X)) = 64 * C
 * so that the same tiers want DRAM alone, 4:1 or 2:1, depending on C.
 */
#ifndef ADVISE_H
#define ADVISE_H

#include <stddef.h>

#include "cleanup.h"

#define ADVISE_TIERS	  8
#define ADVISE_WEIGHT_MAX 20 /* of the fastest; finer ratios gain nothing */
#define ADVISE_RATIOS	  6  /* that are measured to confirm */

/* Loaded latency at one load. */
struct advise_point {
	double bytes_per_sec;
	double ns;
};

/* One tier (or node). `points` by growing load; without any a queue of the usual shape
 * stands in, from idle_ns on, until peak. */
struct advise_tier {
	double peak_bytes_per_sec;
	double idle_ns;
	const struct advise_point *points;
	size_t count;
};

struct advice {
	unsigned int weight[ADVISE_TIERS]; /* 0: leave this tier alone */
	double bytes_per_sec;		   /* expected with these weights */
	double alone_bytes_per_sec;	   /* with the first tier alone */
};

/* Makes a curve of points as they were measured, in any order and each with its error:
 * sorted by load, those at the peak left out, and latency never falling. How many are left. */
size_t advise_curve(struct advise_point *points, size_t count, double peak_bytes_per_sec);

/* Latency of a tier at a load; infinite at its peak and above. */
double advise_latency(const struct advise_tier *tier, double bytes_per_sec);

/* Traffic that `lines` in flight make at these shares, which add up to 1. */
double advise_throughput(const struct advise_tier *tiers, const double *shares,
			 size_t count, double lines);

/* How many lines were in flight, at least, when a tier gave so much: by the latency of the
 * highest load that was measured below that. 0: nothing is known of it. */
double advise_in_flight(const struct advise_tier *tier, double bytes_per_sec);

/* The best weights, tiers[0] being the fastest; rounded toward it. -EINVAL: no tier,
 * too many, or one without figures. */
int advise(const struct advise_tier *tiers, size_t count, double lines,
	   struct advice *advice) MUST_CHECK;

/* ---- confirming two tiers by measuring ------------------------------------------- */

/* One ratio that was measured: `fast` pages of the fast tier for one of the other;
 * infinite: the fast tier alone. */
struct advise_trial {
	double fast;
	double bytes_per_sec;
};

/* The next ratio to measure, 0 when enough were: at first the fast tier alone, then
 * what was predicted, then around the best so far. */
double advise_next(const struct advise_trial *trials, size_t count, double predicted);

/* The best of what was measured. */
size_t advise_best(const struct advise_trial *trials, size_t count);

#endif
