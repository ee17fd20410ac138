// SPDX-License-Identifier: GPL-2.0-only
/* What portable.h promises on a host and the C library lacks. */
#include <stdarg.h>

#include "portable.h"

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(buf, size, fmt, args);
	va_end(args);
	if (length < 0 || !size)
		return 0;
	return (size_t)length < size ? length : (int)size - 1;
}
