/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the dynamic loader knows. Not for code that runs inside of malloc: it takes locks. */
#ifndef LOADER_H
#define LOADER_H

/* What the C++ runtime itself has under this name, whoever else has something under it; NULL:
 * there is no such runtime in this process. */
void *loader_runtime(const char *name);

#endif
