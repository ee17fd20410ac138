/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The variables of memkind's memtier, for programs that were set up for it. Pure. */
#ifndef MEMKIND_H
#define MEMKIND_H

#include "heap_spec.h"

/*
 * MEMKIND_MEM_TIERS, and MEMKIND_MEM_THRESHOLDS or NULL, as a heap of ours: DRAM is
 * "dram", KMEM_DAX is "pmem". -EINVAL with a place in diag, as of the text that is wrong.
 */
int memkind_parse(const char *tiers, const char *thresholds, struct heap_spec *spec,
		  struct tier_diag *diag) MUST_CHECK;

#endif
