/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checked numbers. Every number that comes from outside passes here. All return
 * 0, -EINVAL (not that kind of number, or something behind it) or -ERANGE, and
 * change *value only on success.
 */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

/* Digits only, or 0x and hex digits; one final newline is accepted. */
int parse_u64(const char *text, uint64_t *value) MUST_CHECK;

/* Hex digits without 0x, as some sysfs files print; one newline is accepted. */
int parse_hex(const char *text, uint64_t *value) MUST_CHECK;

/* Digits with an optional '-', within int32_t. */
int parse_i32(const char *text, int32_t *value) MUST_CHECK;

/* What one hex digit is worth; -1: it is none. */
int hex_digit(char c);

/* Decimal digits at *cursor, which then points behind them. */
int parse_digits(const char **cursor, uint64_t *value) MUST_CHECK;

/* Hex digits without 0x at *cursor, likewise. */
int parse_hex_digits(const char **cursor, uint64_t *value) MUST_CHECK;

/* "0x" and hex digits at *cursor, likewise. */
int parse_address(const char **cursor, uint64_t *value) MUST_CHECK;

/* A figure with an optional unit out of a table; "1.5GB/s", "250ns". The result
 * is rounded down to whole base units. */
struct unit {
	const char *name;
	uint64_t factor;
};

extern const struct unit units_bytes[];		/* B K M G T, KiB..., kB... */
extern const struct unit units_bytes_per_sec[]; /* the same with /s */
extern const struct unit units_ns[];		/* ns us ms */

int parse_figure(const char *text, const struct unit *units, uint64_t *value) MUST_CHECK;

/* The next line of *cursor: its start and length without '\n'; false at the end. */
bool next_line(const char **cursor, const char **line, size_t *len);

/* The next word (anything but blanks) of a line that ends at `end`. */
bool next_word(const char **cursor, const char *end, const char **word, size_t *len);

/* Whether the len bytes at text are exactly `word`. */
bool span_is(const char *text, size_t len, const char *word);

#endif
