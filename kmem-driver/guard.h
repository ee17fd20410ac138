/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts of a dax device, read from the dax core's private structures with the suspicion that
 * they might not be what they were when this was built.
 */
#ifndef KMEM_GUARD_H
#define KMEM_GUARD_H

#include "range_set.h"

struct dev_dax;

struct dax_facts {
	int target_node;
	bool memmap_on_memory;
	bool is_static;		 /* a pmem namespace, which may hold data */
	struct range_set ranges; /* to be freed by the caller */
};

/* -ENODEV, with a line in the log, if anything looks odd; -ENOMEM. */
int guard_read(struct dev_dax *dev_dax, struct dax_facts *facts);

#endif
