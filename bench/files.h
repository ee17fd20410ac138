/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as files. */
#ifndef FILES_H
#define FILES_H

#include <stddef.h>

#include "result.h"

/* All that is left in an open file or pipe; a signal that does not end us is no end of it.
 * 0, or a negative errno: -EFBIG, where it is more than any result. */
int read_all(int fd, struct strbuf *text);

/* A run from a file that tierbench wrote. 0 or a status, said. */
int load_run(const char *path, struct run *run);

/* Whole or not at all. 0 or a status, said. */
int write_file(const char *path, const char *text, size_t len);

/* Under a name of its date, for later comparisons; that it fails is said, and no more. */
int keep_result(const char *date, const char *text, size_t len);

/* The figures that libtier reads: root's are the machine's. Failing is said, and no more. */
int keep_measured(const char *text, size_t len);

#endif
