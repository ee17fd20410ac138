// SPDX-License-Identifier: GPL-2.0-or-later
// Ranges of addresses: nothing is handed out twice, opening stays in few steps, and
// stripes keep their ratio at every length.
#include <pthread.h>

#include "range.h"
#include "unit.h"

#define BASE 0x200000000000UL
#define MIB  (1ULL << 20)

static void test_heap_range__take(void **state)
{
	struct range range = { .base = BASE, .size = 64 * MIB };

	(void)state;
	assert_int_equal(range_take(&range, 0, 4096, 4096), BASE);
	assert_int_equal(range_take(&range, 0, 4096, 2 * MIB), BASE + 2 * MIB);
	assert_int_equal(range_take(&range, BASE, 4096, 4096), 0);
	assert_int_equal(range_take(&range, BASE + 2 * MIB + 4096, 4096, 4096),
			 BASE + 2 * MIB + 4096);
	assert_int_equal(range_take(&range, 0, 64 * MIB, 4096), 0);
	assert_int_equal(range_take(&range, 0, UINT64_MAX, 4096), 0);
	assert_int_equal(range_take(&range, 0, 4096, 1ULL << 62), 0);
	assert_int_equal(range_take(&range, 0, 61 * MIB, 4096), BASE + 2 * MIB + 8192);
	assert_true(range_has(&range, (void *)BASE));
	assert_true(range_has(&range, (void *)(BASE + 64 * MIB - 1)));
	assert_false(range_has(&range, (void *)(BASE + 64 * MIB)));
	assert_false(range_has(&range, (void *)(BASE - 1)));
	assert_false(range_has(&range, NULL));
}

static void test_heap_range__none(void **state)
{
	struct range range = { 0 };

	(void)state;
	assert_int_equal(range_take(&range, 0, 4096, 4096), 0);
	assert_false(range_has(&range, NULL));
}

/* ---- threads ---------------------------------------------------------------------- */

#define THREADS 4
#define TAKES	2000

struct taker {
	struct range *range;
	uintptr_t taken[TAKES];
};

static void *take_many(void *arg)
{
	struct taker *taker = arg;

	for (int i = 0; i < TAKES; i++)
		taker->taken[i] = range_take(taker->range, 0, 4096, 4096);
	return NULL;
}

static void test_heap_range__threads(void **state)
{
	static struct taker takers[THREADS];
	static unsigned char seen[THREADS * TAKES];
	struct range range = { .base = BASE, .size = 4096ULL * THREADS * TAKES };
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		takers[i].range = &range;
		assert_int_equal(pthread_create(&threads[i], NULL, take_many, &takers[i]),
				 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);

	for (int i = 0; i < THREADS; i++)
		for (int k = 0; k < TAKES; k++)
			seen[(takers[i].taken[k] - BASE) / 4096]++;
	for (int i = 0; i < THREADS * TAKES; i++)
		assert_int_equal(seen[i], 1);
	assert_int_equal(range_take(&range, 0, 4096, 4096), 0);
}

/* ---- opening ---------------------------------------------------------------------- */

static void test_heap_range__steps_are_few(void **state)
{
	const struct range range = { .base = BASE, .size = 1ULL << 42 };
	uint64_t opened = 0;
	int steps = 0;

	(void)state;
	while (opened < range.size) {
		uint64_t target = range_step(&range, opened, opened + 4096);

		assert_true(target > opened && target <= range.size);
		assert_int_equal(target % (2 * MIB), 0);
		opened = target;
		steps++;
	}
	assert_in_range(steps, 10, 100);
	assert_true(range_step(&range, 0, 1ULL << 40) >= 1ULL << 40);
}

/* ---- stripes ---------------------------------------------------------------------- */

static struct heap_spec ratio(const char *text)
{
	struct heap_spec spec;

	assert_int_equal(heap_spec_parse(text, &spec, NULL), 0);
	return spec;
}

static const char *const ratios[] = {
	"ratio:a=1,b=1",     "ratio:a=3,b=1",
	"ratio:a=1,b=4",     "ratio:a=1000,b=1",
	"ratio:a=1,b=1000",  "ratio:a=7,b=5,c=3",
	"ratio:a=1,b=1,c=1", "ratio:a=50,b=30,c=15,d=5",
};

/* From 4 MiB on within 2 points, from 64 MiB on within 1. */
static void check_shares(const char *text, uint64_t from, uint64_t bytes, int *failures)
{
	const struct heap_spec spec = ratio(text);
	struct range_shares shares = range_shares(&spec, from, from + bytes);
	uint64_t sum = 0, whole = 0;

	for (unsigned int i = 0; i < spec.n_tiers; i++)
		sum += spec.tiers[i].weight;
	for (unsigned int i = 0; i < spec.n_tiers; i++) {
		double want = (double)spec.tiers[i].weight / (double)sum;
		double got = (double)shares.bytes[i] / (double)bytes;
		double off = got > want ? got - want : want - got;

		whole += shares.bytes[i];
		if (off > (bytes < 64 * MIB ? 0.02 : 0.01))
			ROW_FAILS(*failures, "%s: tier %u has %.4f of %llu at %llu\n",
				  text, i, got, (unsigned long long)bytes,
				  (unsigned long long)from);
	}
	if (whole != bytes)
		ROW_FAILS(*failures, "%s: bytes are missing\n", text);
}

/* Wherever the heap ends. */
static void test_heap_range__ratio(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ratios); i++)
		for (uint64_t end = 4 * MIB; end < 1ULL << 40; end += end / 3 + 4096)
			check_shares(ratios[i], 0, end, &failures);
	assert_rows(failures);
}

