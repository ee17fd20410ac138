/* SPDX-License-Identifier: GPL-2.0-only */
/* Ranges and names as people write them into parameters and read them from attributes. */
#ifndef KMEM_TEXT_H
#define KMEM_TEXT_H

#include "range_set.h"

/*
 * "108000000-10fffffff,0x120000000-0x120000fff": hexadecimal, both ends included as in
 * /proc/iomem, separated by commas; a newline may follow. Empty text is the empty set.
 * 0; -EINVAL for anything else, and -ENOSPC: then what is in the set is of no use.
 */
int text_parse_ranges(const char *text, struct range_set *set);

/* One "0x108000000-0x10fffffff" a line, as many as fit whole; returns the length. */
size_t text_print_ranges(char *buf, size_t size, const struct range_set *set);

/* Whether the name is in a list "dax0.0,dax1.0", or the list is "all"; a newline may follow. */
bool text_names(const char *list, const char *name);

#endif
