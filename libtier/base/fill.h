/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The extensible-struct rule, both ways round. */
#ifndef FILL_H
#define FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Ours to the caller's: an older caller gets its part, a newer one zeros behind. */
static inline void fill_struct(void *theirs, size_t their_size, const void *ours,
			       size_t our_size)
{
	size_t common = their_size < our_size ? their_size : our_size;

	memset(theirs, 0, their_size);
	memcpy(theirs, ours, common);
}

/* Whether a newer caller's struct uses a field that we do not know: it cannot be passed
 * over. */
static inline bool asks_for_more(const void *theirs, size_t their_size, size_t our_size)
{
	const unsigned char *bytes = theirs;

	for (size_t i = our_size; i < their_size; i++)
		if (bytes[i])
			return true;
	return false;
}

#endif
