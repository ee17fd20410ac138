// SPDX-License-Identifier: LGPL-2.1-or-later
// Where and why a text that a person wrote was refused.
#include "diag.h"

#include <stdarg.h>

static void set_words(struct tier_diag *diag, const char *format, va_list args)
{
	vsnprintf(diag->message, sizeof(diag->message), format, args);
}

int diag_set(struct tier_diag *diag, int error, const char *format, ...)
{
	va_list args;

	if (!diag)
		return error;
	diag->line = 0;
	diag->column = 0;
	va_start(args, format);
	set_words(diag, format, args);
	va_end(args);
	return error;
}

int diag_at(struct tier_diag *diag, int error, const char *text, const char *where,
	    const char *format, ...)
{
	va_list args;

	if (!diag)
		return error;
	diag->line = 1;
	diag->column = 1;
	for (; text < where; text++) {
		diag->column++;
		if (*text == '\n') {
			diag->line++;
			diag->column = 1;
		}
	}
	va_start(args, format);
	set_words(diag, format, args);
	va_end(args);
	return error;
}
