// SPDX-License-Identifier: GPL-2.0-only
/* Plans by named cases, and every plan of a small device against a model of flags. */
#include "plan.h"
#include "text.h"
#include "unit.h"

#define MIB  (1024ULL * 1024)
#define ROOM 16

struct plan_case {
	const char *name;
	u64 block_bytes;
	const char *device;
	const char *bad;
	const char *runs;
	const char *skipped;
	u64 lost_align_bytes;
};

static const struct plan_case cases[] = {
	{ "whole device", 128 * MIB, "100000000-17fffffff", "", "100000000-17fffffff", "",
	  0 },
	{ "devdax metadata of 2 MiB before the data", 128 * MIB, "100200000-17fffffff",
	  "", "108000000-17fffffff", "", 126 * MIB },
	{ "both ends unaligned", 128 * MIB, "100001000-117ffefff", "",
	  "108000000-10fffffff", "", 256 * MIB - 0x2000 },
	{ "less than a block", 128 * MIB, "100000000-107fffffe", "", "", "",
	  128 * MIB - 1 },
	{ "a block's length across two", 128 * MIB, "104000000-10bffffff", "", "", "",
	  128 * MIB },
	{ "one address more than across two", 128 * MIB, "104000000-10fffffff", "",
	  "108000000-10fffffff", "", 64 * MIB },
	{ "nothing", 128 * MIB, "", "100000000-100000fff", "", "", 0 },
	{ "first block bad", 128 * MIB, "100000000-117ffffff", "100000000-100000fff",
	  "108000000-117ffffff", "100000000-107ffffff", 0 },
	{ "middle block bad", 128 * MIB, "100000000-117ffffff", "10c000000-10c000fff",
	  "100000000-107ffffff,110000000-117ffffff", "108000000-10fffffff", 0 },
	{ "last block bad", 128 * MIB, "100000000-117ffffff", "117fff000-117ffffff",
	  "100000000-10fffffff", "110000000-117ffffff", 0 },
	{ "all blocks bad", 128 * MIB, "100000000-117ffffff", "0-ffffffffffffffff", "",
	  "100000000-117ffffff", 0 },
	{ "two bad ranges in one block", 128 * MIB, "100000000-117ffffff",
	  "108000000-108000fff,10f000000-10f000fff",
	  "100000000-107ffffff,110000000-117ffffff", "108000000-10fffffff", 0 },
	{ "bad across two blocks", 128 * MIB, "100000000-117ffffff",
	  "107fff000-108000fff", "110000000-117ffffff", "100000000-10fffffff", 0 },
	{ "skipped neighbours are one", 128 * MIB, "100000000-11fffffff",
	  "100001000-100001fff,108001000-108001fff", "110000000-11fffffff",
	  "100000000-10fffffff", 0 },
	{ "bad in what alignment loses", 128 * MIB, "100200000-11fffffff",
	  "100200000-100200fff", "108000000-11fffffff", "", 126 * MIB },
	{ "bad just outside", 128 * MIB, "108000000-10fffffff",
	  "107fff000-107ffffff,110000000-110000fff", "108000000-10fffffff", "", 0 },
	{ "two ranges, the hole inside of a block", 128 * MIB,
	  "100000000-10bffffff,10c001000-117ffffff", "",
	  "100000000-107ffffff,110000000-117ffffff", "", 128 * MIB - 0x1000 },
	{ "two ranges, the second too small", 128 * MIB,
	  "100000000-107ffffff,200000000-200000fff", "", "100000000-107ffffff", "",
	  0x1000 },
	{ "one bad range through two ranges", 128 * MIB,
	  "100000000-10fffffff,120000000-12fffffff", "108000000-120000fff",
	  "100000000-107ffffff,128000000-12fffffff",
	  "108000000-10fffffff,120000000-127ffffff", 0 },
	{ "blocks of 2 GiB", 2048 * MIB, "100000000-27fffffff", "", "100000000-27fffffff",
	  "", 0 },
	{ "blocks of one byte", 1, "5-9", "7-7", "5-6,8-9", "7-7", 0 },
	{ "one byte", 1, "7-7", "", "7-7", "", 0 },
	{ "the last block of the 64 bits", 128 * MIB, "fffffffff0000000-ffffffffffffffff",
	  "fffffffff0000000-fffffffff0000000", "fffffffff8000000-ffffffffffffffff",
	  "fffffffff0000000-fffffffff7ffffff", 0 },
	{ "behind the last block's start", 128 * MIB, "fffffffff8000001-ffffffffffffffff",
	  "", "", "", 128 * MIB - 1 },
	{ "a block of half the 64 bits", 1ULL << 63, "1-ffffffffffffffff", "",
	  "8000000000000000-ffffffffffffffff", "", (1ULL << 63) - 1 },
};

