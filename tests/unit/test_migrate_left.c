// SPDX-License-Identifier: GPL-2.0-or-later
// What stays behind in a migration, each with its reason; and what cannot begin.
#include "migrate.h"
#include "migrate_once.h"
#include "unit.h"

/* ---- what stays, and why --------------------------------------------------------- */

static void test_migrate_left__reasons(void **state)
{
	static const struct {
		const char *what;
		struct fake_page page;
		uint64_t flags;
		int why; /* -1: moves, -2: common, -3: not asked about */
	} rows[] = {
		{ "plain", { .present = true }, 0, -1 },
		{ "pinned", { .present = true, .pinned = true }, 0, TIER_LEFT_BUSY },
		{ "held", { .present = true, .held = true }, 0, TIER_LEFT_BUSY },
		{ "shared", { .present = true, .shared = true }, 0, TIER_LEFT_SHARED },
		{ "shared, moved",
		  { .present = true, .shared = true },
		  TIER_MIGRATION_SHARED,
		  -1 },
		{ "library", { .present = true, .shared = true, .file = true }, 0, -2 },
		{ "own file", { .present = true, .file = true }, 0, -1 },
		{ "file, not asked for",
		  { .present = true, .file = true },
		  TIER_MIGRATION_ONLY_ANON,
		  -3 },
		{ "anon, not asked for",
		  { .present = true },
		  TIER_MIGRATION_ONLY_FILE,
		  -3 },
		{ "marked", { .present = true, .hidden = true }, 0, -1 },
		{ "absent", { .present = false }, 0, -3 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_migration_config config = config_of("0", "2");
		struct outcome outcome;
		uint64_t moved, wanted;

		fake_pages_reset();
		fake_pages_fill(0, 100, 0);
		if (rows[i].flags & TIER_MIGRATION_ONLY_FILE)
			fake_pages_fill(0, 100, 2);
		fake_pages.pages[50] = rows[i].page;
		config.flags = rows[i].flags;
		outcome = migrate(&config);

		check_sum(&outcome);
		moved = outcome.stats.moved_bytes / PAGE;
		wanted = rows[i].flags & TIER_MIGRATION_ONLY_FILE ? 0 : 99;
		if (moved != wanted + (rows[i].why == -1))
			ROW_FAILS(failures, "%s: %d pages moved\n", rows[i].what,
				  (int)moved);
		if (outcome.left != (rows[i].why >= 0 ? PAGE : 0) ||
		    (rows[i].why >= 0 && outcome.stats.left_bytes[rows[i].why] != PAGE))
			ROW_FAILS(failures, "%s: %d bytes left\n", rows[i].what,
				  (int)outcome.left);
		if (outcome.stats.common_bytes != (rows[i].why == -2 ? PAGE : 0))
			ROW_FAILS(failures, "%s: is common\n", rows[i].what);
	}
	assert_rows(failures);
}

/* What its program frees while we look is neither moved nor left behind. */
static void test_migrate_left__freed_meanwhile(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		struct tier_migration_config config = config_of("0", "2");
		struct outcome outcome;

		fake_pages_reset();
		fake_pages_fill(0, 100, 0);
		fake_pages.fleeting = 50;
		fake_pages.flees_late = late;

		outcome = migrate(&config);

		check_sum(&outcome);
		assert_int_equal(outcome.stats.moved_bytes, 99 * PAGE);
		assert_int_equal(outcome.stats.gone_bytes, PAGE);
		assert_int_equal(outcome.left, 0);
	}
}

/* A pinned huge page stops neither its neighbours nor the end. */
static void test_migrate_left__pinned_huge_page(void **state)
{
	struct tier_migration_config config = config_of("0", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, FAKE_PAGES, 0);
	set_folios(0, FAKE_PAGES, FAKE_EXTENT);
	fake_pages.pages[FAKE_EXTENT].pinned = true;
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.left_bytes[TIER_LEFT_BUSY], FAKE_EXTENT * PAGE);
	assert_int_equal(fake_pages_on(2), FAKE_PAGES - FAKE_EXTENT);
}

