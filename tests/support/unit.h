/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test includes: cmocka, and what cmocka wants before it. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "tier.h"

/*
 * Rows of a table that fail are told one by one and counted, so that the first does
 * not hide the others; a test ends in assert_rows().
 */
#define ROW_FAILS(failures, ...) (print_error(__VA_ARGS__), (failures)++)
#define assert_rows(failures)	 assert_int_equal(failures, 0)

/* A message for people must hold this; an exact one would test its commas. */
#define assert_says(text, part)                                         \
	do {                                                            \
		if (!strstr(text, part))                                \
			fail_msg("'%s' does not say '%s'", text, part); \
	} while (0)

#endif
