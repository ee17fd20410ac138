/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples on their way to a row, whatever they are of. */
#ifndef SERIES_H
#define SERIES_H

#include "disturb.h"
#include "laps.h"
#include "measure.h"

#define SAMPLE_NS 15000000 /* long against a timer's interrupt, short against drift */

struct series {
	struct laps laps;
	bool is_lone;	   /* each sample is a lap of its own */
	uint64_t until_ns; /* when the time is over, for those who hurry */
	struct disturb disturb;
	uint64_t moved; /* pages, by ourselves: no disturbance */
};

/* Whether the machine is emulated, and its figures are not to be told. */
bool is_hidden(const struct bench *bench);

/* How many laps there may be at most. */
size_t laps_most(const struct bench *bench);

/* Of samples that have nothing in common but the machine. 0 or a status, said. */
int series_begin(struct bench *bench, struct series *series) MUST_CHECK;
/* Of samples in laps; then, for each of them, begin and end. */
int series_begin_laps(struct bench *bench, struct series *series) MUST_CHECK;
void series_begin_lap(struct bench *bench, struct series *series);
void series_end_lap(struct bench *bench, struct series *series);

/* One more sample. */
void series_add(struct series *series, double value);
/* Whether they suffice, of this lap if there are laps, or, for those who hurry, the time is
 * over; where a sample takes longer than it should, as on a busy machine, that is sooner than
 * there are as many as planned. */
bool series_is_over(const struct series *series);

/* Prove the places once more, then keep the row. The samples are gone afterwards. */
int series_finish(struct bench *bench, struct spot *spot, struct series *series,
		  struct row *row) MUST_CHECK;
/* The two halves of it: what the row says of the place, and what was found. */
void series_fill_row(const struct bench *bench, const struct spot *spot, struct row *row);
int series_keep(struct bench *bench, struct series *series, struct row *row) MUST_CHECK;
void series_free(struct series *series);

void show_progress(struct bench *bench, const struct spot *spot, const char *test,
		   const char *variant);

#endif
