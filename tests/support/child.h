/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running a piece of a test in a child of its own, which may lose its rights. */
#ifndef CHILD_H
#define CHILD_H

#include <stddef.h>

/* What work() returned, 0 to 127, or 128 and the signal that ended the child. */
int in_child(int (*work)(void *arg), void *arg);

/*
 * From now on the kernel refuses a system call of this process with an error, by a
 * seccomp filter, as a container's does. With `mode` not negative only calls whose
 * first argument is that without the bits that set_mempolicy(2) has for flags: this
 * is how a kernel behaves that does not know a policy. 0 or -1.
 */
int refuse_call(long call, int error, int mode);

#endif
