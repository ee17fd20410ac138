/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that is read of a machine as text, so that two readings can be compared. */
#ifndef FACTS_TEXT_H
#define FACTS_TEXT_H

#include "platform.h"

/* What the readers of files find below a root, and what they returned. */
void facts_text(struct root *root, struct strbuf *out);

#endif
