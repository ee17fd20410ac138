/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling the optional struct tier_diag. */
#ifndef DIAG_H
#define DIAG_H

#include "cleanup.h"
#include "tier.h"

/* Set the words, no place; returns `error`, so that a caller can return it. */
int diag_set(struct tier_diag *diag, int error, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* The same with the place, counted from 1, of `where` inside `text`. */
int diag_at(struct tier_diag *diag, int error, const char *text, const char *where,
	    const char *format, ...) PRINTF_LIKE(5, 6);

#endif
