// SPDX-License-Identifier: GPL-2.0-or-later
// Preloaded into a program: allocation number FAIL_AT fails, and with FAIL_ALL all
// behind it, as if memory had run out there.
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* glibc's own, under the names that it keeps for replacements. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);

static bool is_ready, is_counting, fails_on;
static long left;

static void set_up(void)
{
	const char *at = getenv("FAIL_AT");

	is_ready = true;
	is_counting = at != NULL;
	fails_on = getenv("FAIL_ALL") != NULL;
	left = at ? strtol(at, NULL, 10) : 0;
}

static bool is_time(void)
{
	if (!is_ready)
		set_up();
	if (!is_counting || left-- > 0)
		return false;
	is_counting = fails_on;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return is_time() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_time() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size)
{
	return is_time() ? NULL : __libc_realloc(pointer, size);
}

void *reallocarray(void *pointer, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || is_time()) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_realloc(pointer, bytes);
}
