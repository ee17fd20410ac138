/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small files of the kernel. */
#ifndef READ_TEXT_H
#define READ_TEXT_H

#include <stddef.h>

#include "cleanup.h"

/* What one read gives, cut to size - 1 bytes and ended. -ENODATA: there is no such file; else an
 * errno of opening or reading. */
int read_text(const char *path, char *text, size_t size) MUST_CHECK;

#endif
