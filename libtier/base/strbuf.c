// SPDX-License-Identifier: LGPL-2.1-or-later
// Growing text buffer. Knows nothing of what the text means.
#include "strbuf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

int strbuf_reserve(struct strbuf *buf, size_t room)
{
	size_t wanted, size;
	char *text;

	if (__builtin_add_overflow(buf->len, room, &wanted) || wanted > SIZE_MAX / 2 - 1)
		return -ENOMEM;
	if (wanted < buf->size)
		return 0;
	size = wanted + 1 > 2 * buf->size ? wanted + 1 : 2 * buf->size;
	text = realloc(buf->text, size);
	if (!text)
		return -ENOMEM;
	text[buf->len] = '\0';
	buf->text = text;
	buf->size = size;
	return 0;
}

int strbuf_add(struct strbuf *buf, const void *bytes, size_t len)
{
	int ret = strbuf_reserve(buf, len);

	if (ret)
		return ret;
	if (len)
		memcpy(buf->text + buf->len, bytes, len);
	buf->len += len;
	buf->text[buf->len] = '\0';
	return 0;
}

int strbuf_puts(struct strbuf *buf, const char *text)
{
	return strbuf_add(buf, text, strlen(text));
}

int strbuf_printf(struct strbuf *buf, const char *format, ...)
{
	size_t room = buf->size - buf->len;
	va_list args;
	int len, ret;

	va_start(args, format);
	len = vsnprintf(room ? buf->text + buf->len : NULL, room, format, args);
	va_end(args);
	ret = len < 0 ? -ENOMEM : strbuf_reserve(buf, (size_t)len);
	if (ret) {
		strbuf_truncate(buf, buf->len);
		return ret;
	}
	if ((size_t)len >= room) {
		va_start(args, format);
		vsnprintf(buf->text + buf->len, (size_t)len + 1, format, args);
		va_end(args);
	}
	buf->len += (size_t)len;
	return 0;
}

const char *strbuf_text(const struct strbuf *buf)
{
	return buf->text ? buf->text : "";
}

void strbuf_truncate(struct strbuf *buf, size_t len)
{
	buf->len = len;
	if (buf->text)
		buf->text[len] = '\0';
}

void strbuf_reset(struct strbuf *buf)
{
	strbuf_truncate(buf, 0);
}

void strbuf_free(struct strbuf *buf)
{
	free(buf->text);
	*buf = (struct strbuf){ 0 };
}