/* Marks that cannot be taken away are told, of small pages and of huge ones. */
static void test_migrate_left__hidden(void **state)
{
	struct tier_migration_config config = config_of("0", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, 2 * FAKE_EXTENT, 0);
	set_folios(0, FAKE_EXTENT, FAKE_EXTENT);
	for (size_t i = 0; i < FAKE_EXTENT + 10; i++)
		fake_pages.pages[i].hidden = true;
	fake_pages.touch_refusal = -EPERM;
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.left_bytes[TIER_LEFT_HIDDEN],
			 (FAKE_EXTENT + 10) * PAGE);
	fake_pages.touch_refusal = 0;
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.left, 0);
	assert_int_equal(fake_pages.touched, FAKE_EXTENT + 10);
	assert_int_equal(fake_pages_on(2), 2 * FAKE_EXTENT);
}

/* When the nearest target is full the next is used; when all are, that is the reason. */
static void test_migrate_left__full_targets(void **state)
{
	struct tier_migration_config config = config_of("0", "2-3");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, 3000, 0);
	fake_pages.free[2] = 700;
	fake_pages.free[3] = 1000;
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.moved_bytes, 1700 * PAGE);
	assert_int_equal(outcome.stats.left_bytes[TIER_LEFT_NO_MEMORY], 1300 * PAGE);
	assert_int_equal(fake_pages_on(2), 700);
	assert_int_equal(fake_pages_on(3), 1000);
}

