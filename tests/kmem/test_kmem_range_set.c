// SPDX-License-Identifier: GPL-2.0-or-later
// Sets of addresses: every set of a small world, with every range put in and taken out, against
// bits; and what only happens at the ends of 64 bits.
#include "pure.h"

#define WORLD 9 /* addresses: 512 sets, 45 ranges */

/* One set, one range, and all that can be asked or done. How many answers are wrong. */
static int wrong_answers(uint32_t bits, const struct range *range)
{
	const uint32_t asked = bits_of(range);
	struct own_set own;
	struct range_set *set = from_bits(&own, bits);
	const struct range *found = range_set_find(set, range);
	int wrong = 0;

	wrong += !!found != !!(bits & asked);
	wrong += found && !(bits_of(found) & asked);
	wrong += range_set_covers(set, range) != ((bits & asked) == asked);
	wrong += range_set_overlap(set, range) != (u64)__builtin_popcount(bits & asked);
	wrong += range_set_bytes(set) != (u64)__builtin_popcount(bits);

	wrong += range_set_add(set, range) != ((bits & asked) != asked);
	wrong += to_bits(set) != (bits | asked);
	set = from_bits(&own, bits);
	wrong += range_set_remove(set, range) != !!(bits & asked);
	wrong += to_bits(set) != (bits & ~asked);
	return wrong;
}

static void test_range_set__every_small_set(void **state)
{
	int failures = 0;

	(void)state;
	for (uint32_t bits = 0; bits < 1u << WORLD; bits++)
		for (u64 start = 0; start < WORLD; start++)
			for (u64 end = start; end < WORLD; end++) {
				const struct range range = { start, end };

				if (wrong_answers(bits, &range))
					ROW_FAILS(failures, "set %#x, %u-%u\n", bits,
						  (unsigned int)start, (unsigned int)end);
			}
	assert_rows(failures);
}

/* Without room for what comes out, an error and the set as it was; with it, none. */
static void test_range_set__every_lack_of_room(void **state)
{
	int failures = 0;

	(void)state;
	for (uint32_t bits = 0; bits < 1u << WORLD; bits++)
		for (u64 start = 0; start < WORLD; start++)
			for (u64 end = start; end < WORLD; end++) {
				const struct range range = { start, end };
				struct own_set own, result;
				struct range_set *set = from_bits(&own, bits);
				unsigned int needed =
					from_bits(&result, bits & ~bits_of(&range))->count;
				int rc;

				set->room = set->count;
				rc = range_set_remove(set, &range);
				if ((rc == -ENOSPC) != (needed > set->room) ||
				    (rc == -ENOSPC && to_bits(set) != bits))
					ROW_FAILS(failures, "set %#x less %u-%u: %d\n",
						  bits, (unsigned int)start,
						  (unsigned int)end, rc);
				set = from_bits(&own, bits);
				set->room = set->count;
				needed =
					from_bits(&result, bits | bits_of(&range))->count;
				rc = range_set_add(set, &range);
				if ((rc == -ENOSPC) != (needed > set->room) ||
				    (rc == -ENOSPC && to_bits(set) != bits))
					ROW_FAILS(failures, "set %#x and %u-%u: %d\n",
						  bits, (unsigned int)start,
						  (unsigned int)end, rc);
			}
	assert_rows(failures);
}

static void test_range_set__coarsening_joins_the_nearest(void **state)
{
	int failures = 0;

	(void)state;
	for (uint32_t bits = 0; bits < 1u << WORLD; bits++) {
		struct own_set own;
		struct range_set *set = from_bits(&own, bits);
		unsigned int before = set->count;
		u64 bytes = range_set_bytes(set), least = WORLD;
		int rc;

		for (unsigned int i = 0; i + 1 < before; i++) {
			u64 gap = set->ranges[i + 1].start - set->ranges[i].end - 1;

			least = gap < least ? gap : least;
		}
		rc = range_set_coarsen(set);
		if (before < 2 ? rc != -ENOENT || to_bits(set) != bits :
				 rc || set->count != before - 1 ||
					 (to_bits(set) & bits) != bits ||
					 range_set_bytes(set) != bytes + least)
			ROW_FAILS(failures, "set %#x: %d, %#x\n", bits, rc, to_bits(set));
	}
	assert_rows(failures);
}

static void test_range_set__ends_of_the_world(void **state)
{
	static const struct range all = { 0, UINT64_MAX }, low = { 0, 9 },
				  high = { UINT64_MAX - 9, UINT64_MAX }, none = { 5, 4 };
	struct own_set own;
	struct range_set *set = empty(&own, MOST);
	struct range shared;

	(void)state;
	assert_int_equal(range_set_add(set, &none), -EINVAL);
	assert_int_equal(range_set_remove(set, &none), -EINVAL);
	assert_null(range_set_find(set, &none));
	assert_int_equal(range_set_add(set, &low), 1);
	assert_int_equal(range_set_add(set, &high), 1);
	assert_int_equal(set->count,
			 2); /* the one does not touch the other around the corner */
	assert_int_equal(range_set_bytes(set), 20);
	assert_int_equal(range_set_add(set, &all), 1);
	assert_int_equal(set->count, 1);
	assert_true(range_set_covers(set, &high));
	assert_int_equal(range_set_remove(set, &high), 1);
	assert_int_equal(set->ranges[0].end, UINT64_MAX - 10);
	assert_int_equal(range_set_remove(set, &low), 1);
	assert_int_equal(set->ranges[0].start, 10);
	assert_false(range_intersect(&low, &high, &shared));
	assert_true(range_intersect(&all, &high, &shared));
	assert_int_equal(shared.start, high.start);
	assert_int_equal(shared.end, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_range_set__every_small_set),
		cmocka_unit_test(test_range_set__every_lack_of_room),
		cmocka_unit_test(test_range_set__coarsening_joins_the_nearest),
		cmocka_unit_test(test_range_set__ends_of_the_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
