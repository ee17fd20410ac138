// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets against a model: one flag per address, for a window of addresses at either end of
 * the 64 bits, where nothing may wrap, and in between.
 */
#include "range_set.h"
#include "unit.h"

#define WIDTH 40

struct model {
	u64 base;
	bool in[WIDTH];
};

static const u64 bases[] = { 0, 0x108000000, UINT64_MAX - (WIDTH - 1) };

/* The model's members, in order; returns how many. */
static unsigned int members(const struct model *model, struct range *out)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < WIDTH; i++) {
		if (!model->in[i])
			continue;
		if (!i || !model->in[i - 1])
			out[n++].start = model->base + i;
		out[n - 1].end = model->base + i;
	}
	return n;
}

static bool same(const struct range_set *set, const struct model *model)
{
	struct range want[WIDTH];
	unsigned int n = members(model, want);

	if (set->count != n)
		return false;
	for (unsigned int i = 0; i < n; i++)
		if (set->ranges[i].start != want[i].start ||
		    set->ranges[i].end != want[i].end)
			return false;
	return true;
}

/* Numbers that are the same everywhere (xorshift64, Marsaglia 2003). */
static unsigned int pick(u64 *seed, unsigned int below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (unsigned int)((*seed >> 20) % below);
}

static struct range pick_range(u64 *seed, const struct model *model)
{
	unsigned int from = pick(seed, WIDTH);
	unsigned int to = from + pick(seed, WIDTH - from < 6 ? WIDTH - from : 6);

	return (struct range){ model->base + from, model->base + to };
}

/* Add or remove in both; what the set must answer is what the model shows. */
static bool change(struct range_set *set, struct model *model, const struct range *range,
		   bool value)
{
	struct model after = *model;
	struct range unused[WIDTH];
	int want = 0, got;

	for (u64 i = range->start - model->base; i <= range->end - model->base; i++) {
		want |= after.in[i] != value;
		after.in[i] = value;
	}
	if (members(&after, unused) > set->room)
		want = -ENOSPC;
	else
		*model = after;
	got = value ? range_set_add(set, range) : range_set_remove(set, range);
	return got == want && same(set, model);
}

static bool coarsen(struct range_set *set, struct model *model)
{
	struct range want[WIDTH];
	unsigned int n = members(model, want), best = 0;
	u64 gap = UINT64_MAX;

	if (n < 2)
		return range_set_coarsen(set) == -ENOENT && same(set, model);
	for (unsigned int i = 0; i + 1 < n; i++) {
		if (want[i + 1].start - want[i].end < gap) {
			gap = want[i + 1].start - want[i].end;
			best = i;
		}
	}
	for (u64 at = want[best].end; at < want[best + 1].start; at++)
		model->in[at - model->base] = true;
	return !range_set_coarsen(set) && same(set, model);
}

/* All that can be asked about one range. */
static bool answers(const struct range_set *set, const struct model *model,
		    const struct range *range)
{
	u64 shared = 0, bytes = 0, first = 0;
	const struct range *found = range_set_find(set, range);

	for (unsigned int i = 0; i < WIDTH; i++) {
		u64 at = model->base + i;

		if (!model->in[i])
			continue;
		bytes++;
		if (at < range->start || at > range->end)
			continue;
		if (!shared++)
			first = at;
	}
	if (range_set_bytes(set) != bytes || range_set_overlap(set, range) != shared ||
	    range_set_covers(set, range) != (shared == range->end - range->start + 1))
		return false;
	return shared ? found && found->start <= first && found->end >= first : !found;
}

static bool step(struct range_set *set, struct model *model, u64 *seed)
{
	struct range range = pick_range(seed, model);
	unsigned int what = pick(seed, 16);

	if (!what)
		return coarsen(set, model);
	if (!change(set, model, &range, what < 9))
		return false;
	range = pick_range(seed, model);
	return answers(set, model, &range);
}

static void test_range_set__model(void **state)
{
	int failures = 0;

	(void)state;
	for (u64 seed = 1; seed <= 300; seed++) {
		struct model model = { .base = bases[seed % ARRAY_SIZE(bases)] };
		unsigned int room = (unsigned int)(seed % 12), steps = 0;
		struct range_set set = { .room = room };
		u64 state_of_seed = seed * 0x9e3779b97f4a7c15;

		/* Exactly the room that is promised, so that a sanitizer sees one more. */
		set.ranges = malloc((room + !room) * sizeof(*set.ranges));
		assert_non_null(set.ranges);
		while (steps < 400 && step(&set, &model, &state_of_seed))
			steps++;
		if (steps < 400)
			ROW_FAILS(failures, "seed %u, base %#llx: step %u\n",
				  (unsigned int)seed, (unsigned long long)model.base,
				  steps);
		free(set.ranges);
	}

	assert_rows(failures);
}

