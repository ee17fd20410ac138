/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record for other programs. */
#ifndef FORMATS_H
#define FORMATS_H

#include "record.h"

/* A line for each process; with the head first when `has_head`. 0 or -ENOMEM. */
int csv_write(const struct record *record, bool has_head, struct strbuf *out) MUST_CHECK;

/* OpenMetrics text, up to "# EOF". 0 or -ENOMEM. */
int openmetrics_write(const struct record *record, struct strbuf *out) MUST_CHECK;

#endif
