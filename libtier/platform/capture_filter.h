/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a file goes into a capture, where that is not all of it. */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include "strbuf.h"

/* Adds what may be kept of `text` to `out`; filtering twice changes nothing. */
typedef int capture_filter(const struct strbuf *text, struct strbuf *out);

capture_filter capture_filter_command_line; /* words about memory */
capture_filter capture_filter_status;	    /* CPUs and nodes allowed, seccomp */
capture_filter capture_filter_iomem;	    /* ranges that may be a slow tier */
capture_filter capture_filter_all;	    /* keeps nothing: the file is there */
capture_filter capture_filter_hwloc;	    /* XML without what names the host */

#endif
