// SPDX-License-Identifier: GPL-2.0-or-later
// The chain is one cycle through every line, whatever its shape; that is counted.
#include "chain.h"
#include "unit.h"

#define LINES_MOST 5000

static unsigned char buffer[LINES_MOST * CHAIN_LINE_BYTES] __attribute__((aligned(64)));

static const unsigned char *next_of(const unsigned char *line)
{
	const unsigned char *next;

	memcpy(&next, line, sizeof(next));
	return next;
}

static void test_chain__is_one_cycle(void **state)
{
	static const size_t lines[] = { 1, 2, 3, 16, 17, 1000, 4096, LINES_MOST };
	static const size_t windows[] = { 0, 1, 7, 64, 4096, 100000 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		for (size_t w = 0; w < ARRAY_SIZE(windows); w++) {
			size_t got;

			assert_int_equal(chain_build(buffer, lines[i], windows[w], i), 0);
			got = chain_length(buffer, LINES_MOST);
			if (got != lines[i])
				ROW_FAILS(failures, "%zu lines, window %zu: %zu\n",
					  lines[i], windows[w], got);
		}
	assert_rows(failures);
}

static void test_chain__shorter_cycle_is_seen(void **state)
{
	unsigned char *second = buffer + CHAIN_LINE_BYTES;
	const unsigned char *behind;

	(void)state;
	assert_int_equal(chain_build(buffer, 100, 0, 1), 0);
	/* One line is skipped, */
	behind = next_of(next_of(second));
	memcpy(second, &behind, sizeof(behind));
	assert_int_equal(chain_length(buffer, 100), 99);
	/* and a cycle that does not lead back at all. */
	memcpy(second, &second, sizeof(second));
	assert_int_equal(chain_length(buffer, 100), 101);
}

static void test_chain__print_tells_chains_apart(void **state)
{
	static unsigned char other[100 * CHAIN_LINE_BYTES] __attribute__((aligned(64)));
	uint64_t print;
	int failures = 0;

	(void)state;
	assert_int_equal(chain_build(buffer, 100, 0, 1), 0);
	print = chain_print(buffer, 100);
	/* Elsewhere it is the same, */
	assert_int_equal(chain_build(other, 100, 0, 1), 0);
	assert_true(chain_print(other, 100) == print);
	/* but not with another order, or where one line leads to itself. */
	assert_int_equal(chain_build(other, 100, 0, 2), 0);
	assert_true(chain_print(other, 100) != print);
	for (size_t i = 0; i < 100; i++) {
		unsigned char *line = buffer + i * CHAIN_LINE_BYTES;
		const unsigned char *next = next_of(line);

		memcpy(line, &line, sizeof(line));
		if (chain_print(buffer, 100) == print)
			ROW_FAILS(failures, "line %zu is not seen\n", i);
		memcpy(line, &next, sizeof(next));
	}
	assert_rows(failures);
	assert_true(chain_print(buffer, 100) == print);
}

static void test_chain__stays_in_its_window(void **state)
{
	const size_t lines = 4096, window = 64;
	const unsigned char *at = buffer;
	size_t changes = 0;

	(void)state;
	assert_int_equal(chain_build(buffer, lines, window, 1), 0);
	for (size_t i = 0; i < lines; i++) {
		const unsigned char *next = next_of(at);
		size_t span = window * CHAIN_LINE_BYTES;

		changes += (size_t)(next - buffer) / span != (size_t)(at - buffer) / span;
		at = next;
	}
	/* Each of the windows is left once; the last one's end may lead back into it. */
	assert_int_equal(changes, lines / window);
}

static void test_chain__is_not_predictable(void **state)
{
	const size_t lines = 4096;
	const unsigned char *at = buffer;
	size_t adjacent = 0;

	(void)state;
	assert_int_equal(chain_build(buffer, lines, 0, 1), 0);
	for (size_t i = 0; i < lines; i++) {
		const unsigned char *next = next_of(at);

		adjacent += next - at == CHAIN_LINE_BYTES ||
			    at - next == CHAIN_LINE_BYTES;
		at = next;
	}
	assert_true(adjacent < 16);
}

static void test_chain__walk_counts(void **state)
{
	(void)state;
	assert_int_equal(chain_build(buffer, 160, 16, 1), 0);
	assert_ptr_equal(chain_walk(buffer, 160), buffer);
	assert_ptr_equal(chain_walk(chain_walk(buffer, 64), 96), buffer);
	assert_ptr_not_equal(chain_walk(buffer, 144), buffer);
	assert_ptr_equal(chain_walk(buffer, 15), buffer);
}

/* What a sample takes is what was asked for, whatever the first
 * walk took. */
static void test_chain__steps_take_the_time(void **state)
{
	static const struct {
		size_t steps;
		uint64_t took, wanted;
		size_t want;
	} rows[] = {
		{ 32768, 3750000, 15000000, 131072 },
		{ 32768, 5000000, 15000000, 98304 },
		{ 32768, 7400000, 15000000, 66416 },
		{ 4096, 15000000, 15000000, 4096 },
		/* Kept from the CPU. */
		{ 4096, 900000000, 15000000, 4096 },
		{ 4096, 0, 15000000, 4096 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t got =
			chain_steps(rows[i].steps, rows[i].took, rows[i].wanted, 4096);

		if (got != rows[i].want)
			ROW_FAILS(failures, "row %zu: %zu\n", i, got);
	}
	assert_rows(failures);
}

static void test_chain__refuses(void **state)
{
	(void)state;
	assert_int_equal(chain_build(buffer, 0, 0, 1), -EINVAL);
	assert_int_equal(chain_build(buffer, 1UL << 33, 0, 1), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain__is_one_cycle),
		cmocka_unit_test(test_chain__shorter_cycle_is_seen),
		cmocka_unit_test(test_chain__print_tells_chains_apart),
		cmocka_unit_test(test_chain__stays_in_its_window),
		cmocka_unit_test(test_chain__is_not_predictable),
		cmocka_unit_test(test_chain__walk_counts),
		cmocka_unit_test(test_chain__steps_take_the_time),
		cmocka_unit_test(test_chain__refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
