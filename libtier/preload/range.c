// SPDX-License-Identifier: LGPL-2.1-or-later
// Arithmetic of reserved ranges. Makes no system call and knows no heap.
#include "range.h"

#define MIB (1ULL << 20)

/* A first step, and the part of what is open that a further one adds. */
#define FIRST_STEP (4 * MIB)
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

/* Up to `end` stripes are `width` wide: at most a few hundredths of a percent of the
 * heap that came before, whole huge pages from the third stage on. */
static const struct {
	uint64_t end, width;
} stages[] = {
	{ 128 * MIB, MIB / 16 },   { 1024 * MIB, MIB / 4 },   { 4096 * MIB, 2 * MIB },
	{ 16384 * MIB, 8 * MIB },  { 65536 * MIB, 32 * MIB }, { 262144 * MIB, 128 * MIB },
	{ UINT64_MAX, 512 * MIB },
};

/*
 * The tier of the stripe with that number: of the first n stripes, tier 0 has
 * n * weight / sum, rounded; of those that it leaves, tier 1 has its part of the
 * rest, and so on. No tier is ever more than a stripe away from what it should have.
 */
static unsigned int tier_of(const struct heap_spec *spec, uint64_t number)
{
	uint64_t sum = 0;
	unsigned int tier = 0;

	for (unsigned int i = 0; i < spec->n_tiers; i++)
		sum += spec->tiers[i].weight;
	for (; tier + 1 < spec->n_tiers; tier++) {
		uint64_t weight = spec->tiers[tier].weight;
		uint64_t before = (number * weight + sum / 2) / sum;

		if (((number + 1) * weight + sum / 2) / sum > before)
			break;
		number -= before;
		sum -= weight;
	}
	return tier;
}

struct stripe range_stripe(const struct heap_spec *spec, uint64_t offset)
{
	uint64_t number = 0, begin = 0, in_stage;
	unsigned int stage = 0;

	while (offset >= stages[stage].end) {
		number += (stages[stage].end - begin) / stages[stage].width;
		begin = stages[stage++].end;
	}
	in_stage = (offset - begin) / stages[stage].width;
	return (struct stripe){
		.first = begin + in_stage * stages[stage].width,
		.bytes = stages[stage].width,
		.tier = tier_of(spec, number + in_stage),
	};
}

struct range_shares range_shares(const struct heap_spec *spec, uint64_t from, uint64_t to)
{
	struct range_shares shares = { 0 };

	while (from < to) {
		struct stripe stripe = range_stripe(spec, from);
		uint64_t end = stripe.first + stripe.bytes;

		if (end > to)
			end = to;
		shares.bytes[stripe.tier] += end - from;
		from = end;
	}
	return shares;
}