static bool is_set(const struct range_set *set, const char *text)
{
	struct range room[ROOM];
	struct range_set want = { .room = ROOM, .ranges = room };

	assert_int_equal(text_parse_ranges(text, &want), 0);
	return set->count == want.count &&
	       !memcmp(set->ranges, want.ranges, want.count * sizeof(*want.ranges));
}

static bool holds(const struct plan_case *row)
{
	struct range device_room[ROOM];
	struct range bad_room[ROOM];
	struct range runs_room[ROOM];
	struct range skipped_room[ROOM];
	struct range_set device = { .room = ROOM, .ranges = device_room };
	struct range_set bad = { .room = ROOM, .ranges = bad_room };
	struct plan plan = {
		.runs = { .count = 7, .ranges = runs_room },
		.skipped = { .count = 7, .ranges = skipped_room },
	};

	assert_int_equal(text_parse_ranges(row->device, &device), 0);
	assert_int_equal(text_parse_ranges(row->bad, &bad), 0);
	plan.runs.room = plan.skipped.room = plan_room(&device, &bad);
	return !plan_make(&plan, &device, &bad, row->block_bytes) &&
	       is_set(&plan.runs, row->runs) && is_set(&plan.skipped, row->skipped) &&
	       plan.lost_align_bytes == row->lost_align_bytes;
}

static void test_plan__cases(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!holds(&cases[i]))
			ROW_FAILS(failures, "%s\n", cases[i].name);

	assert_rows(failures);
}

static void test_plan__refusals(void **state)
{
	static const u64 no_block_sizes[] = { 0, 3, 12, 128 * MIB - 1, UINT64_MAX };
	struct range device_room[1] = { { 0x100000000, 0x17fffffff } };
	struct range bad_room[1] = { { 0x108000000, 0x108000fff } };
	struct range room[2];
	struct range skipped_room[1];
	struct range_set device = { 1, 1, device_room }, bad = { 1, 1, bad_room };
	struct plan plan = { { 0, 2, room }, { 0, 1, skipped_room }, 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(no_block_sizes); i++)
		assert_int_equal(plan_make(&plan, &device, &bad, no_block_sizes[i]),
				 -EINVAL);
	assert_int_equal(plan_make(&plan, &device, &bad, 128 * MIB), 0);
	/* Each of: the run before, the skipped block, the run behind. */
	plan.runs.room = 1;
	assert_int_equal(plan_make(&plan, &device, &bad, 128 * MIB), -ENOSPC);
	plan.runs.room = 0;
	assert_int_equal(plan_make(&plan, &device, &bad, 128 * MIB), -ENOSPC);
	plan.runs.room = 2;
	plan.skipped.room = 0;
	assert_int_equal(plan_make(&plan, &device, &bad, 128 * MIB), -ENOSPC);
}

/* ---- every device and every bad set of so many addresses ---- */

#define ADDRESSES 10

/* A set out of flags, as sets must be. */
static void from_flags(struct range_set *set, unsigned int flags, u64 base)
{
	set->count = 0;
	for (unsigned int i = 0; i < ADDRESSES; i++) {
		if (!(flags >> i & 1))
			continue;
		if (!i || !(flags >> (i - 1) & 1))
			set->ranges[set->count++].start = base + i;
		set->ranges[set->count - 1].end = base + i;
	}
}

