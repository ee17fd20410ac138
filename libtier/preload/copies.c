// SPDX-License-Identifier: LGPL-2.1-or-later
// The names of the private copies of jemalloc, and what stands between their arenas and
// the kernel. The objects are made by copies.sh.
#include "copies.h"

#include <errno.h>
#include <stdint.h>
#include <sys/types.h>

#include "heap.h"
#include "peak.h"
#include "region.h"

/* The symbols of one copy that we define, and those that we use. */
#define DECLARE(N)                                                                      \
	void *copy##N##_malloc(size_t size);                                            \
	void *copy##N##_calloc(size_t count, size_t size);                              \
	void *copy##N##_realloc(void *block, size_t size);                              \
	void *copy##N##_memalign(size_t alignment, size_t size);                        \
	void copy##N##_free(void *block);                                               \
	size_t copy##N##_malloc_usable_size(void *block);                               \
	size_t copy##N##_xallocx(void *block, size_t size, size_t extra, int flags);    \
	size_t copy##N##_nallocx(size_t size, int flags);                               \
	int copy##N##_mallctl(const char *name, void *old, size_t *old_len,             \
			      void *new_value, size_t new_len);                         \
	void *copy##N##_je_extent_alloc_mmap(                                           \
		void *wanted, size_t size, size_t alignment, bool *zero, bool *commit); \
	bool copy##N##_je_extent_dalloc_mmap(void *address, size_t size);               \
	bool copy##N##_je_pages_commit(void *address, size_t size);                     \
	bool copy##N##_je_pages_decommit(void *address, size_t size);                   \
	void copy##N##_je_pages_unmap(void *address, size_t size);                      \
	unsigned int copy##N##_je_narenas_total_get(void);                              \
	extern void *_Atomic copy##N##_je_arenas[];                                     \
	void copy##N##_je_arena_decay(void *thread, void *arena, bool is_background,    \
				      bool all);                                        \
                                                                                        \
	void *copy##N##_extent_alloc_mmap(void *wanted, size_t size, size_t alignment,  \
					  bool *zero, bool *commit);                    \
	bool copy##N##_extent_dalloc_mmap(void *address, size_t size);                  \
	bool copy##N##_pages_commit(void *address, size_t size);                        \
	bool copy##N##_pages_decommit(void *address, size_t size);                      \
	void copy##N##_pages_unmap(void *address, size_t size);                         \
	extern const char *copy##N##_malloc_conf;

FOR_EACH_COPY(DECLARE)

#define CALLS(N)                                                  \
	[N] = {                                                   \
		.malloc = copy##N##_malloc,                       \
		.calloc = copy##N##_calloc,                       \
		.realloc = copy##N##_realloc,                     \
		.memalign = copy##N##_memalign,                   \
		.free = copy##N##_free,                           \
		.usable = copy##N##_malloc_usable_size,           \
		.resize = copy##N##_xallocx,                      \
		.round = copy##N##_nallocx,                       \
		.control = copy##N##_mallctl,                     \
		.plain_extent = copy##N##_je_extent_alloc_mmap,   \
		.plain_release = copy##N##_je_extent_dalloc_mmap, \
		.plain_commit = copy##N##_je_pages_commit,        \
		.plain_decommit = copy##N##_je_pages_decommit,    \
		.plain_unmap = copy##N##_je_pages_unmap,          \
		.count_arenas = copy##N##_je_narenas_total_get,   \
		.arenas = copy##N##_je_arenas,                    \
		.decay = copy##N##_je_arena_decay,                \
	},

const struct copy_calls copy_calls[COPIES] = { FOR_EACH_COPY(CALLS) };

