// SPDX-License-Identifier: GPL-2.0-or-later
// The chooser, in a heap that is simulated: shares are kept while objects come and go.
#include "choose.h"
#include "unit.h"

static struct heap_spec parsed(const char *text)
{
	struct heap_spec spec;

	assert_int_equal(heap_spec_parse(text, &spec, NULL), 0);
	return spec;
}

static void test_heap_choose__needy(void **state)
{
	const struct heap_spec spec = parsed("ratio:a=3,b=1");
	static const struct {
		struct usage usage;
		unsigned int needy;
	} rows[] = {
		{ { { 0, 0 } }, 0 },
		{ { { 1, 0 } }, 1 },
		{ { { 3, 1 } }, 0 },
		{ { { 299, 100 } }, 0 },
		{ { { 301, 100 } }, 1 },
		{ { { UINT64_MAX, UINT64_MAX } }, 0 },
		{ { { UINT64_MAX, UINT64_MAX / 4 } }, 1 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (choose_needy(&spec, &rows[i].usage) != rows[i].needy)
			ROW_FAILS(failures, "row %zu\n", i);
	assert_rows(failures);
}

static void test_heap_choose__by_size(void **state)
{
	static const uint64_t steps[HEAP_TIERS - 1] = { 4096, 1048576, UINT64_MAX };
	static const struct {
		uint64_t bytes;
		unsigned int tier;
	} rows[] = {
		{ 0, 0 },	{ 1, 0 },	{ 4095, 0 },	       { 4096, 1 },
		{ 1048575, 1 }, { 1048576, 2 }, { UINT64_MAX - 1, 2 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (choose_by_size(steps, rows[i].bytes) != rows[i].tier)
			ROW_FAILS(failures, "%llu\n", (unsigned long long)rows[i].bytes);
	assert_rows(failures);
}

/* ---- a heap that grows, and of which parts are freed ------------------------------- */

#define OBJECTS 100000

struct sim {
	struct heap_spec spec;
	struct usage usage;
	uint64_t boundary;
	uint32_t seed;
};

static uint32_t draw(struct sim *sim, uint32_t below)
{
	sim->seed = sim->seed * 1664525 + 1013904223;
	return (sim->seed >> 8) % below;
}

static void put_object(struct sim *sim, uint64_t bytes)
{
	unsigned int tier = choose_needy(&sim->spec, &sim->usage);

	if (sim->spec.kind != HEAP_AUTO_THRESHOLD) {
		sim->usage.bytes[tier] += bytes;
		return;
	}
	tier = bytes >= sim->boundary;
	if (bytes >= CHOOSE_LARGE &&
	    choose_has_share(&sim->spec, &sim->usage, tier, bytes)) {
		sim->boundary =
			choose_boundary(&sim->spec, &sim->usage, tier, sim->boundary);
		tier = 1 - tier;
	}
	sim->usage.bytes[tier] += bytes;
	sim->boundary = choose_boundary(&sim->spec, &sim->usage, tier, sim->boundary);
}

/* How far the share of tier 0 is from what was asked for, in parts of 1. */
static double error_of(const struct sim *sim)
{
	double a = sim->spec.tiers[0].weight, b = sim->spec.tiers[1].weight;
	double used = (double)sim->usage.bytes[0];
	double off = used / (used + (double)sim->usage.bytes[1]) - a / (a + b);

	return off < 0 ? -off : off;
}

static uint64_t mixed(struct sim *sim)
{
	return 16ULL << draw(sim, 12);
}

static uint64_t equal(struct sim *sim)
{
	(void)sim;
	return 100;
}

static uint64_t two_sizes(struct sim *sim)
{
	return draw(sim, 10) ? 64 : 32768;
}

static void test_heap_choose__has_share(void **state)
{
	const struct heap_spec spec = parsed("auto-threshold:a=3,b=1");
	static const struct {
		struct usage usage;
		unsigned int tier;
		uint64_t bytes;
		bool has;
	} rows[] = {
		/* Of the first object most is tier 0's. */
		{ { { 0, 0 } }, 0, 100000, false },
		{ { { 0, 0 } }, 1, 100000, true },
		/* Half of it counts. */
		{ { { 1000000, 300000 } }, 1, 90000, false },
		{ { { 1000000, 300000 } }, 1, 160000, true },
		/* A little is let pass, so that the boundary has the word. */
		{ { { 3000000, 1010000 } }, 1, 0, false },
		{ { { 3000000, 1030000 } }, 1, 0, true },
		{ { { 3040000, 1000000 } }, 0, 0, false },
		{ { { 3100000, 1000000 } }, 0, 0, true },
		{ { { UINT64_MAX, UINT64_MAX / 3 } }, 0, UINT64_MAX, false },
		{ { { UINT64_MAX, UINT64_MAX / 3 } }, 1, UINT64_MAX, true },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (choose_has_share(&spec, &rows[i].usage, rows[i].tier,
				     rows[i].bytes) != rows[i].has)
			ROW_FAILS(failures, "row %zu\n", i);
	assert_rows(failures);
}

/* Few and large: what is off is half an object and what is let pass, from the first on. */
static void test_heap_choose__few_objects(void **state)
{
	static const char *const texts[] = { "auto-threshold:a=1,b=1",
					     "auto-threshold:a=3,b=1",
					     "auto-threshold:a=1,b=4" };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct sim sim = { .spec = parsed(texts[i]),
				   .boundary = 4096,
				   .seed = 1 };

		for (int k = 0; k < 64; k++) {
			double all, most = 1.5 * (1 << 20);

			put_object(&sim, (1 << 20) + draw(&sim, 2 << 20));
			all = (double)sim.usage.bytes[0] + (double)sim.usage.bytes[1];
			if (error_of(&sim) > most / all + 1.0 / 256)
				ROW_FAILS(failures, "%s: off by %.3f\n", texts[i],
					  error_of(&sim));
		}
	}
	assert_rows(failures);
}

static const struct {
	const char *text;
	uint64_t (*size)(struct sim *sim);
} worlds[] = {
	/* Without a boundary, as at an end of its way. */
	{ "ratio:a=3,b=1", mixed },
	{ "ratio:a=1,b=9", equal },
	{ "auto-threshold:a=1,b=1", mixed },
	{ "auto-threshold:a=4,b=1", mixed },
	{ "auto-threshold:a=1,b=4", mixed },
	{ "auto-threshold:a=1,b=1", equal },
	{ "auto-threshold:a=4,b=1", two_sizes },
	{ "auto-threshold:a=1,b=4", two_sizes },
};

static void test_heap_choose__keeps_ratio(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(worlds); i++) {
		struct sim sim = { .spec = parsed(worlds[i].text),
				   .boundary = 4096,
				   .seed = 1 };

		for (int k = 0; k < OBJECTS; k++)
			put_object(&sim, worlds[i].size(&sim));
		if (error_of(&sim) > 0.01)
			ROW_FAILS(failures, "world %zu, %s: off by %.3f\n", i,
				  worlds[i].text, error_of(&sim));
		/* Most of one tier goes: what comes then makes up for it. */
		sim.usage.bytes[0] /= 4;
		for (int k = 0; k < OBJECTS; k++)
			put_object(&sim, worlds[i].size(&sim));
		if (error_of(&sim) > 0.01)
			ROW_FAILS(failures, "world %zu, %s: then off by %.3f\n", i,
				  worlds[i].text, error_of(&sim));
	}
	assert_rows(failures);
}

static void test_heap_choose__boundary(void **state)
{
	const struct heap_spec spec = parsed("auto-threshold:1K-1M:a=1,b=1");
	const struct usage low = { { 1, 9 } }, high = { { 9, 1 } };

	(void)state;
	/* The tier in need grows: nothing to mend. */
	assert_int_equal(choose_boundary(&spec, &low, 0, 5000), 5000);
	assert_int_equal(choose_boundary(&spec, &high, 1, 5000), 5000);
	/* The other one does. */
	assert_true(choose_boundary(&spec, &low, 1, 5000) > 5000);
	assert_true(choose_boundary(&spec, &high, 0, 5000) < 5000);
	/* Within its limits. */
	assert_int_equal(choose_boundary(&spec, &high, 0, 1025), 1024);
	assert_int_equal(choose_boundary(&spec, &low, 1, 1048570), 1048576);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heap_choose__needy),
		cmocka_unit_test(test_heap_choose__by_size),
		cmocka_unit_test(test_heap_choose__has_share),
		cmocka_unit_test(test_heap_choose__few_objects),
		cmocka_unit_test(test_heap_choose__keeps_ratio),
		cmocka_unit_test(test_heap_choose__boundary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
