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

/* From 4 MiB on within 2 points, from 64 MiB on within 1, wherever the heap ends. */
static void check_ratio(const char *text, int *failures)
{
	const struct heap_spec spec = ratio(text);
	uint64_t sum = 0;

	for (unsigned int i = 0; i < spec.n_tiers; i++)
		sum += spec.tiers[i].weight;
	for (uint64_t end = 4 * MIB; end < 1ULL << 40; end += end / 3 + 4096) {
		struct range_shares shares = range_shares(&spec, 0, end);
		uint64_t whole = 0;

		for (unsigned int i = 0; i < spec.n_tiers; i++) {
			double want = (double)spec.tiers[i].weight / (double)sum;
			double got = (double)shares.bytes[i] / (double)end;
			double off = got > want ? got - want : want - got;

			whole += shares.bytes[i];
			if (off > (end < 64 * MIB ? 0.02 : 0.01))
				ROW_FAILS(*failures, "%s: tier %u has %.4f of %llu\n",
					  text, i, got, (unsigned long long)end);
		}
		if (whole != end)
			ROW_FAILS(*failures, "%s: bytes are missing\n", text);
	}
}

static void test_heap_range__ratio(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ratios); i++)
		check_ratio(ratios[i], &failures);
	assert_rows(failures);
}

/* Each is a mapping of its own at worst: of 65,530 that a process may have. */
static void test_heap_range__stripes_are_few(void **state)
{
	const struct heap_spec spec = ratio("ratio:a=1,b=1");
	unsigned int count = 0;

	(void)state;
	for (uint64_t at = 0; at < 1ULL << 40; count++) {
		struct stripe stripe = range_stripe(&spec, at);

		assert_int_equal(stripe.first, at);
		assert_int_equal(range_stripe(&spec, at + stripe.bytes - 1).first, at);
		at += stripe.bytes;
	}
	assert_in_range(count, 1000, 16000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heap_range__take),
		cmocka_unit_test(test_heap_range__none),
		cmocka_unit_test(test_heap_range__threads),
		cmocka_unit_test(test_heap_range__steps_are_few),
		cmocka_unit_test(test_heap_range__ratio),
		cmocka_unit_test(test_heap_range__stripes_are_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
