/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of cmocka as the tests that run on arm64 need: that of the host is not for it. */
#ifndef CMOCKA_H
#define CMOCKA_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
	const char *name;
	void (*run)(void **state);
};

#define cmocka_unit_test(function)  \
	{                           \
#function, function \
	}
#define print_message printf
#define print_error   printf
#define fail_msg(...) (printf(__VA_ARGS__), exit(1))
#define skip()	      return
#define assert_true(what) \
	((what) ? (void)0 : (void)fail_msg("%s:%d: %s\n", __FILE__, __LINE__, #what))
#define assert_false(what)	  assert_true(!(what))
#define assert_int_equal(a, b)	  assert_true((long long)(a) == (long long)(b))
#define assert_null(a)		  assert_true((a) == NULL)
#define assert_non_null(a)	  assert_true((a) != NULL)
#define assert_string_equal(a, b) assert_true(!strcmp(a, b))

static inline int run_all(const struct CMUnitTest *tests, size_t count)
{
	void *state = NULL;

	for (size_t i = 0; i < count; i++) {
		tests[i].run(&state);
		printf("[       OK ] %s\n", tests[i].name);
	}
	return 0;
}

#define cmocka_run_group_tests(tests, setup, teardown) \
	run_all(tests, sizeof(tests) / sizeof((tests)[0]))

#endif
