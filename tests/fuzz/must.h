/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every fuzz target needs: asserting, and texts out of bytes. Knows nothing of libtier. */
#ifndef MUST_H
#define MUST_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that must hold for every input. */
#define MUST(condition)                                                          \
	do {                                                                     \
		if (!(condition)) {                                              \
			fprintf(stderr, "%s:%d: must: %s\n", __FILE__, __LINE__, \
				#condition);                                     \
			abort();                                                 \
		}                                                                \
	} while (0)

/* The bytes as a text of exactly that length, up to their first NUL. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	size_t len = size ? strnlen((const char *)data, size) : 0;
	char *text = malloc(len + 1);

	MUST(text);
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

#endif
