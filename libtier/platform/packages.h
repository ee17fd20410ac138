/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which socket a CPU and a node belong to. A part of the seam. */
#ifndef PACKAGES_H
#define PACKAGES_H

#include "platform.h"

/* -ENOENT: the kernel does not say. */
int cpu_package(struct root *root, unsigned int cpu, uint64_t *package) MUST_CHECK;

/* That of a node's CPUs. -ENOENT: it has none; -EMLINK: they are on several, or that is not
 * known. */
int node_package(struct root *root, unsigned int node, uint64_t *package) MUST_CHECK;

/* Of a node without CPUs: that of all nodes that are nearest to it by the table of distances.
 * -EMLINK: these are on several, or that is not known. */
int nearest_package(struct root *root, unsigned int node, uint64_t *package) MUST_CHECK;

#endif
