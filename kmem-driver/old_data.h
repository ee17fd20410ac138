/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether somebody's data lies on a device that is about to become memory. */
#ifndef KMEM_OLD_DATA_H
#define KMEM_OLD_DATA_H

#include "range_set.h"

/*
 * What the ends of the range look like ("xfs file system"), or NULL for nothing known. Reads
 * past poison, and leaves out what is known to be bad. An ERR_PTR if it cannot be read at all.
 */
const char *old_data_find(const struct range *range, const struct range_set *bad);

#endif
