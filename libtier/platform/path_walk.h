/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following symbolic links inside a root, whatever the root is made of. */
#ifndef PATH_WALK_H
#define PATH_WALK_H

#include <stdbool.h>

#include "strbuf.h"

/* As many as the kernel follows (MAXSYMLINKS, include/linux/namei.h). */
#define PATH_WALK_MAX_LINKS 40

/*
 * Asked of each component: its path has no links in it but perhaps the last.
 * 0: it is a link, its target was added to `target`; -EINVAL: it is there and no
 * link; another errno ends the walk.
 */
typedef int path_readlink(void *arg, const char *path, struct strbuf *target);

/*
 * Follow all links of an absolute path; add the path that is meant, absolute and
 * without links, "." and "..", to `out`, which is unchanged on failure. "/.." is
 * "/", so that no path leads out.
 * -ELOOP: too many links; -ENOMEM; and what `readlink` gave.
 */
int path_walk(path_readlink *readlink, void *arg, const char *path,
	      struct strbuf *out) MUST_CHECK;

#endif
