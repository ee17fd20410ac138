/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fuzz targets share: asserting, and texts out of bytes. */
#ifndef FUZZ_H
#define FUZZ_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tier.h"

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

/* What is refused is refused with words, and with a place that is in the text or
 * right behind it. */
static inline void fuzz_diag(const struct tier_diag *diag, const char *text)
{
	size_t lines = 1;

	MUST(diag->message[0]);
	MUST(memchr(diag->message, '\0', sizeof(diag->message)));
	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	MUST(diag->line <= lines);
	MUST(diag->column <= strlen(text) + 1);
}

#endif
