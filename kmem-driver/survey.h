/* SPDX-License-Identifier: GPL-2.0-only */
/* What of a device is bad, whoever knows of it, and what follows for its blocks. */
#ifndef KMEM_SURVEY_H
#define KMEM_SURVEY_H

#include "plan.h"
#include "range_set.h"

struct device;

/*
 * All bad addresses within the ranges: the administrator's, the ledger's, and what the media's
 * own list says. The caller frees the set. -ENOMEM, -ENOSPC, -ENODEV.
 */
int survey_bad(struct device *dax, const struct range_set *ranges, struct range_set *bad);

/* The plan for whole memory blocks that follows; the caller ends it with survey_free(). */
int survey_plan(struct device *dax, const struct range_set *ranges, struct plan *plan);

void survey_free(struct plan *plan);

#endif
