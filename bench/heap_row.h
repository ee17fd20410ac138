/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory as libtiermalloc.so's heap has it, in the library's own process. */
#ifndef HEAP_ROW_H
#define HEAP_ROW_H

#include "bench.h"
#include "place.h"

#define HEAP_ROW "heap"

/* What `tierctl run --heap` handed down to us; NULL: nothing. */
const char *heap_handed_down(void);

/* Where a block of so many bytes must lie by that; 0: blocks of any size. 0 or an exit
 * status, said. */
int heap_place(struct bench *bench, struct place *place, uint64_t bytes) MUST_CHECK;
/* Whether the heap is what was asked for, and not a plain one. 0 or a status, said. */
int heap_is_there(struct bench *bench) MUST_CHECK;
/* The same, and whether these pages of it have the ratio that was asked for, if one was. */
int heap_prove(struct bench *bench, const struct tier_page_counts *counts) MUST_CHECK;

/* Run ourselves by `tierctl run --heap SPEC`, and take over the rows that come of it. 0
 * or an exit status, said. */
int heap_rows(struct bench *bench, const char *spec) MUST_CHECK;

#endif
