// SPDX-License-Identifier: GPL-2.0-or-later
// Splitting of devices into runs: every small device with every set of bad addresses, against
// what a block by itself must be; a table of real ones; ends of the 64 bits.
#include "plan.h"

#include "pure.h"

#define WORLD 10 /* addresses: 1024 devices, 1024 sets of bad ones */
#define MIB   (1ULL << 20)
#define GIB   (1ULL << 30)

struct own_plan {
	struct plan plan;
	struct own_set runs;
	struct own_set skipped;
};

static int make(struct own_plan *own, const struct range_set *device,
		const struct range_set *bad, u64 block)
{
	unsigned int room = plan_room(device, bad);

	own->plan = (struct plan){
		.runs = *empty(&own->runs, room),
		.skipped = *empty(&own->skipped, room),
	};
	return plan_make(&own->plan, device, bad, block);
}

/* What a block must be, looked at alone. */
static bool is_right(const struct plan *plan, uint32_t device, uint32_t bad,
		     unsigned int block)
{
	uint32_t runs = 0, skipped = 0;

	for (unsigned int at = 0; at < WORLD; at += block) {
		const uint32_t here = ((1u << block) - 1) << at;

		if ((device & here) != here)
			continue;
		if (bad & here)
			skipped |= here;
		else
			runs |= here;
	}
	return to_bits(&plan->runs) == runs && to_bits(&plan->skipped) == skipped &&
	       plan->lost_align_bytes ==
		       (u64)__builtin_popcount(device & ~(runs | skipped));
}

static void test_plan__every_small_device(void **state)
{
	static const unsigned int blocks[] = { 1, 2, 4 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		for (uint32_t device = 0; device < 1u << WORLD; device++) {
			struct own_set ranges;

			from_bits(&ranges, device);
			for (uint32_t bad = 0; bad < 1u << WORLD; bad++) {
				struct own_set bad_ranges;
				struct own_plan own;

				from_bits(&bad_ranges, bad);
				if (make(&own, &ranges.set, &bad_ranges.set, blocks[i]) ||
				    !is_right(&own.plan, device, bad, blocks[i]))
					ROW_FAILS(failures,
						  "device %#x, bad %#x, block %u\n",
						  device, bad, blocks[i]);
			}
		}
	assert_rows(failures);
}

static void test_plan__devices(void **state)
{
	static const struct {
		const char *what;
		struct range device[2], bad[2];
		u64 block;
		struct range runs[3], skipped[2];
		u64 lost;
	} rows[] = {
		{ "pmem behind its 2 MiB",
		  { { 4 * GIB + 2 * MIB, 5 * GIB - 1 } },
		  { { 0 } },
		  128 * MIB,
		  { { 4 * GIB + 128 * MIB, 5 * GIB - 1 } },
		  { { 0 } },
		  126 * MIB },
		{ "smaller than a block",
		  { { GIB + 1, GIB + 128 * MIB } },
		  { { 0 } },
		  128 * MIB,
		  { { 0 } },
		  { { 0 } },
		  128 * MIB },
		{ "second range too small",
		  { { GIB, 2 * GIB - 1 }, { 3 * GIB, 3 * GIB + MIB } },
		  { { 0 } },
		  128 * MIB,
		  { { GIB, 2 * GIB - 1 } },
		  { { 0 } },
		  MIB + 1 },
		{ "one bad sector in the middle",
		  { { GIB, 2 * GIB - 1 } },
		  { { GIB + 300 * MIB, GIB + 300 * MIB + 511 } },
		  128 * MIB,
		  { { GIB, GIB + 256 * MIB - 1 }, { GIB + 384 * MIB, 2 * GIB - 1 } },
		  { { GIB + 256 * MIB, GIB + 384 * MIB - 1 } },
		  0 },
		{ "bad over an edge",
		  { { GIB, 2 * GIB - 1 } },
		  { { GIB + 128 * MIB - 1, GIB + 128 * MIB } },
		  128 * MIB,
		  { { GIB + 256 * MIB, 2 * GIB - 1 } },
		  { { GIB, GIB + 256 * MIB - 1 } },
		  0 },
		{ "all bad",
		  { { GIB, 2 * GIB - 1 } },
		  { { 0, 4 * GIB } },
		  128 * MIB,
		  { { 0 } },
		  { { GIB, 2 * GIB - 1 } },
		  0 },
		{ "bad where alignment loses it",
		  { { GIB + 1, 2 * GIB - 1 } },
		  { { GIB + 5, GIB + 6 } },
		  128 * MIB,
		  { { GIB + 128 * MIB, 2 * GIB - 1 } },
		  { { 0 } },
		  128 * MIB - 1 },
		{ "up to the last address",
		  { { UINT64_MAX - GIB + 1, UINT64_MAX } },
		  { { 0 } },
		  512 * MIB,
		  { { UINT64_MAX - GIB + 1, UINT64_MAX } },
		  { { 0 } },
		  0 },
		{ "no whole block before the last address",
		  { { UINT64_MAX - GIB + 2, UINT64_MAX } },
		  { { 0 } },
		  GIB,
		  { { 0 } },
		  { { 0 } },
		  GIB - 1 },
		{ "the last block bad",
		  { { UINT64_MAX - 2 * GIB + 1, UINT64_MAX } },
		  { { UINT64_MAX, UINT64_MAX } },
		  GIB,
		  { { UINT64_MAX - 2 * GIB + 1, UINT64_MAX - GIB } },
		  { { UINT64_MAX - GIB + 1, UINT64_MAX } },
		  0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct own_set device, bad, runs, skipped;
		struct own_plan own;
		int rc;

		rc = make(&own, from_row(&device, rows[i].device, 2),
			  from_row(&bad, rows[i].bad, 2), rows[i].block);
		if (rc || own.plan.lost_align_bytes != rows[i].lost ||
		    !is_same(&own.plan.runs, from_row(&runs, rows[i].runs, 3)) ||
		    !is_same(&own.plan.skipped, from_row(&skipped, rows[i].skipped, 2)))
			ROW_FAILS(failures, "%s\n", rows[i].what);
	}
	assert_rows(failures);
}

static void test_plan__refuses(void **state)
{
	struct own_set device, bad;
	struct own_plan own;

	(void)state;
	from_bits(&device, 0xff);
	from_bits(&bad, 0x11);
	assert_int_equal(make(&own, &device.set, &bad.set, 0), -EINVAL);
	assert_int_equal(make(&own, &device.set, &bad.set, 3), -EINVAL);
	assert_int_equal(make(&own, &device.set, &bad.set, 2), 0);
	own.plan.runs.room = 1;
	assert_int_equal(plan_make(&own.plan, &device.set, &bad.set, 2), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan__every_small_device),
		cmocka_unit_test(test_plan__devices),
		cmocka_unit_test(test_plan__refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