struct world {
	u64 base;
	unsigned int block; /* addresses */
	struct range_set device, bad, want;
	struct plan plan;
};

static bool equals(struct world *w, const struct range_set *set, unsigned int flags)
{
	from_flags(&w->want, flags, w->base);
	return set->count == w->want.count &&
	       !memcmp(set->ranges, w->want.ranges, set->count * sizeof(*set->ranges));
}

/* What each block is, looked at by itself. */
static bool as_modelled(struct world *w, unsigned int device, unsigned int bad)
{
	unsigned int block = (1U << w->block) - 1, runs = 0, skipped = 0, at;
	/* Where in a block the window begins. */
	unsigned int before = (unsigned int)(w->base & (w->block - 1));

	for (at = (w->block - before) % w->block; at + w->block <= ADDRESSES;
	     at += w->block) {
		unsigned int here = block << at;

		if ((device & here) != here)
			continue;
		if (bad & here)
			skipped |= here;
		else
			runs |= here;
	}
	w->plan.runs.room = w->plan.skipped.room = plan_room(&w->device, &w->bad);
	return !plan_make(&w->plan, &w->device, &w->bad, w->block) &&
	       equals(w, &w->plan.runs, runs) && equals(w, &w->plan.skipped, skipped) &&
	       w->plan.lost_align_bytes ==
		       (u64)__builtin_popcount(device & ~(runs | skipped));
}

static int count_wrong(struct world *w)
{
	int wrong = 0;

	for (unsigned int device = 0; device < 1U << ADDRESSES; device++) {
		from_flags(&w->device, device, w->base);
		for (unsigned int bad = 0; bad < 1U << ADDRESSES; bad++) {
			from_flags(&w->bad, bad, w->base);
			if (!as_modelled(w, device, bad) && !wrong++)
				print_error("block %u, base %#llx: device %#x, bad %#x\n",
					    w->block, (unsigned long long)w->base, device,
					    bad);
		}
	}
	return wrong;
}

static struct range rooms[5][ADDRESSES];

static void test_plan__every_small_device(void **state)
{
	static const struct {
		unsigned int block;
		u64 base;
	} rows[] = {
		{ 2, 0 },
		{ 4, 6 },
		{ 4, UINT64_MAX - (ADDRESSES - 1) },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world w = { .base = rows[i].base, .block = rows[i].block };

		w.device.ranges = rooms[0];
		w.bad.ranges = rooms[1];
		w.want.ranges = rooms[2];
		w.plan.runs.ranges = rooms[3];
		w.plan.skipped.ranges = rooms[4];
		wrong += count_wrong(&w);
	}

	assert_int_equal(wrong, 0);
}

/* 1 TiB in 8192 blocks, with as many bad ranges as libnvdimm and the ledger can hold. */
static void test_plan__large(void **state)
{
	enum { BAD = 512 + 1024 };
	const u64 block = 128 * MIB;
	static struct range bad_room[BAD];
	static struct range runs_room[BAD + 1];
	static struct range skipped_room[BAD + 1];
	struct range device_room[1] = { { 0, 8192 * block - 1 } };
	struct range_set device = { 1, 1, device_room }, bad = { BAD, BAD, bad_room };
	struct plan plan = { { 0, BAD + 1, runs_room }, { 0, BAD + 1, skipped_room }, 0 };

	(void)state;
	/* In every fifth block. */
	for (u64 i = 0; i < BAD; i++) {
		bad_room[i].start = (5 * i + 2) * block + 4096;
		bad_room[i].end = bad_room[i].start + 511;
	}
	assert_int_equal(plan_make(&plan, &device, &bad, block), 0);

	assert_int_equal(plan.runs.count, BAD + 1);
	assert_int_equal(plan.skipped.count, BAD);
	assert_int_equal(range_set_bytes(&plan.skipped), BAD * block);
	assert_int_equal(range_set_bytes(&plan.runs), (8192 - BAD) * block);
	assert_int_equal(plan.lost_align_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan__cases),
		cmocka_unit_test(test_plan__refusals),
		cmocka_unit_test(test_plan__every_small_device),
		cmocka_unit_test(test_plan__large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
