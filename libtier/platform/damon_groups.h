/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of reading what DAMON must be told: control groups that forbid nodes. */
#ifndef DAMON_GROUPS_H
#define DAMON_GROUPS_H

#include "damon.h"

/* Adds them to `damon`. 0 or -ENOMEM. */
int damon_read_groups(struct root *root, struct damon *damon) MUST_CHECK;

#endif
