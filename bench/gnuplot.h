/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another program that draws. */
#ifndef GNUPLOT_H
#define GNUPLOT_H

#include "strbuf.h"

/* Run gnuplot on its commands; what it draws is added to *picture. 0, or a negative errno:
 * ENOENT: it is not installed; EIO: it failed, or drew nothing. */
int gnuplot_draw(const struct strbuf *commands, struct strbuf *picture) MUST_CHECK;

#endif
