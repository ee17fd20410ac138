/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page in which libtiermalloc.so tells of a process's heap, read from outside. Knows nothing
 * of where the heap's memory lies. */
#ifndef HEAP_LOOK_H
#define HEAP_LOOK_H

#include <stdbool.h>

#include "gauges.h"
#include "heap_page.h"

/* Whether a mapping of the library is among those that maps or numa_maps list. Pure. */
bool heap_is_named(const char *maps);

/*
 * The page at *address; if it is not there or *address is 0, it is searched, and *address set:
 * 0 when it is not found. Errors: -ENODATA (no such page), -ESRCH, -EACCES, -EPERM, -EPROTO (a
 * page of another version), -ENOMEM.
 */
int heap_page_find(struct root *root, const struct watch_ops *watch, int pid,
		   uint64_t *address, struct heap_page *page) MUST_CHECK;

/* What it says of itself; a state of a newer library is unknown. */
enum tier_heap_state heap_page_state(const struct heap_page *page);

#endif
