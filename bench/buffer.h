/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that lies where it was asked for, which was looked at page by page. */
#ifndef BUFFER_H
#define BUFFER_H

#include "bench.h"
#include "place.h"

struct buffer {
	void *start;
	size_t bytes;
	void *mapping; /* larger, so that start is aligned */
	size_t mapped;
	void *block; /* of malloc, in place of a mapping */
	uint64_t pages_proved;
};

/* Whether so many bytes are free where they shall lie. 0 or an exit status, said. */
int buffer_room(const struct bench *bench, const struct place *place,
		uint64_t bytes) MUST_CHECK;

/* Where all of it lies. 0 or an exit status, said. */
int buffer_count(const struct buffer *buffer, struct tier_page_counts *counts) MUST_CHECK;

/* Place, touch, prove. 0 or an exit status, said. */
int buffer_open(struct bench *bench, const struct place *place,
		struct buffer *buffer) MUST_CHECK;
/* Prove once more, after measuring: something may have moved the pages. */
int buffer_prove(struct bench *bench, const struct place *place,
		 struct buffer *buffer) MUST_CHECK;
void buffer_close(struct buffer *buffer);

#endif