static void test_migrate_left__cpuset(void **state)
{
	static const struct {
		const char *allowed, *later;
		uint64_t moved;
		uint64_t not_allowed;
	} rows[] = {
		{ "0-3", "0-3", 600, 0 },
		{ "0,3", "0,3", 600, 0 },
		{ "0-1", "0-1", 0, 600 },
		/* It shrinks behind our back. */
		{ "0-3", "0,3", 600, 0 },
		{ "0-3", "0-1", 0, 600 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_migration_config config = config_of("0", "2-3");
		struct tier_migration *migration;
		struct tier_migration_stats stats;
		struct root *root;

		fake_pages_reset();
		fake_pages_fill(0, 600, 0);
		assert_int_equal(tier_nodeset_parse(rows[i].allowed, &fake_pages.allowed,
						    NULL),
				 0);
		root = fake_process_root(NULL);
		assert_int_equal(
			tier_nodeset_parse(rows[i].later, &fake_pages.allowed, NULL), 0);
		assert_int_equal(migration_new(root, &fake_page_ops, &config, &migration,
					       NULL),
				 0);
		while (tier_migration_step(migration, 1) > 0)
			;
		tier_migration_get(migration, &stats, sizeof(stats));
		if (stats.moved_bytes != rows[i].moved * PAGE ||
		    stats.left_bytes[TIER_LEFT_NOT_ALLOWED] != rows[i].not_allowed * PAGE)
			ROW_FAILS(failures, "row %zu: %d, %d\n", i,
				  (int)(stats.moved_bytes / PAGE),
				  (int)(stats.left_bytes[TIER_LEFT_NOT_ALLOWED] / PAGE));
		tier_migration_free(migration);
		root_close(root);
	}
	assert_rows(failures);
}

/* What a call as a whole may give. */
static void test_migrate_left__strange_calls(void **state)
{
	static const struct {
		int error;
		uint32_t ended, failed;
		bool all_move;
	} rows[] = {
		{ -EINTR, 0, 0, true },	  { -EAGAIN, 0, 0, true },
		{ -ENOMEM, 0, 0, true },  { -ENODEV, 0, 0, true },
		{ -EACCES, 0, 0, true },  { -ESRCH, 1, 0, false },
		{ -EINVAL, 1, 0, false }, { -EPERM, 0, 1, false },
		{ -EFAULT, 0, 1, false }, { -EIO, 0, 1, false },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_migration_config config = config_of("0", "2-3");
		struct outcome outcome;

		fake_pages_reset();
		fake_pages_fill(0, 3000, 0);
		fake_pages.strange_call = 2;
		fake_pages.strange_error = rows[i].error;
		config.batch_pages = 512;
		outcome = migrate(&config);

		check_sum(&outcome);
		if (outcome.stats.ended != rows[i].ended ||
		    outcome.stats.failed != rows[i].failed ||
		    (outcome.stats.failed &&
		     outcome.stats.failed_error != rows[i].error) ||
		    (outcome.stats.moved_bytes == 3000 * PAGE) != rows[i].all_move)
			ROW_FAILS(failures, "%d: ended %u, failed %u, moved %d\n",
				  rows[i].error, outcome.stats.ended,
				  outcome.stats.failed,
				  (int)(outcome.stats.moved_bytes / PAGE));
	}
	assert_rows(failures);
}

/* ---- what cannot begin ----------------------------------------------------------- */

static void test_migrate_left__refusals(void **state)
{
	static const struct {
		struct tier_migration_config config;
		const char *from, *to;
		int refusal;
		int error;
		const char *says;
	} rows[] = {
		{ { .pid = 10, .flags = 1 << 20 }, "0", "2", 0, -EINVAL, "flags" },
		{ { .pid = 10, .flags = 12 }, "0", "2", 0, -EINVAL, "exclude" },
		{ { .pid = 0 }, "0", "2", 0, -EINVAL, "neither" },
		{ { .pid = 10, .cgroup = "x" }, "0", "2", 0, -EINVAL, "both" },
		{ { .pid = 10, .percent = 101 }, "0", "2", 0, -EINVAL, "per cent" },
		{ { .pid = 10, .batch_pages = 1 << 25 }, "0", "2", 0, -EINVAL, "batch" },
		{ { .pid = 10 }, "0", "", 0, -ENXIO, "to move to" },
		{ { .pid = 10 }, "2", "2", 0, -ENXIO, "to move from" },
		{ { .pid = 11 }, "0", "2", 0, -ESRCH, "no such process" },
		{ { .cgroup = "x" }, "0", "2", 0, -ENOENT, "no such control group" },
		{ { .pid = 10 }, "0", "2", -EPERM, -EPERM, "CAP_SYS_PTRACE" },
		{ { .pid = 10, .flags = TIER_MIGRATION_SHARED },
		  "0",
		  "2",
		  -EPERM,
		  -EPERM,
		  "CAP_SYS_NICE" },
		{ { .pid = 10 }, "0", "2", -ENOSYS, -ENOSYS, "seccomp" },
		/* It ended and was not yet fetched. */
		{ { .pid = 10 }, "0", "2", -EINVAL, -ESRCH, "no such process" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_migration_config config = rows[i].config;
		struct tier_migration *migration = NULL;
		struct tier_diag diag = { 0 };
		struct root *root;
		int ret;

		fake_pages_reset();
		fake_pages.refusal = rows[i].refusal;
		assert_int_equal(tier_nodeset_parse(rows[i].from, &config.from, NULL), 0);
		assert_int_equal(tier_nodeset_parse(rows[i].to, &config.to, NULL), 0);
		root = fake_process_root(NULL);
		ret = migration_new(root, &fake_page_ops, &config, &migration, &diag);
		if (ret != rows[i].error || !strstr(diag.message, rows[i].says))
			ROW_FAILS(failures, "row %zu: %d: %s\n", i, ret, diag.message);
		root_close(root);
	}
	assert_rows(failures);
}

static void test_migrate_left__another_machine(void **state)
{
	struct tier_migration_config config = config_of("0", "2");
	struct tier_migration *migration = NULL;
	struct tier_migration_stats stats;
	struct root *root;

	(void)state;
	fake_pages_reset();
	root = fake_process_root(NULL);
	root->is_live = false;
	assert_int_equal(migration_new(root, &fake_page_ops, &config, &migration, NULL),
			 -EOPNOTSUPP);
	config.flags = TIER_MIGRATION_LOOK;
	assert_int_equal(migration_new(root, &fake_page_ops, &config, &migration, NULL),
			 0);

	assert_int_equal(tier_migration_step(migration, 1), 0);
	tier_migration_get(migration, &stats, sizeof(stats));
	assert_int_equal(stats.n_routes, 1);
	assert_int_equal(stats.processes, 0);
	tier_migration_free(migration);
	root_close(root);
}

/* ---- a number that comes again ---------------------------------------------------- */

static const struct root_ops *true_ops;
static unsigned int looks, looks_until;

/* Another process has its number after so many looks. */
static int read_reborn(struct root *root, const char *path, struct strbuf *out)
{
	if (strcmp(path, "/proc/10/stat") != 0)
		return true_ops->read(root, path, out);
	return strbuf_printf(out,
			     "10 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 "
			     "0 %d 19\n",
			     looks++ < looks_until ? 500 : 600);
}

static void test_migrate_left__number_comes_again(void **state)
{
	static const struct {
		unsigned int until;
		bool moves;
	} rows[] = { { 1, false }, { 100, true } };
	struct tier_migration_config config = config_of("0", "2");
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_migration *migration = NULL;
		struct tier_migration_stats stats;
		struct root_ops ops;
		struct root *root;

		fake_pages_reset();
		fake_pages_fill(0, 100, 0);
		root = fake_process_root(NULL);
		true_ops = root->ops;
		ops = *true_ops;
		ops.read = read_reborn;
		root->ops = &ops;
		looks = 0;
		looks_until = rows[i].until;
		assert_int_equal(migration_new(root, &fake_page_ops, &config, &migration,
					       NULL),
				 0);
		for (uint64_t now = 1; tier_migration_step(migration, now) > 0; now++)
			;
		tier_migration_get(migration, &stats, sizeof(stats));
		if (stats.ended != !rows[i].moves ||
		    fake_pages_on(2) != (rows[i].moves ? 100 : 0))
			ROW_FAILS(failures, "row %zu: %d pages\n", i,
				  (int)fake_pages_on(2));
		tier_migration_free(migration);
		root->ops = true_ops;
		root_close(root);
	}
	assert_rows(failures);
}

/* ---- a process whose first thread has ended --------------------------------------- */

static bool others_live;

/* Process 9 with the threads 9, 10 and 11, of which 10 may live. */
static int read_leaderless(struct root *root, const char *path, struct strbuf *out)
{
	static const char *const ended[] = { "/proc/9/status", "/proc/9/task/9/status" };

	for (size_t i = 0; i < ARRAY_SIZE(ended); i++)
		if (!strcmp(path, ended[i]))
			return strbuf_puts(out, "State:\tZ (zombie)\n");
	if (!strcmp(path, "/proc/9/task/10/status") && others_live)
		path = "/proc/10/status";
	return true_ops->read(root, path, out);
}

static int list_threads(struct root *root, const char *path, struct strbuf *out)
{
	static const char names[] = "9\0"
				    "11\0"
				    "10";

	if (strcmp(path, "/proc/9/task") != 0)
		return true_ops->list(root, path, out);
	return strbuf_add(out, names, sizeof(names));
}

static void test_migrate_left__first_thread_ended(void **state)
{
	struct tier_migration_config config = config_of("0", "2");

	(void)state;
	config.pid = 9;
	for (int lives = 0; lives < 2; lives++) {
		struct tier_migration *migration = NULL;
		struct tier_diag diag = { 0 };
		struct root_ops ops;
		struct root *root;
		int ret;

		others_live = lives;
		fake_pages_reset();
		fake_pages_fill(0, 100, 0);
		root = fake_process_root(NULL);
		true_ops = root->ops;
		ops = *true_ops;
		ops.read = read_leaderless;
		ops.list = list_threads;
		root->ops = &ops;

		ret = migration_new(root, &fake_page_ops, &config, &migration, &diag);

		assert_int_equal(ret, lives ? 0 : -ESRCH);
		for (uint64_t now = 1;
		     migration && tier_migration_step(migration, now) > 0; now++)
			;
		assert_int_equal(fake_pages_on(2), lives ? 100 : 0);
		tier_migration_free(migration);
		root->ops = true_ops;
		root_close(root);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_migrate_left__reasons),
		cmocka_unit_test(test_migrate_left__freed_meanwhile),
		cmocka_unit_test(test_migrate_left__pinned_huge_page),
		cmocka_unit_test(test_migrate_left__hidden),
		cmocka_unit_test(test_migrate_left__full_targets),
		cmocka_unit_test(test_migrate_left__cpuset),
		cmocka_unit_test(test_migrate_left__strange_calls),
		cmocka_unit_test(test_migrate_left__refusals),
		cmocka_unit_test(test_migrate_left__another_machine),
		cmocka_unit_test(test_migrate_left__number_comes_again),
		cmocka_unit_test(test_migrate_left__first_thread_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
