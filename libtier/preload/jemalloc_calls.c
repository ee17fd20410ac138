// SPDX-License-Identifier: LGPL-2.1-or-later
// jemalloc's own calls, for programs that are linked with it: the blocks that they give are
// freed by free(), and the other way round, so they must be of one heap. Names, flags and
// signatures: jemalloc(3), 5.3.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "life.h"
#include "route.h"

#define EXPORT __attribute__((visibility("default")))

#define LG_ALIGNMENT_MASK 0x3f
#define FLAG_ZERO	  0x40
#define CACHE_SHIFT	  8
#define CACHE_MASK	  0xfff
#define CACHE_NONE	  1 /* 0: the thread's own; more: one of the program's */
#define ARENA_SHIFT	  20

void *mallocx(size_t size, int flags);
void *rallocx(void *block, size_t size, int flags);
size_t xallocx(void *block, size_t size, size_t extra, int flags);
size_t sallocx(const void *block, int flags);
void dallocx(void *block, int flags);
void sdallocx(void *block, size_t size, int flags);
size_t nallocx(size_t size, int flags);
int mallctl(const char *name, void *old, size_t *old_len, void *new_value,
	    size_t new_len);
int mallctlnametomib(const char *name, size_t *mib, size_t *count);
int mallctlbymib(const size_t *mib, size_t count, void *old, size_t *old_len,
		 void *new_value, size_t new_len);
void malloc_stats_print(void (*write)(void *arg, const char *text), void *arg,
			const char *options);

/* ---- blocks -------------------------------------------------------------------------- */

static size_t alignment_of(int flags)
{
	int lg = flags & LG_ALIGNMENT_MASK;

	return lg ? (size_t)1 << lg : 0;
}

/* Whether an arena or a cache is named that the program has made: by mallctl(), in copy 0. */
static bool names_its_own(int flags)
{
	return (unsigned int)flags >> ARENA_SHIFT ||
	       ((unsigned int)flags >> CACHE_SHIFT & CACHE_MASK) > CACHE_NONE;
}

/* Whether copy 0 is the whole heap, or meant. An arena of the program's own knows of no limit,
 * so where there are some it is not heeded. */
static bool is_copy0s(int flags)
{
	return (names_its_own(flags) && !heap.limited) ||
	       (heap_settle() && !heap.parted_size);
}

/* Which cache is used in a parted heap is left to jemalloc. */
EXPORT void *mallocx(size_t size, int flags)
{
	const struct request request = { .size = size,
					 .alignment = alignment_of(flags),
					 .zeroed = flags & FLAG_ZERO };

	return is_copy0s(flags) ? copy0_mallocx(size, flags) : route(&request);
}

EXPORT void dallocx(void *block, int flags)
{
	if (heap_owner(block))
		free(block);
	else
		copy0_dallocx(block, flags);
}

EXPORT void sdallocx(void *block, size_t size, int flags)
{
	(void)size;
	dallocx(block, flags);
}

EXPORT size_t sallocx(const void *block, int flags)
{
	(void)flags;
	return copy_calls[heap_owner(block)].usable((void *)(uintptr_t)block);
}

EXPORT void *rallocx(void *block, size_t size, int flags)
{
	size_t old;
	void *moved;

	if (!heap_owner(block) && is_copy0s(flags))
		return copy0_rallocx(block, size, flags);
	if (!alignment_of(flags) && !(flags & FLAG_ZERO))
		return route_again(block, size);
	moved = mallocx(size, flags);
	if (!moved)
		return NULL;
	old = sallocx(block, 0);
	memcpy(moved, block, old < size ? old : size);
	dallocx(block, 0);
	return moved;
}

EXPORT size_t xallocx(void *block, size_t size, size_t extra, int flags)
{
	return copy_calls[heap_owner(block)].resize(block, size, extra, flags);
}

EXPORT size_t nallocx(size_t size, int flags)
{
	return copy_calls[0].round(size, flags);
}

/* ---- control ------------------------------------------------------------------------- */

/* Figures that are asked for to know how large the heap is: of all copies. */
static bool is_sum(const char *name)
{
	static const char *const sums[] = { "stats.allocated", "stats.active",
					    "stats.metadata",  "stats.resident",
					    "stats.mapped",    "stats.retained" };

	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++)
		if (!strcmp(name, sums[i]))
			return true;
	return false;
}

static void add_others(const char *name, size_t *sum)
{
	for (unsigned int i = 1; i < COPIES; i++) {
		size_t value = 0, len = sizeof(value);

		if (life_has(i) && !copy_calls[i].control(name, &value, &len, NULL, 0))
			*sum += value;
	}
}

/* Arenas, caches and settings are copy 0's. */
EXPORT int mallctl(const char *name, void *old, size_t *old_len, void *new_value,
		   size_t new_len)
{
	int ret = copy_calls[0].control(name, old, old_len, new_value, new_len);

	if (ret || !heap.parted_size)
		return ret;
	if (old && is_sum(name))
		add_others(name, old);
	for (unsigned int i = 1; i < COPIES && !strcmp(name, "epoch"); i++)
		if (life_has(i))
			(void)copy_calls[i].control(name, NULL, NULL, new_value, new_len);
	return 0;
}

EXPORT int mallctlnametomib(const char *name, size_t *mib, size_t *count)
{
	return copy0_mallctlnametomib(name, mib, count);
}

/* Signature: jemalloc's. */
EXPORT int mallctlbymib(const size_t *mib, size_t count, void *old, size_t *old_len,
			void *new_value, size_t new_len)
{
	return copy0_mallctlbymib(mib, count, old, old_len, new_value, new_len);
}

EXPORT void malloc_stats_print(void (*write)(void *arg, const char *text), void *arg,
			       const char *options)
{
	copy0_malloc_stats_print(write, arg, options);
}