/* And of a part of it that is as long as what lies before, which nobody may use. */
static void test_heap_range__ratio_of_a_part(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ratios); i++)
		for (uint64_t from = 4 * MIB; from < 1ULL << 40; from += from / 3 + 4096)
			check_shares(ratios[i], from, from, &failures);
	assert_rows(failures);
}

/* Who uses one page in every so many, from any one on, meets each tier in its turn. */
static void test_heap_range__patterns(void **state)
{
	const struct heap_spec spec = ratio("ratio:a=1,b=1");
	int failures = 0;

	(void)state;
	for (uint64_t stride = 4096; stride <= MIB; stride *= 2) {
		unsigned int of_a = 0, count = 0;

		for (uint64_t at = 0; at < 32 * MIB; at += stride, count++)
			of_a += range_stripe(&spec, at).tier == 0;
		if (of_a < count * 2 / 5 || of_a > count * 3 / 5)
			ROW_FAILS(failures, "every %llu: %u of %u\n",
				  (unsigned long long)stride, of_a, count);
	}
	assert_rows(failures);
}

static void test_heap_range__stripes_are_whole(void **state)
{
	const struct heap_spec spec = ratio("ratio:a=1,b=1");

	(void)state;
	for (uint64_t at = 0; at < 1ULL << 40;) {
		struct stripe stripe = range_stripe(&spec, at);

		assert_int_equal(stripe.first, at);
		assert_int_equal(range_stripe(&spec, at + stripe.bytes - 1).first, at);
		/* From there on each is some huge pages. */
		if (at >= 1024 * MIB)
			assert_int_equal((at | stripe.bytes) % (2 * MIB), 0);
		at += stripe.bytes;
	}
}

/* Runs of one tier up to some size of the heap, and those among them that are not of the
 * tier that all is bound to at first: each is a call of mbind(2). */
struct runs {
	unsigned int all, others;
};

static struct runs count_runs(const char *text, uint64_t size, unsigned int bound)
{
	const struct heap_spec spec = ratio(text);
	struct runs runs = { 0 };

	for (uint64_t at = 0; at < size; runs.all++) {
		struct stripe run = range_run(&spec, at, size);

		assert_int_equal(run.first, at);
		runs.others += run.tier != bound;
		at += run.bytes;
	}
	return runs;
}

/* Each is a mapping of its own, of 65,530 that a process may have: the table of
 * docs/heap.md. */
static void test_heap_range__runs_are_few(void **state)
{
	static const struct {
		uint64_t size;
		const char *text;
		unsigned int bound, all, others;
	} rows[] = {
		{ 2 * MIB, "ratio:a=1,b=1", 0, 99, 49 },
		{ 64 * MIB, "ratio:a=1,b=1", 0, 1956, 978 },
		{ 64 * MIB, "ratio:a=1,b=4", 1, 1026, 513 },
		{ 64 * MIB, "ratio:a=1,b=1,c=1,d=1", 0, 2560, 1919 },
		{ 1024 * MIB, "ratio:a=1,b=1", 0, 5477, 2738 },
		{ 1024 * MIB, "ratio:a=1,b=4", 1, 2866, 1433 },
		{ 1024 * MIB, "ratio:a=1,b=1,c=1,d=1", 0, 7168, 5376 },
		{ 1ULL << 40, "ratio:a=1,b=1", 0, 14082, 7041 },
		{ 1ULL << 40, "ratio:a=1,b=4", 1, 7374, 3687 },
		{ 1ULL << 40, "ratio:a=1,b=1,c=1,d=1", 0, 18432, 13822 },
		{ 1ULL << 42, "ratio:a=1,b=1,c=1,d=1", 0, 21504, 16127 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct runs runs = count_runs(rows[i].text, rows[i].size, rows[i].bound);

		if (runs.all != rows[i].all || runs.others != rows[i].others)
			ROW_FAILS(failures, "%s, %llu MiB: %u runs, %u of other tiers\n",
				  rows[i].text, (unsigned long long)(rows[i].size / MIB),
				  runs.all, runs.others);
	}
	assert_rows(failures);
}

/* What a limit is looked at with before addresses are taken. */
static void test_heap_range__share_most(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ratios); i++) {
		const struct heap_spec spec = ratio(ratios[i]);

		for (uint64_t from = 0; from < 1ULL << 34; from += from / 7 + 12288)
			for (uint64_t size = 4096; size <= from + MIB; size *= 4) {
				struct range_shares shares =
					range_shares(&spec, from, from + size);

				for (unsigned int k = 0; k < spec.n_tiers; k++)
					if (shares.bytes[k] >
					    range_share_most(&spec, k, size, from + size))
						ROW_FAILS(
							failures,
							"%s: tier %u has %llu of %llu\n",
							ratios[i], k,
							(unsigned long long)
								shares.bytes[k],
							(unsigned long long)size);
			}
	}
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heap_range__take),
		cmocka_unit_test(test_heap_range__none),
		cmocka_unit_test(test_heap_range__threads),
		cmocka_unit_test(test_heap_range__steps_are_few),
		cmocka_unit_test(test_heap_range__ratio),
		cmocka_unit_test(test_heap_range__ratio_of_a_part),
		cmocka_unit_test(test_heap_range__patterns),
		cmocka_unit_test(test_heap_range__stripes_are_whole),
		cmocka_unit_test(test_heap_range__runs_are_few),
		cmocka_unit_test(test_heap_range__share_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
