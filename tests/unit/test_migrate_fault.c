// SPDX-License-Identifier: GPL-2.0-or-later
// Every system call, file and allocation of a migration failing in turn: it ends, leaks
// nothing, and what it counts as moved has moved.
#include "fake_pages.h"
#include "fault.h"
#include "migrate.h"
#include "unit.h"

#define STEPS 10000

/* A process of small and huge pages, some of which have reasons to stay. */
static void make_process(void)
{
	fake_pages_reset();
	fake_pages_fill(0, 300, 0);
	fake_pages_fill(FAKE_EXTENT, FAKE_EXTENT, 0);
	for (size_t i = FAKE_EXTENT; i < 2 * FAKE_EXTENT; i++)
		fake_pages.pages[i].folio = FAKE_EXTENT;
	fake_pages_fill(2000, 10, 1);
	fake_pages.pages[3].shared = true;
	fake_pages.pages[4].pinned = true;
	fake_pages.pages[5].hidden = true;
	fake_pages.free[3] = 5;
}

static int run(struct tier_migration *migration)
{
	struct tier_migration_stats stats;
	uint64_t now = 1, left = 0;
	int ret = 1;

	for (int step = 0; ret > 0; step++) {
		assert_true(step < STEPS);
		ret = tier_migration_step(migration, now++);
	}
	tier_migration_get(migration, &stats, sizeof(stats));
	/* What moved along unseen, as asking failed, is not counted. */
	assert_true(stats.moved_bytes / 4096 <= fake_pages_on(2) + fake_pages_on(3));
	for (int why = 0; why < TIER_LEFTS; why++)
		left += stats.left_bytes[why];
	if (ret || stats.failed || stats.ended)
		return ret ? ret : -EIO;
	/* Nothing failed, so all is accounted for. */
	assert_int_equal(stats.moved_bytes / 4096, fake_pages_on(2) + fake_pages_on(3));
	if (left + stats.moved_bytes + stats.spared_bytes !=
	    (300 + FAKE_EXTENT + 10) * 4096)
		fail_msg("left %d, moved %d, spared %d, gone %d pages",
			 (int)(left / 4096), (int)(stats.moved_bytes / 4096),
			 (int)(stats.spared_bytes / 4096),
			 (int)(stats.gone_bytes / 4096));
	return 0;
}

static int scenario(void *arg)
{
	struct tier_migration *migration = NULL;
	struct root **root = arg;
	struct tier_migration_config config = { .pid = FAKE_PID };
	struct root *faulty;
	int ret;

	make_process();
	assert_int_equal(tier_nodeset_parse("0-1", &config.from, NULL), 0);
	assert_int_equal(tier_nodeset_parse("2-3", &config.to, NULL), 0);
	config.percent = root[1] ? 50 : 0;
	faulty = fault_lent_root(root[0]);
	if (!faulty)
		return -ENOMEM;
	ret = migration_new(faulty, &fake_page_ops, &config, &migration, NULL);
	if (!ret)
		ret = run(migration);
	tier_migration_free(migration);
	root_close(faulty);
	assert_int_equal(fake_pages.open, 0);
	return ret;
}

static void test_migrate_fault__everything_fails_in_turn(void **state)
{
	struct root *roots[2] = { NULL };

	(void)state;
	make_process();
	roots[0] = fake_process_root(NULL);
	assert_true(fault_each(scenario, roots) > 20);

	/* With a pass that only looks before the one that moves. */
	roots[1] = roots[0];
	fault_each(scenario, roots);
	root_close(roots[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_migrate_fault__everything_fails_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
