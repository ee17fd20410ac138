/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows under way: each lap through all of them brings a part of each. Without laps, as where
 * the memory is not ours to place anew, a row is measured at once. */
#ifndef ENTRY_H
#define ENTRY_H

#include "series.h"

struct entry {
	struct row row;
	struct series series;
	size_t steps;	   /* of a chain that a sample takes; 0: not found yet */
	double load;	   /* sum of what was beside it, */
	size_t load_count; /* and of how many samples */
};

/* From the first lap of some rows to entries_end(). */
void entries_begin(struct bench *bench);
/* Whether any row of a place wants another lap; with NULL, of any place. */
bool entries_want_lap(const struct bench *bench, const struct place *place);
/* What is known until now of a place's first row; zeros for none. */
struct estimate entries_so_far(const struct bench *bench, const struct place *place);
/* Keep the rows in the order in which they were begun, or with a status nothing. Returns
 * it, or another, said. */
int entries_end(struct bench *bench, int status) MUST_CHECK;

/* This lap of a row, by what it is of and where; *entry is NULL where it has enough. Then
 * entry_end() in any case. 0 or a status, said. */
int entry_begin(struct bench *bench, const struct spot *spot, const struct row *row,
		struct entry **entry) MUST_CHECK;
/* Returns the status, or another, said. */
int entry_end(struct bench *bench, struct spot *spot, struct entry *entry,
	      int status) MUST_CHECK;

#endif
