// SPDX-License-Identifier: GPL-2.0-or-later
// The loops with registers of 64 bytes (AVX-512). Compiled with what those need, so nothing else is in here.
#if defined(__x86_64__)

#include <immintrin.h>
#include <stdint.h>

#include "kernel_sets.h"

#define VEC_BYTES      64
#define KERNEL_SET     kernels_avx512
#define KERNEL_NAME    "avx512"
#define KERNEL_STREAMS true
#define FENCE()	       _mm_sfence()

typedef uint64_t vec __attribute__((vector_size(VEC_BYTES), may_alias));

static bool runs_here(void)
{
	return __builtin_cpu_supports("avx512f");
}

static inline void stream_line(vec *to, const vec *line)
{
	for (int i = 0; i < KERNEL_LINE_BYTES / VEC_BYTES; i++)
		_mm512_stream_si512((__m512i *)&to[i], (__m512i)line[i]);
}

#include "kernel_body.h"

#endif
