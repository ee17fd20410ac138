/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A migration of the process of fake_pages.h from its beginning to its end. */
#ifndef MIGRATE_ONCE_H
#define MIGRATE_ONCE_H

#include "fake_pages.h"

#define PAGE 4096ULL

struct outcome {
	int ret;   /* of beginning, or of the last step */
	int steps; /* -1: it did not end */
	struct tier_migration_stats stats;
	uint64_t left; /* in all */
};

/* All pages of FAKE_PID, between these lists of nodes. */
struct tier_migration_config config_of(const char *from, const char *to);

/* The clock goes on by a millisecond for each step, and by what it has to wait. `maps`
 * may be NULL: one mapping of everything. */
struct outcome migrate_maps(const struct tier_migration_config *config, const char *maps);
struct outcome migrate(const struct tier_migration_config *config);

/* It ended well, and all that was found is accounted for. */
void check_sum(const struct outcome *outcome);

/* Make pages parts of folios of so many. */
void set_folios(size_t first, size_t count, unsigned int pages);

#endif
