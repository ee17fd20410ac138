/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person should know before a plan is applied. Pure. */
#ifndef REMARKS_H
#define REMARKS_H

#include "plan.h"

/* "node 2-3: WORDS", unless there are none. 0 or -ENOMEM. */
int remark_nodes(struct tier_plan *plan, const struct tier_nodeset *nodes,
		 const char *words) MUST_CHECK;

/* All that there is to say of the plan's policy, which is its last step. */
int remark_policy(struct tier_plan *plan, const struct tier_topology *t,
		  const struct tier_step *policy) MUST_CHECK;

#endif
