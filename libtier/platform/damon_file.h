/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DAMON's files in sysfs. They do not wait for the lock that all of them share, but refuse
 * (mutex_trylock in mm/damon/sysfs.c), and a kdamond that runs takes that lock for a moment at each
 * of its intervals: what is written to the second of our own is refused for the first one's sake,
 * and so may be a look at the state of one that was just started.
 */
#ifndef DAMON_FILE_H
#define DAMON_FILE_H

#include "cleanup.h"

struct root;
struct strbuf;

/* As the root's read(); -EBUSY: so it was for half a second. */
int damon_file_read(struct root *root, const char *path, struct strbuf *text) MUST_CHECK;

/* As the root's write(), and -EBUSY likewise. */
int damon_file_write(struct root *root, const char *path, const char *text) MUST_CHECK;

#endif
