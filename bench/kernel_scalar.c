// SPDX-License-Identifier: GPL-2.0-or-later
// The loops word by word: for every processor, and what the others are held against.
#include <stdint.h>

#include "kernel_sets.h"

#define VEC_BYTES   8
#define KERNEL_SET  kernels_scalar
#define KERNEL_NAME "scalar"

typedef uint64_t vec __attribute__((vector_size(VEC_BYTES), may_alias));

static bool runs_here(void)
{
	return true;
}

#if defined(__x86_64__)
#include <emmintrin.h>

#define KERNEL_STREAMS true
#define FENCE()	       _mm_sfence()

static inline void stream_line(vec *to, const vec *line)
{
	for (int i = 0; i < KERNEL_LINE_BYTES / VEC_BYTES; i++)
		_mm_stream_si64((long long *)&to[i], (long long)line[i][0]);
}
#else
#define KERNEL_STREAMS false
#define FENCE()	       __asm__ volatile("" : : : "memory")

static inline void stream_line(vec *to, const vec *line)
{
	for (int i = 0; i < KERNEL_LINE_BYTES / VEC_BYTES; i++)
		to[i] = line[i];
}
#endif

#include "kernel_body.h"
