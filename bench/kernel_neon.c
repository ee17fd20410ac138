// SPDX-License-Identifier: GPL-2.0-or-later
// The loops with registers of 16 bytes of arm64 (NEON), which every arm64 has.
#if defined(__aarch64__)

#include <stdint.h>

#include "kernel_sets.h"

#define VEC_BYTES      16
#define KERNEL_SET     kernels_neon
#define KERNEL_NAME    "neon"
#define KERNEL_STREAMS true
#define FENCE()	       __asm__ volatile("dmb ishst" : : : "memory")

typedef uint64_t vec __attribute__((vector_size(VEC_BYTES), may_alias));

static bool runs_here(void)
{
	return true;
}

/* A pair of registers with the hint that they will not be used soon; a hint only. */
static inline void stream_line(vec *to, const vec *line)
{
	__asm__ volatile("stnp %q1, %q2, [%0]\n\tstnp %q3, %q4, [%0, #32]"
			 :
			 : "r"(to), "w"(line[0]), "w"(line[1]), "w"(line[2]), "w"(line[3])
			 : "memory");
}

#include "kernel_body.h"

#endif
