/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples on their way to a row, whatever they are of. */
#ifndef SERIES_H
#define SERIES_H

#include "disturb.h"
#include "measure.h"

#define SAMPLE_NS 15000000 /* long against a timer's interrupt, short against drift */

struct series {
	struct stop_rule rule;
	double *values;
	size_t count;
	enum stop stop;
	uint64_t until_ns; /* when the time is over, for those who hurry */
	struct disturb disturb;
	uint64_t moved; /* pages, by ourselves: no disturbance */
};

/* Whether the machine is emulated, and its figures are not to be told. */
bool is_hidden(const struct bench *bench);

/* 0 or a status, said. */
int series_begin(struct bench *bench, struct series *series) MUST_CHECK;
/* One more sample; series->stop is set when they suffice. */
void series_add(struct series *series, double value);
/* Whether they suffice, or, for those who hurry, the time is over; where a sample takes longer
 * than it should, as on a busy machine, that is sooner than there are as many as planned. */
bool series_is_over(const struct series *series);
/* Prove the places once more, then keep the row. The samples are gone afterwards. */
int series_finish(struct bench *bench, struct spot *spot, struct series *series,
		  struct row *row) MUST_CHECK;

void show_progress(struct bench *bench, const struct spot *spot, const char *test,
		   const char *variant);

#endif
