// SPDX-License-Identifier: LGPL-2.1-or-later
// C++'s operators. Those of its runtime call malloc(), but a program that is linked with another
// allocator has that one's: memory that is on no tier, in blocks that are not ours. Names: the
// Itanium C++ ABI's, where size_t is unsigned long.
#include <malloc.h>
#include <stdlib.h>

#include "loader.h"

/* ---- new ----------------------------------------------------------------------------- */

/* What comes after a failure only C++ can do: to ask the program's handler, and to throw. The
 * runtime's own operator does, which calls malloc() before. */
#define NEW(name, parameters, arguments, attempt)                     \
	void *name parameters __attribute__((visibility("default"))); \
	void *name parameters                                         \
	{                                                             \
		void *(*again)parameters, *block = (attempt);         \
                                                                      \
		if (__builtin_expect(block != NULL, 1))               \
			return block;                                 \
		again = (__typeof__(again))loader_runtime(#name);     \
		return again ? again arguments : NULL;                \
	}

struct nothrow;

NEW(_Znwm, (size_t size), (size), malloc(size))
NEW(_Znam, (size_t size), (size), malloc(size))
NEW(_ZnwmRKSt9nothrow_t, (size_t size, const struct nothrow *tag), (size, tag),
    malloc(size))
NEW(_ZnamRKSt9nothrow_t, (size_t size, const struct nothrow *tag), (size, tag),
    malloc(size))
NEW(_ZnwmSt11align_val_t, (size_t size, size_t alignment), (size, alignment),
    memalign(alignment, size))
NEW(_ZnamSt11align_val_t, (size_t size, size_t alignment), (size, alignment),
    memalign(alignment, size))
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t,
    (size_t size, size_t alignment, const struct nothrow *tag), (size, alignment, tag),
    memalign(alignment, size))
NEW(_ZnamSt11align_val_tRKSt9nothrow_t,
    (size_t size, size_t alignment, const struct nothrow *tag), (size, alignment, tag),
    memalign(alignment, size))

/* ---- delete -------------------------------------------------------------------------- */

/* Sizes, alignments and tags that stand behind the block are not needed. */
static void delete_any(void *block)
{
	free(block);
}

#define DELETE(name)           \
	void name(void *block) \
		__attribute__((alias("delete_any"), visibility("default")));

DELETE(_ZdlPv)
DELETE(_ZdaPv)
DELETE(_ZdlPvm)
DELETE(_ZdaPvm)
DELETE(_ZdlPvRKSt9nothrow_t)
DELETE(_ZdaPvRKSt9nothrow_t)
DELETE(_ZdlPvSt11align_val_t)
DELETE(_ZdaPvSt11align_val_t)
DELETE(_ZdlPvmSt11align_val_t)
DELETE(_ZdaPvmSt11align_val_t)
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t)
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t)
