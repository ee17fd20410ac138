// SPDX-License-Identifier: GPL-2.0-or-later
// What the driver's arithmetic has from the kernel, for the host. Only what portable.h names.
#include <stdarg.h>

#include "portable.h"

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, fmt);
	length = vsnprintf(buf, size, fmt, arguments);
	va_end(arguments);
	if (length < 0 || !size)
		return 0;
	return (size_t)length < size ? length : (int)size - 1;
}
