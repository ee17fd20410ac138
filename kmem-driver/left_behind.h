/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that no device has: it was in use when its device was unbound. */
#ifndef KMEM_LEFT_BEHIND_H
#define KMEM_LEFT_BEHIND_H

#include "range_set.h"

struct memory;

/* From here on it is nobody's, until somebody adopts it. */
void left_behind_add(struct memory *memory);

/*
 * The memory that was left behind within these ranges, now the caller's; NULL if none was, and
 * -EBUSY as an ERR_PTR if some lies across the ranges, on another node, or is of several: what
 * of that has come offline is let go first.
 */
struct memory *left_behind_adopt(const struct range_set *ranges, int node);

/* All of it, one range a line. */
ssize_t left_behind_emit(char *buf);

#endif
