/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Eight bytes of text looked at in one go, for loops over megabytes of it. Which of them
 * it was is left to a loop over single bytes. Knows no format.
 */
#ifndef BYTES8_H
#define BYTES8_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BYTES8(byte) (UINT64_C(0x0101010101010101) * (byte))

/* There must be eight bytes to read. */
static inline uint64_t bytes8_load(const char *at)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return bytes;
}

/* Borrowing from the next byte happens behind a byte that is found anyway. */
static inline bool bytes8_has(uint64_t bytes, unsigned char wanted)
{
	bytes ^= BYTES8(wanted);
	return (bytes - BYTES8(1)) & ~bytes & BYTES8(0x80);
}

/* Whether all are printable ASCII, from ' ' to '~'. */
static inline bool bytes8_print(uint64_t bytes)
{
	return !((bytes | (bytes + BYTES8(1)) | (bytes - BYTES8(' '))) & BYTES8(0x80));
}

#endif
