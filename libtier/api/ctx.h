/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of a context. */
#ifndef CTX_H
#define CTX_H

#include <stdatomic.h>

#include "platform.h"

struct tier_ctx {
	atomic_uint refs;
	struct root *root;
	char *node_words; /* or NULL */
};

#endif
