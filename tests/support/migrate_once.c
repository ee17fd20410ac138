// SPDX-License-Identifier: GPL-2.0-or-later
// Stepping a migration to its end under a clock of our own.
#include "migrate_once.h"

#include "migrate.h"
#include "unit.h"

/* More would mean that it does not end. */
#define STEPS 10000

struct tier_migration_config config_of(const char *from, const char *to)
{
	struct tier_migration_config config = { .pid = FAKE_PID };

	assert_int_equal(tier_nodeset_parse(from, &config.from, NULL), 0);
	assert_int_equal(tier_nodeset_parse(to, &config.to, NULL), 0);
	return config;
}

struct outcome migrate_maps(const struct tier_migration_config *config, const char *maps)
{
	struct root *root = fake_process_root(maps);
	struct tier_migration *migration = NULL;
	struct outcome outcome = { .steps = -1 };
	uint64_t now = 1000000000;

	outcome.ret = migration_new(root, &fake_page_ops, config, &migration, NULL);
	for (int step = 0; migration && step < STEPS; step++) {
		int ret = tier_migration_step(migration, now);

		tier_migration_get(migration, &outcome.stats, sizeof(outcome.stats));
		now += outcome.stats.wait_ns + 1000000;
		if (ret > 0)
			continue;
		outcome.ret = ret;
		outcome.steps = step;
		break;
	}
	for (int why = 0; why < TIER_LEFTS; why++)
		outcome.left += outcome.stats.left_bytes[why];
	outcome.stats.routes = NULL;
	tier_migration_free(migration);
	root_close(root);
	assert_int_equal(fake_pages.open, 0);
	return outcome;
}

struct outcome migrate(const struct tier_migration_config *config)
{
	return migrate_maps(config, NULL);
}

/* All that was found is accounted for. */
void check_sum(const struct outcome *outcome)
{
	const struct tier_migration_stats *stats = &outcome->stats;

	assert_int_equal(outcome->ret, 0);
	assert_int_not_equal(outcome->steps, -1);
	assert_int_equal(stats->found_bytes, stats->moved_bytes + stats->spared_bytes +
						     stats->common_bytes +
						     stats->gone_bytes + outcome->left);
}

void set_folios(size_t first, size_t count, unsigned int pages)
{
	for (size_t i = first; i < first + count; i++)
		fake_pages.pages[i].folio = pages;
}
