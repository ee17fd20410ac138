// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls that replace the C library's, each with the C library's answers: sizes of 0,
// sizes beyond anything, alignments that are none, errno. C++'s operators stay
// libstdc++'s own: they call these, and throw what a library in C cannot.
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "kernel.h"
#include "life.h"
#include "region.h"
#include "route.h"

#define EXPORT __attribute__((visibility("default")))

/* ---- the four ---------------------------------------------------------------------- */

/* Whether copy 0 is asked at once. */
static inline bool is_below(size_t size)
{
	return (int64_t)size < atomic_load_explicit(&heap.below, memory_order_acquire);
}

EXPORT void *malloc(size_t size)
{
	int64_t below = atomic_load_explicit(&heap.below, memory_order_acquire);
	void *block;

	if (__builtin_expect((int64_t)size < below, 1))
		return copy0_malloc(size);
	if (__builtin_expect(below >= 0 && (int64_t)size < heap.second, 1)) {
		block = copy1_malloc(size);
		if (__builtin_expect(block != NULL, 1))
			return block;
	}
	return route_plain(size);
}

static void free_elsewhere(void *block) __attribute__((noinline));

static void free_elsewhere(void *block)
{
	copy_calls[heap_owner(block)].free(block);
}

EXPORT void free(void *block)
{
	if (__builtin_expect((uintptr_t)block < heap.parted_base, 1))
		copy0_free(block);
	else if ((uintptr_t)block < heap.parted_second)
		copy1_free(block);
	else
		free_elsewhere(block);
}

EXPORT void *calloc(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	if (__builtin_expect(is_below(bytes), 1))
		return copy0_calloc(1, bytes);
	return route_zeroed(bytes);
}

EXPORT void *realloc(void *block, size_t size)
{
	void *again = NULL;

	if (!block)
		return malloc(size);
	if (!size) {
		free(block);
		return NULL;
	}
	if ((uintptr_t)block < heap.parted_base && is_below(size))
		again = copy0_realloc(block, size);
	if (__builtin_expect(!again, 0))
		again = route_again(block, size);
	if (__builtin_expect(!again, 0))
		errno = ENOMEM;
	return again;
}

/* ---- aligned ----------------------------------------------------------------------- */

static void *aligned(size_t alignment, size_t size)
{
	/* Of a size of 0 jemalloc would make an ordinary block. */
	const struct request request = { .size = size ? size : 1,
					 .alignment = alignment };

	return route(&request);
}

/* As glibc's up to 2.37: an alignment that is no power of two is rounded up to one. */
EXPORT void *memalign(size_t alignment, size_t size)
{
	if (alignment > SIZE_MAX / 2 + 1) {
		errno = EINVAL;
		return NULL;
	}
	/* jemalloc's smallest blocks are aligned to their 8 bytes alone. */
	if (alignment <= sizeof(void *))
		return malloc(size);
	if (alignment & (alignment - 1))
		alignment = 1UL << (64 - __builtin_clzl(alignment));
	if (alignment > PTRDIFF_MAX || size > PTRDIFF_MAX - alignment) {
		errno = ENOMEM;
		return NULL;
	}
	return aligned(alignment, size);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

EXPORT int posix_memalign(void **block, size_t alignment, size_t size)
{
	void *found;

	if (alignment % sizeof(void *) || !alignment || (alignment & (alignment - 1)))
		return EINVAL;
	found = memalign(alignment, size);
	if (!found)
		return ENOMEM;
	*block = found;
	return 0;
}

EXPORT void *valloc(size_t size)
{
	return memalign(KERNEL_PAGE, size);
}

EXPORT void *pvalloc(size_t size)
{
	size_t whole;

	if (__builtin_add_overflow(size, KERNEL_PAGE - 1, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	return memalign(KERNEL_PAGE, whole & -KERNEL_PAGE);
}

/* ---- the rest ---------------------------------------------------------------------- */

EXPORT void *reallocarray(void *block, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(block, bytes);
}

EXPORT size_t malloc_usable_size(void *block)
{
	return block ? copy_calls[heap_owner(block)].usable(block) : 0;
}

/* C23's: what the size is good for elsewhere, our blocks know themselves. */
void free_sized(void *block, size_t size);
void free_aligned_sized(void *block, size_t alignment, size_t size);
void cfree(void *block);

EXPORT void free_sized(void *block, size_t size)
{
	(void)size;
	free(block);
}

EXPORT void free_aligned_sized(void *block, size_t alignment, size_t size)
{
	(void)alignment;
	(void)size;
	free(block);
}

EXPORT void cfree(void *block)
{
	free(block);
}

/* Says that memory was given back, as it cannot tell. */
EXPORT int malloc_trim(size_t pad)
{
	int kept = errno;

	(void)pad;
	for (unsigned int i = 0; i < COPIES; i++)
		life_trim(i);
	errno = kept;
	return 1;
}

static size_t figure(unsigned int copy, const char *name)
{
	size_t value = 0, len = sizeof(value);

	return copy_calls[copy].control(name, &value, &len, NULL, 0) ? 0 : value;
}

EXPORT struct mallinfo2 mallinfo2(void)
{
	struct mallinfo2 info = { 0 };
	int kept = errno;

	for (unsigned int i = 0; i < COPIES; i++) {
		uint64_t epoch = 1;

		if (!life_has(i))
			continue;
		copy_calls[i].control("epoch", NULL, NULL, &epoch, sizeof(epoch));
		info.arena += figure(i, "stats.mapped");
		info.uordblks += figure(i, "stats.allocated");
	}
	info.fordblks = info.arena > info.uordblks ? info.arena - info.uordblks : 0;
	errno = kept;
	return info;
}

/* The older one, whose numbers end at two gigabytes. */
EXPORT struct mallinfo mallinfo(void)
{
	struct mallinfo2 large = mallinfo2();

	return (struct mallinfo){
		.arena = (int)large.arena,
		.uordblks = (int)large.uordblks,
		.fordblks = (int)large.fordblks,
	};
}

/* ---- glibc's own names, which some programs call ------------------------------------ */

#define ALIAS(name) __attribute__((alias(#name), copy(name), visibility("default")))

void *__libc_malloc(size_t size) ALIAS(malloc);
void __libc_free(void *block) ALIAS(free);
void *__libc_calloc(size_t count, size_t size) ALIAS(calloc);
void *__libc_realloc(void *block, size_t size) ALIAS(realloc);
void *__libc_memalign(size_t alignment, size_t size) ALIAS(memalign);
void *__libc_valloc(size_t size) ALIAS(valloc);
void *__libc_pvalloc(size_t size) ALIAS(pvalloc);
int __posix_memalign(void **block, size_t alignment, size_t size) ALIAS(posix_memalign);

/* A program that asks for no memory at all still has a heap to be looked at. */
__attribute__((constructor)) static void begin(void)
{
	heap_settle();
}
