/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole migration: its processes one after the other, each in as many passes as help,
 * at the pace that was asked for. */
#ifndef MIGRATE_H
#define MIGRATE_H

#include "platform.h"

struct page_ops;

/* As tier_migration_new(); the root may be another machine's if one only looks: then
 * there are routes and no processes. The root must outlive the migration. */
int migration_new(struct root *root, const struct page_ops *ops,
		  const struct tier_migration_config *config, struct tier_migration **out,
		  struct tier_diag *diag) MUST_CHECK;

#endif
