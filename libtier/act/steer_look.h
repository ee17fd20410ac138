/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policies in force in a process: read, never asked of the process itself. */
#ifndef STEER_LOOK_H
#define STEER_LOOK_H

#include "platform.h"
#include "tier.h"

struct steer_look {
	struct root *root;
	int pid;
	bool each_thread; /* not only the first */
	tier_steered_fn *each;
	void *data;
	void *room;  /* for one of the caller's */
	size_t size; /* which is so long */
};

/* -ESRCH, -EACCES, -EPERM, -ENODATA (it has no memory), -EINVAL (a text of the kernel's that
 * does not parse), -ENOMEM. */
int steer_look(const struct steer_look *look) MUST_CHECK;

/* Hand one on, in the size that the caller knows. */
void steer_tell(const struct steer_look *look, const struct tier_steered *what);

#endif
