/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run as one page for a browser, with its curves drawn. Pure. */
#ifndef REPORT_H
#define REPORT_H

#include "result.h"

int report_to_html(const struct run *run, struct strbuf *out) MUST_CHECK;

#endif
