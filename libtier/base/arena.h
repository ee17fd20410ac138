/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that is freed all at once: what a topology, a plan or a policy is made
 * of. Nothing in it is ever freed or moved alone.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

#include "cleanup.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
};

/* Zeroed and aligned for any type; NULL when out of memory. */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK;

/* Zeroed array; NULL on overflow of count * size too. */
void *arena_array(struct arena *arena, size_t count, size_t size) MUST_CHECK;

/*
 * Room for one more element of an array of `count` that was made by this call, or
 * NULL with 0: returns where the array is now, or NULL when out of memory. The arrays
 * that it grew out of stay until arena_free().
 */
void *arena_grow(struct arena *arena, void *array, size_t count, size_t size) MUST_CHECK;

/* Copies; NULL when out of memory. */
char *arena_strdup(struct arena *arena, const char *text) MUST_CHECK;
char *arena_strndup(struct arena *arena, const char *text, size_t len) MUST_CHECK;
char *arena_printf(struct arena *arena, const char *format, ...)
	PRINTF_LIKE(2, 3) MUST_CHECK;

void arena_free(struct arena *arena);

#endif
