/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests of the driver's arithmetic share: cmocka, sets of a test's own, and a model of them,
 * a bit for each address. Must not know libtier, which has headers of the same names.
 */
#ifndef PURE_H
#define PURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "range_set.h"

/* Rows that fail are told one by one and counted; a test ends in assert_rows(). */
#define ROW_FAILS(failures, ...) (print_error(__VA_ARGS__), (failures)++)
#define assert_rows(failures)	 assert_int_equal(failures, 0)

#define MOST 64 /* members of a set here */

struct own_set {
	struct range_set set;
	struct range ranges[MOST];
};

static inline struct range_set *empty(struct own_set *own, unsigned int room)
{
	own->set = (struct range_set){ .room = room, .ranges = own->ranges };
	return &own->set;
}

/* Of a table's row: those that end at 0 are not there. */
static inline struct range_set *from_row(struct own_set *own, const struct range *row,
					 size_t count)
{
	struct range_set *set = empty(own, MOST);

	for (size_t i = 0; i < count; i++)
		if (row[i].end)
			assert_int_equal(range_set_add(set, &row[i]), 1);
	return set;
}

static inline bool is_same(const struct range_set *a, const struct range_set *b)
{
	return a->count == b->count &&
	       !memcmp(a->ranges, b->ranges, a->count * sizeof(*a->ranges));
}

/* The set whose members are the runs of ones; bit 0 is address 0. */
static inline struct range_set *from_bits(struct own_set *own, uint32_t bits)
{
	struct range_set *set = empty(own, MOST);

	for (u64 at = 0; at < 32; at++) {
		if (!(bits >> at & 1))
			continue;
		if (at && (bits >> (at - 1) & 1))
			set->ranges[set->count - 1].end = at;
		else
			set->ranges[set->count++] = (struct range){ at, at };
	}
	return set;
}

static inline uint32_t bits_of(const struct range *range)
{
	uint32_t through = range->end >= 31 ? UINT32_MAX : (2u << range->end) - 1;

	return range->start > 31 ? 0 : through & ~((1u << range->start) - 1);
}

/* UINT32_MAX if it is not sorted, or members overlap or touch. */
static inline uint32_t to_bits(const struct range_set *set)
{
	uint32_t bits = 0;

	for (unsigned int i = 0; i < set->count; i++) {
		const struct range *range = &set->ranges[i];

		if (range->end < range->start ||
		    (i && range->start <= set->ranges[i - 1].end + 1))
			return UINT32_MAX;
		bits |= bits_of(range);
	}
	return bits;
}

/* A generator of its own, so that a failure can be repeated. */
static inline uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

#endif
