/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing text buffer, always NUL-terminated; bytes may hold NULs too. */
#ifndef STRBUF_H
#define STRBUF_H

#include <stddef.h>

#include "cleanup.h"

struct strbuf {
	char *text; /* NULL until something was added */
	size_t len;
	size_t size;
};

/* All return 0 or -ENOMEM; what was there stays on failure. */
int strbuf_add(struct strbuf *buf, const void *bytes, size_t len) MUST_CHECK;
int strbuf_puts(struct strbuf *buf, const char *text) MUST_CHECK;
int strbuf_printf(struct strbuf *buf, const char *format, ...)
	PRINTF_LIKE(2, 3) MUST_CHECK;

/* At least `room` unused bytes behind text + len, for reading into. */
int strbuf_reserve(struct strbuf *buf, size_t room) MUST_CHECK;

/* The text, "" when nothing was added. */
const char *strbuf_text(const struct strbuf *buf);

/* Back to an earlier length, as when what was being added failed half way. */
void strbuf_truncate(struct strbuf *buf, size_t len);

/* Empty, keeping the memory. */
void strbuf_reset(struct strbuf *buf);
void strbuf_free(struct strbuf *buf);

#define SCOPED_STRBUF __attribute__((cleanup(strbuf_free)))

#endif