/* Between the arenas of one copy and its region. Signatures: jemalloc's. */
#define HOOKS(N)                                                                       \
	void *copy##N##_extent_alloc_mmap(void *wanted, size_t size, size_t alignment, \
					  bool *zero, bool *commit)                    \
	{                                                                              \
		struct extent_wish wish = { wanted, size, alignment, zero, commit };   \
		return region_extent(N, &wish);                                        \
	}                                                                              \
	bool copy##N##_extent_dalloc_mmap(void *address, size_t size)                  \
	{                                                                              \
		return region_keeps(N, address) ||                                     \
		       copy##N##_je_extent_dalloc_mmap(address, size);                 \
	}                                                                              \
	bool copy##N##_pages_commit(void *address, size_t size)                        \
	{                                                                              \
		return region_keeps(N, address) ?                                      \
			       region_commit(N, address, size) :                       \
			       copy##N##_je_pages_commit(address, size);               \
	}                                                                              \
	bool copy##N##_pages_decommit(void *address, size_t size)                      \
	{                                                                              \
		return region_keeps(N, address) ?                                      \
			       region_decommit(N, address, size) :                     \
			       copy##N##_je_pages_decommit(address, size);             \
	}                                                                              \
	void copy##N##_pages_unmap(void *address, size_t size)                         \
	{                                                                              \
		if (!region_keeps(N, address))                                         \
			copy##N##_je_pages_unmap(address, size);                       \
	}

FOR_EACH_COPY(HOOKS)

/* The end of a thread's cache; all: the arena has no threads any more. Signatures: jemalloc's. */
#define ENDS(N)                                                                          \
	void copy##N##_je_arena_basic_stats_merge(void *thread, void *arena,             \
						  unsigned int *threads,                 \
						  const char **dss, ssize_t *dirty_ms,   \
						  ssize_t *muzzy_ms, size_t *active,     \
						  size_t *dirty, size_t *muzzy);         \
	void copy##N##_arena_decay(void *thread, void *arena, bool is_background,        \
				   bool all);                                            \
	void copy##N##_arena_decay(void *thread, void *arena, bool is_background,        \
				   bool all)                                             \
	{                                                                                \
		size_t active = 0, dirty = 0, muzzy = 0;                                 \
		ssize_t dirty_ms, muzzy_ms;                                              \
		unsigned int threads = 0;                                                \
		const char *dss;                                                         \
                                                                                         \
		if (all)                                                                 \
			copy##N##_je_arena_basic_stats_merge(thread, arena, &threads,    \
							     &dss, &dirty_ms, &muzzy_ms, \
							     &active, &dirty, &muzzy);   \
		copy##N##_je_arena_decay(thread, arena, is_background,                   \
					 all && !peak_lets_keep(N, dirty + muzzy));      \
	}

FOR_EACH_COPY(ENDS)

/*
 * sbrk()'s memory lies outside of the ranges that tell a block's owner. What a thread's cache
 * did not need is given back, one size at a time, each time that the thread has allocated so
 * many bytes. jemalloc's own 64 KiB are a quarter of the time of a thread that replaces blocks of
 * many sizes, and take no less memory (./dev bench --heap).
 */
#define CONFIGURE(N) \
	const char *copy##N##_malloc_conf = "dss:disabled,tcache_gc_incr_bytes:1048576";

FOR_EACH_COPY(CONFIGURE)

/* MALLOC_CONF and /etc/malloc.conf speak to a program's own jemalloc. Signatures: the C
 * library's. */
char *copy_secure_getenv(const char *name);
ssize_t copy_readlink(const char *path, char *buf, size_t size);

char *copy_secure_getenv(const char *name)
{
	(void)name;
	return NULL;
}

ssize_t copy_readlink(const char *path, char *buf, size_t size)
{
	(void)path;
	(void)buf;
	(void)size;
	return -1;
}

/* Where tiers have limits only who has asked all copies knows that there is no memory. */
int *copy___errno_location(void);

int *copy___errno_location(void)
{
	static _Thread_local int unseen;

	return heap.parted_size && heap.limited ? &unseen : &errno;
}

/* Its heap profiler, which nothing can turn on here, would want libm and libgcc_s in
 * every process. */
double copy_log(double x);
double copy_exp(double x);
double copy_round(double x);
int copy__Unwind_Backtrace(void *visit, void *arg);
uintptr_t copy__Unwind_GetIP(void *context);

double copy_log(double x)
{
	return x;
}

double copy_exp(double x)
{
	return x;
}

double copy_round(double x)
{
	return x;
}

int copy__Unwind_Backtrace(void *visit, void *arg)
{
	(void)visit;
	(void)arg;
	return 0;
}

uintptr_t copy__Unwind_GetIP(void *context)
{
	(void)context;
	return 0;
}
