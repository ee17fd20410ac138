/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing to DAMON's files in sysfs. They do not wait for the lock that all of them share, but
 * refuse (mutex_trylock in mm/damon/sysfs.c), and a kdamond that runs takes that lock for a moment
 * at each of its intervals: the second of our own is refused for the first one's sake.
 */
#ifndef DAMON_WRITE_H
#define DAMON_WRITE_H

#include "cleanup.h"

struct root;

/* As the root's write(); -EBUSY: so it was for half a second. */
int damon_write(struct root *root, const char *path, const char *text) MUST_CHECK;

#endif
