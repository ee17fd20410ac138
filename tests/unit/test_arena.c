// SPDX-License-Identifier: GPL-2.0-or-later
// Chunked memory: alignment, zeroes, sizes that do not fit.
#include "arena.h"

#include <stdalign.h>

#include "fault.h"
#include "unit.h"

static void test_arena__is_zeroed_and_aligned(void **state)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 4000, 16384, 100000 };
	struct arena arena = { 0 };

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned char *memory = arena_alloc(&arena, sizes[i]);

		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(memory[at], 0);
		memset(memory, 0xff, sizes[i]);
	}
	arena_free(&arena);
}

static void test_arena__pieces_do_not_overlap(void **state)
{
	struct arena arena = { 0 };
	unsigned char *pieces[300];

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		pieces[i] = arena_alloc(&arena, 1 + i);
		memset(pieces[i], (int)(i & 0xff), 1 + i);
	}

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		for (size_t at = 0; at <= i; at++)
			assert_int_equal(pieces[i][at], i & 0xff);
	arena_free(&arena);
}

static void test_arena__refuses_what_overflows(void **state)
{
	struct arena arena = { 0 };

	(void)state;

	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
	assert_null(arena_array(&arena, 3, SIZE_MAX / 2));
	arena_free(&arena);
}

static void test_arena__copies_text(void **state)
{
	struct arena arena = { 0 };
	char source[] = "node 0-3";
	char *all = arena_strdup(&arena, source);
	char *part = arena_strndup(&arena, source, 4);

	(void)state;

	memset(source, 'x', sizeof(source) - 1);

	assert_string_equal(all, "node 0-3");
	assert_string_equal(part, "node");
	assert_string_equal(arena_printf(&arena, "%s %d", part, 42), "node 42");
	arena_free(&arena);
}

static void test_arena__freed_is_empty_again(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_non_null(arena_alloc(&arena, 1));

	arena_free(&arena);
	arena_free(&arena);

	assert_non_null(arena_alloc(&arena, 1));
	arena_free(&arena);
}

static int fill_arena(void *arg)
{
	struct arena arena = { 0 };
	int ret = -ENOMEM;

	(void)arg;
	if (arena_alloc(&arena, 10) && arena_array(&arena, 1000, 100) &&
	    arena_printf(&arena, "%d", 1) && arena_strdup(&arena, "x"))
		ret = 0;
	arena_free(&arena);
	return ret;
}

static void test_arena__survives_faults(void **state)
{
	(void)state;

	assert_int_equal(fault_each(fill_arena, NULL), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena__is_zeroed_and_aligned),
		cmocka_unit_test(test_arena__pieces_do_not_overlap),
		cmocka_unit_test(test_arena__refuses_what_overflows),
		cmocka_unit_test(test_arena__copies_text),
		cmocka_unit_test(test_arena__freed_is_empty_again),
		cmocka_unit_test(test_arena__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
