/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run as one page for a browser, or for a terminal, with its curves drawn. Pure. */
#ifndef REPORT_H
#define REPORT_H

#include "chart.h"

int report_to_html(const struct run *run, const struct charts *charts,
		   struct strbuf *out) MUST_CHECK;
int report_to_text(const struct run *run, const struct charts *charts,
		   const struct chart_paper *paper, struct strbuf *out) MUST_CHECK;

#endif
