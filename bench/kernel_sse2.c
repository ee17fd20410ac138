// SPDX-License-Identifier: GPL-2.0-or-later
// The loops with registers of 16 bytes (SSE2). Compiled with what those need, so nothing else is in here.
#if defined(__x86_64__)

#include <immintrin.h>
#include <stdint.h>

#include "kernel_sets.h"

#define VEC_BYTES      16
#define KERNEL_SET     kernels_sse2
#define KERNEL_NAME    "sse2"
#define KERNEL_STREAMS true
#define FENCE()	       _mm_sfence()

typedef uint64_t vec __attribute__((vector_size(VEC_BYTES), may_alias));

static bool runs_here(void)
{
	return __builtin_cpu_supports("sse2");
}

static inline void stream_line(vec *to, const vec *line)
{
	for (int i = 0; i < KERNEL_LINE_BYTES / VEC_BYTES; i++)
		_mm_stream_si128((__m128i *)&to[i], (__m128i)line[i]);
}

#include "kernel_body.h"

#endif
