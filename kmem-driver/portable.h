/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver's arithmetic needs, from the kernel or, in the host's unit tests, from the C
 * library. Files that include this and no kernel header are compiled on both sides.
 */
#ifndef KMEM_PORTABLE_H
#define KMEM_PORTABLE_H

#ifdef __KERNEL__

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/range.h>
#include <linux/string.h>
#include <linux/types.h>

#else

#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

typedef __u8 u8;
typedef __u32 u32;
typedef __u64 u64;

/* As the kernel's: both ends belong to the range. */
struct range {
	u64 start;
	u64 end;
};

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* As the kernel's: how much was written, without the terminating zero. */
int scnprintf(char *buf, size_t size, const char *fmt, ...);

#endif

#endif
