/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan for automatic placement starts from. */
#ifndef AUTO_FACTS_H
#define AUTO_FACTS_H

#include "damon.h"
#include "switches.h"

struct auto_machine {
	const struct tier_topology *t;
	const struct switches *switches;
	const struct damon *damon;
};

#endif
