// SPDX-License-Identifier: LGPL-2.1-or-later
// Arithmetic of reserved ranges. Makes no system call and knows no heap.
#include "range.h"

#define MIB (1ULL << 20)

/* A first step, and the part of what is open that a further one adds. */
#define FIRST_STEP (2 * MIB)
#define GROWTH	   4

uintptr_t range_take(struct range *range, uintptr_t wanted, uint64_t size,
		     uint64_t alignment)
{
	uint64_t taken = atomic_load_explicit(&range->taken, memory_order_relaxed);
	uint64_t start;

	do {
		uintptr_t at = range->base + taken;

		start = taken + (-at & (alignment - 1));
		if (start < taken || start > range->size || size > range->size - start)
			return 0;
		if (wanted && range->base + start != wanted)
			return 0;
	} while (!atomic_compare_exchange_weak_explicit(
		&range->taken, &taken, start + size, memory_order_relaxed,
		memory_order_relaxed));
	return range->base + start;
}

uint64_t range_step(const struct range *range, uint64_t opened, uint64_t needed)
{
	uint64_t step = opened / GROWTH > FIRST_STEP ? opened / GROWTH : FIRST_STEP;
	uint64_t target = opened + step;

	if (target < needed)
		target = needed;
	target = (target + 2 * MIB - 1) & -(2 * MIB);
	return target > range->size ? range->size : target;
}

/* ---- stripes --------------------------------------------------------------------- */

/* Up to `end` stripes are 1 << `shift` bytes wide: a few hundredths of a percent of a
 * heap that ends there, whole huge pages from the fourth stage on. */
static const struct {
	uint64_t end;
	unsigned int shift;
} stages[] = {
	{ 32 * MIB, 14 },    { 128 * MIB, 16 },	   { 1024 * MIB, 18 }, { 8192 * MIB, 21 },
	{ 65536 * MIB, 24 }, { 524288 * MIB, 27 }, { UINT64_MAX, 30 },
};

/* More than any tier has too much of, in stripes, wherever one begins to count. */
#define STRIPES_OFF 3

static uint64_t weights_of(const struct heap_spec *spec)
{
	uint64_t sum = spec->tiers[0].weight;

	for (unsigned int i = 1; i < spec->n_tiers; i++)
		sum += spec->tiers[i].weight;
	return sum;
}

/*
 * The tier of the stripe with that number. A hand goes round, by the golden ratio of
 * its way for each stripe, and every tier has a part of the circle: of all steps this
 * one spreads any number of stripes most evenly, from wherever on and of whichever
 * distance between them.
 */
static unsigned int tier_of(const struct heap_spec *spec, uint64_t number)
{
	uint64_t hand = number * 0x9e3779b97f4a7c15; /* 2^64 / 1.618... */
	uint64_t at = (uint64_t)((unsigned __int128)hand * weights_of(spec) >> 64);
	unsigned int tier = 0;

	while (at >= spec->tiers[tier].weight)
		at -= spec->tiers[tier++].weight;
	return tier;
}

struct stripe range_stripe(const struct heap_spec *spec, uint64_t offset)
{
	uint64_t number = 0, begin = 0, in_stage;
	unsigned int stage = 0, shift;

	while (offset >= stages[stage].end) {
		number += (stages[stage].end - begin) >> stages[stage].shift;
		begin = stages[stage++].end;
	}
	shift = stages[stage].shift;
	in_stage = (offset - begin) >> shift;
	return (struct stripe){
		.first = begin + (in_stage << shift),
		.bytes = 1ULL << shift,
		.tier = tier_of(spec, number + in_stage),
	};
}

struct stripe range_run(const struct heap_spec *spec, uint64_t from, uint64_t to)
{
	struct stripe stripe = range_stripe(spec, from), run = { .tier = stripe.tier };
	uint64_t end = from;

	while (end < to && stripe.tier == run.tier) {
		end = stripe.first + stripe.bytes;
		stripe = range_stripe(spec, end);
	}
	run.first = from;
	run.bytes = (end < to ? end : to) - from;
	return run;
}

struct range_shares range_shares(const struct heap_spec *spec, uint64_t from, uint64_t to)
{
	struct range_shares shares = { 0 };

	while (from < to) {
		struct stripe run = range_run(spec, from, to);

		shares.bytes[run.tier] += run.bytes;
		from += run.bytes;
	}
	return shares;
}

uint64_t range_share_most(const struct heap_spec *spec, unsigned int tier, uint64_t bytes,
			  uint64_t end)
{
	unsigned __int128 share = (unsigned __int128)bytes * spec->tiers[tier].weight;
	uint64_t most = (uint64_t)(share / weights_of(spec)) +
			STRIPES_OFF * range_stripe(spec, end).bytes;

	return most < bytes ? most : bytes;
}
