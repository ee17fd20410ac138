/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own mapping of memory that a machine check has taken pages out of. */
#ifndef KMEM_MAPPING_H
#define KMEM_MAPPING_H

#include <linux/range.h>

/*
 * On x86 a page with an uncorrectable error is marked absent in the kernel's mapping, and the
 * mark outlives the removal of the memory: hot-add leaves it alone. Undo that for a range which
 * is not memory now and shall be. The caller knows of nothing bad there.
 */
void mapping_restore(const struct range *range);

#endif
