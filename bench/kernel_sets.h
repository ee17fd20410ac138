/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The widths that there are, each in all forms, defined at the end of its own kernel_*.c. */
#ifndef KERNEL_SETS_H
#define KERNEL_SETS_H

#include "kernels.h"

extern const struct kernel_set kernels_avx512[KERNEL_FORMS];
extern const struct kernel_set kernels_avx2[KERNEL_FORMS];
extern const struct kernel_set kernels_sse2[KERNEL_FORMS];
extern const struct kernel_set kernels_neon[KERNEL_FORMS];
extern const struct kernel_set kernels_scalar[KERNEL_FORMS];

#endif
