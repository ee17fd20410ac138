/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of our own on this machine, as root_ops' keep() and drop(). */
#ifndef ROOT_KEEP_H
#define ROOT_KEEP_H

#include <stdbool.h>

struct root;

int live_keep(struct root *root, const char *path, const char *text, bool only_new);
int live_drop(struct root *root, const char *path);

#endif
