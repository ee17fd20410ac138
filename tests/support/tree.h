/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees of files for tests: temporary folders, whole roots unpacked into them, and
 * the machines of tests/fixtures. */
#ifndef TREE_H
#define TREE_H

#include "platform.h"

/* A new folder in `path`, which has room for TREE_PATH bytes. */
#define TREE_PATH 4096
void tree_make(char *path);
void tree_remove(const char *path);

/* FOLDER/NAME with its folders; the text may be NULL for a folder. */
void tree_add(const char *folder, const char *name, const char *text);

/* All files, links and folders of a root, below `folder`. What cannot be read is
 * left out. */
void tree_unpack(struct root *root, const char *folder);

/* A whole file, for which there must be memory. */
void tree_read(const char *path, struct strbuf *out);

/* Call work() for each machine of tests/fixtures; returns how many there are. */
int each_fixture(void (*work)(const char *name, struct root *root, void *arg), void *arg);

#endif
