/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fuzz targets of libtier share. */
#ifndef FUZZ_H
#define FUZZ_H

#include "must.h"
#include "tier.h"

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