static void test_range_set__a_range_that_ends_before_it_starts(void **state)
{
	struct range ranges[2] = { { 0, 9 } };
	struct range_set set = { .count = 1, .room = 2, .ranges = ranges };
	const struct range backwards = { 6, 5 };

	(void)state;
	assert_int_equal(range_set_add(&set, &backwards), -EINVAL);
	assert_int_equal(range_set_remove(&set, &backwards), -EINVAL);
	assert_null(range_set_find(&set, &backwards));
	assert_false(range_set_covers(&set, &backwards));
	assert_int_equal(range_set_overlap(&set, &backwards), 0);
	assert_int_equal(set.count, 1);
	assert_int_equal(range_set_bytes(&set), 10);
}

/* Neighbours at both ends of the 64 bits, and all of them at once. */
static void test_range_set__everything(void **state)
{
	struct range ranges[2];
	struct range_set set = { .room = 2, .ranges = ranges };
	const struct range bottom = { 0, 0 }, top = { UINT64_MAX, UINT64_MAX };
	const struct range middle = { 1, UINT64_MAX - 1 }, all = { 0, UINT64_MAX };

	(void)state;
	assert_int_equal(range_set_add(&set, &top), 1);
	assert_int_equal(range_set_add(&set, &bottom), 1);
	assert_int_equal(set.count, 2);
	assert_int_equal(range_set_add(&set, &middle), 1);

	assert_int_equal(set.count, 1);
	assert_true(range_set_covers(&set, &all));
	assert_int_equal(range_set_add(&set, &all), 0);
	assert_int_equal(range_set_remove(&set, &middle), 1);
	assert_int_equal(set.count, 2);
	assert_int_equal(range_set_remove(&set, &all), 1);
	assert_int_equal(set.count, 0);
}

static void test_range_set__coarsen_takes_the_nearest(void **state)
{
	struct range ranges[] = { { 0, 9 }, { 30, 39 }, { 50, 59 }, { 70, 79 } };
	struct range_set set = { .count = 4, .room = 4, .ranges = ranges };

	(void)state;
	/* Of two that are alike the first. */
	assert_int_equal(range_set_coarsen(&set), 0);
	assert_int_equal(set.count, 3);
	assert_int_equal(ranges[1].start, 30);
	assert_int_equal(ranges[1].end, 59);
	assert_int_equal(range_set_coarsen(&set), 0);
	assert_int_equal(range_set_coarsen(&set), 0);
	assert_int_equal(ranges[0].end, 79);
	assert_int_equal(range_set_coarsen(&set), -ENOENT);
	assert_int_equal(set.count, 1);
}

static void test_range_set__intersect(void **state)
{
	static const struct {
		struct range a, b, want;
		bool shares;
	} rows[] = {
		{ { 0, 9 }, { 10, 19 }, { 77, 77 }, false },
		{ { 10, 19 }, { 0, 9 }, { 77, 77 }, false },
		{ { 0, 10 }, { 10, 19 }, { 10, 10 }, true },
		{ { 0, 99 }, { 10, 19 }, { 10, 19 }, true },
		{ { 10, 19 }, { 0, 99 }, { 10, 19 }, true },
		{ { 0, UINT64_MAX }, { 5, UINT64_MAX }, { 5, UINT64_MAX }, true },
		{ { 9, 0 }, { 0, 9 }, { 77, 77 }, false },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range out = { 77, 77 };

		if (range_intersect(&rows[i].a, &rows[i].b, &out) != rows[i].shares ||
		    out.start != rows[i].want.start || out.end != rows[i].want.end)
			ROW_FAILS(failures, "row %zu\n", i);
	}

	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_range_set__model),
		cmocka_unit_test(test_range_set__a_range_that_ends_before_it_starts),
		cmocka_unit_test(test_range_set__everything),
		cmocka_unit_test(test_range_set__coarsen_takes_the_nearest),
		cmocka_unit_test(test_range_set__intersect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
