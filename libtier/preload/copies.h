/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The private copies of jemalloc, each under names of its own: copy 0 is the heap of who
 * asks for nothing, and of the first tier; the others lie in ranges that tell them by
 * address. What each takes its memory from is region.h's.
 */
#ifndef COPIES_H
#define COPIES_H

#include <stdbool.h>
#include <stddef.h>

#define COPIES 6

#define FOR_EACH_COPY(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5)

/* jemalloc's calls, of each copy. */
struct copy_calls {
	void *(*malloc)(size_t size);
	void *(*calloc)(size_t count, size_t size);
	void *(*realloc)(void *block, size_t size);
	void *(*memalign)(size_t alignment, size_t size);
	void (*free)(void *block);
	size_t (*usable)(void *block);
	size_t (*resize)(void *block, size_t size, size_t extra, int flags);
	size_t (*round)(size_t size, int flags);
	int (*control)(const char *name, void *old, size_t *old_len, void *new_value,
		       size_t new_len);
	void *(*plain_extent)(void *wanted, size_t size, size_t alignment, bool *zero,
			      bool *commit);
	bool (*plain_release)(void *address, size_t size);
	bool (*plain_commit)(void *address, size_t size);
	bool (*plain_decommit)(void *address, size_t size);
	void (*plain_unmap)(void *address, size_t size);
	unsigned int (*count_arenas)(void);
	void *_Atomic *arenas; /* NULL: not begun; none ever ends */
	void (*decay)(void *thread, void *arena, bool is_background, bool all);
};

extern const struct copy_calls copy_calls[COPIES] __attribute__((visibility("hidden")));

/* Those that are called by name, so that the usual way is a jump. */
void *copy0_malloc(size_t size);
void *copy0_calloc(size_t count, size_t size);
void *copy0_realloc(void *block, size_t size);
void copy0_free(void *block);
void *copy1_malloc(size_t size);
void copy1_free(void *block);

/* And those that only programs call that know jemalloc. */
void *copy0_mallocx(size_t size, int flags);
void *copy0_rallocx(void *block, size_t size, int flags);
void copy0_dallocx(void *block, int flags);
int copy0_mallctlnametomib(const char *name, size_t *mib, size_t *count);
int copy0_mallctlbymib(const size_t *mib, size_t count, void *old, size_t *old_len,
		       void *new_value, size_t new_len);
void copy0_malloc_stats_print(void (*write)(void *arg, const char *text), void *arg,
			      const char *options);

/* What jemalloc is given in place of the C library's. */
void *copy_mmap(void *address, size_t size, int protection, int flags, int fd,
		long offset);
int copy_munmap(void *address, size_t size);
int copy_madvise(void *address, size_t size, int advice);

#endif
