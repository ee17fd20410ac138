/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages per node out of /proc/PID/numa_maps. Pure; opens nothing. */
#ifndef NUMA_MAPS_H
#define NUMA_MAPS_H

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

/*
 * Add the bytes of every mapping in `text` to node_bytes[0..len). Returns the
 * highest node seen + 1. -EINVAL: not a numa_maps text; -ERANGE: a node >= len,
 * or more bytes than 64 bits hold. node_bytes is then partly filled.
 */
int numa_maps_add(const char *text, uint64_t *node_bytes, size_t len) MUST_CHECK;

/* The same for one line of `length` bytes, without its newline. */
int numa_maps_add_line(const char *line, size_t length, uint64_t *node_bytes,
		       size_t len) MUST_CHECK;

/*
 * The next mapping of *cursor that is made of huge pages (hugetlbfs): where it begins,
 * and the bytes of a page. 1, 0 at the end, -EINVAL: not a numa_maps text.
 */
int numa_maps_next_huge(const char **cursor, uint64_t *start, uint64_t *bytes) MUST_CHECK;

#endif
