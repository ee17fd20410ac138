/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of a policy: a mode and the selectors it is over. */
#ifndef POLICY_H
#define POLICY_H

#include "selector.h"

#define WEIGHT_MAX 255 /* the kernel's, mm/mempolicy.c */

struct policy_part {
	struct selector selector;
	uint32_t weight; /* of weighted:, else 0 */
};

struct tier_policy {
	struct arena arena;
	enum tier_mode mode;
	struct policy_part *parts; /* one, but for weighted: and default */
	size_t count;
};

#endif
