/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How sure one may be of a share that was counted in a sample. Pure. */
#ifndef INTERVAL_H
#define INTERVAL_H

/* Both between 0 and 1. */
struct interval {
	double lowest;
	double highest;
};

/*
 * Wilson's score interval for a share found in a sample of so many, which need not be a
 * whole number. It is made so that in any thousand looks at least 950 intervals hold the
 * truth, so it is a little wider than one that holds it in 950 on average. Nothing counted: 0 to 1.
 */
struct interval interval_of(double share, double n);

/* 0 for what is below 0. Loading libm for it would cost each program that loads us. */
double square_root(double of);

#endif
