/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a text may be given to hwloc as its XML. */
#ifndef HWLOC_XML_H
#define HWLOC_XML_H

#include <stdbool.h>

#include "cleanup.h"

/*
 * hwloc trusts its XML: 2.9 reads through a null pointer when an object lacks one of
 * its four sets, or when its own reader stops in the middle of a tag. So tags must
 * be well formed and objects have their sets; all else is left to hwloc.
 * 0, or -EINVAL.
 */
int hwloc_xml_check(const char *xml) MUST_CHECK;

#endif
