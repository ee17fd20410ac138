/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels that this driver is for, and cannot be seen from layout.h. */
#ifndef KMEM_COMPAT_H
#define KMEM_COMPAT_H

#include <linux/memory_hotplug.h>
#include <linux/version.h>

/* Memory types are shared between drivers, and made from figures (mt_find_alloc_memory_type()). */
#define HAS_SHARED_MEMORY_TYPES (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0))

/* The kernel itself places the memmap of each block on that block; before, it takes only one. */
#define HAS_MEMMAP_ON_MANY_BLOCKS (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0))

/* Whether the kernel would place it there; one that cannot be asked refuses when it does not. */
static inline bool may_hold_memmap(void)
{
#if HAS_MEMMAP_ON_MANY_BLOCKS
	return mhp_supports_memmap_on_memory();
#else
	return true;
#endif
}

#endif
