/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What reader and writer of captures agree on: order, words and bytes. The format
 * itself is described in docs/capture-format.md.
 */
#ifndef CAPTURE_FORMAT_H
#define CAPTURE_FORMAT_H

#include <stdbool.h>

#include "strbuf.h"

#define CAPTURE_MAGIC "tierkit-capture "
#define CAPTURE_FIRST CAPTURE_MAGIC "1"

/* Of a machine, in the root itself; not a file that machines have. */
#define CAPTURE_HWLOC_XML "/hwloc.xml"

enum capture_kind {
	CAPTURE_FILE,
	CAPTURE_LINK,
	CAPTURE_FAIL,
	CAPTURE_DIR,
};

/* The keyword of a kind. */
extern const char *const capture_keywords[];

/* Order of paths: by bytes, but with '/' before all others, so that what is below
 * a directory comes right behind it. */
int capture_compare(const char *a, const char *b);

/* Whether `path` lies below `above`, which is not "/" alone. */
bool capture_is_below(const char *path, const char *above);

/* Errno names that a `fail` entry may have; 0 and NULL for others. */
int capture_errno(const char *name);
const char *capture_errno_name(int error);

/* Bytes that stand for themselves in a capture: printable ASCII and TAB, but not
 * the backslash that escapes all others. */
static inline bool capture_is_plain(unsigned char byte)
{
	return byte == '\t' || (byte >= ' ' && byte <= '~' && byte != '\\');
}

#endif
