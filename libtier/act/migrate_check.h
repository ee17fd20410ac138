/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a migration cannot begin, in words. Moves nothing. */
#ifndef MIGRATE_CHECK_H
#define MIGRATE_CHECK_H

#include "cleanup.h"
#include "tier.h"

/* Does the configuration ask for something that can be done? */
int migrate_check(const struct tier_migration_config *config, bool is_live,
		  struct tier_diag *diag) MUST_CHECK;

/* Words for what beginning with a process or with a group gave; returns an errno of
 * tier_migration_new(), or 0 for 0. */
int migrate_no_process(struct tier_diag *diag, int error, bool is_shared);
int migrate_no_group(struct tier_diag *diag, int error);

#endif
