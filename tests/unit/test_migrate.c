// SPDX-License-Identifier: GPL-2.0-or-later
// Whole migrations of a process whose every page the test knows: what moves, how much of
// it, and how fast.
#include "migrate_once.h"
#include "unit.h"

/* ---- what moves ------------------------------------------------------------------ */

static void test_migrate__everything(void **state)
{
	struct tier_migration_config config = config_of("0-1", "2-3");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, 1000, 0);
	fake_pages_fill(1500, 1000, 1);
	fake_pages_fill(3000, 7, 2);
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.moved_bytes, 2000 * PAGE);
	assert_int_equal(outcome.stats.there_bytes, 7 * PAGE);
	assert_int_equal(outcome.left, 0);
	assert_int_equal(outcome.stats.processes, 1);
	assert_int_equal(fake_pages_on(2), 1007);
	assert_int_equal(fake_pages_on(3), 1000);
}

/* Nothing is left to do the second time, and nothing is asked to move. */
static void test_migrate__again(void **state)
{
	struct tier_migration_config config = config_of("0-1", "2-3");
	struct outcome outcome;
	unsigned int moves;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, 3000, 0);
	migrate(&config);
	moves = fake_pages.moves;
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.found_bytes, 0);
	assert_int_equal(outcome.stats.there_bytes, 3000 * PAGE);
	assert_int_equal(fake_pages.moves, moves);
}

static void test_migrate__only_from(void **state)
{
	struct tier_migration_config config = config_of("1", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, 100, 0);
	fake_pages_fill(100, 100, 1);
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.moved_bytes, 100 * PAGE);
	assert_int_equal(fake_pages_on(0), 100);
}

/* Each huge page by one address, and counted whole, after the first batch has shown that
 * they are such; small ones behind them too. */
static void test_migrate__huge_pages(void **state)
{
	struct tier_migration_config config = config_of("0", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, FAKE_PAGES, 0);
	set_folios(0, 6 * FAKE_EXTENT, FAKE_EXTENT);
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.moved_bytes, FAKE_PAGES * PAGE);
	assert_int_equal(fake_pages_on(2), FAKE_PAGES);
	/* 6 huge pages, 2 that seemed to be, and the 1022 others of these. */
	assert_int_equal(fake_pages.sent, 6 + 2 + 1022);
}

/* Large folios that are smaller than a huge page (6.8), and some that are held. */
static void test_migrate__large_folios(void **state)
{
	struct tier_migration_config config = config_of("0", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, 2048, 0);
	set_folios(0, 2048, 16);
	fake_pages.pages[160].pinned = true;
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.left_bytes[TIER_LEFT_BUSY], 16 * PAGE);
	assert_int_equal(outcome.stats.moved_bytes, 2032 * PAGE);
	assert_int_equal(fake_pages_on(2), 2032);
}

static void test_migrate__hugetlb(void **state)
{
	struct tier_migration_config config = config_of("0", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages.is_hugetlb = true;
	fake_pages_fill(FAKE_EXTENT, 2 * FAKE_EXTENT, 0);
	set_folios(FAKE_EXTENT, 2 * FAKE_EXTENT, FAKE_EXTENT);
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.moved_bytes, 2 * FAKE_EXTENT * PAGE);
	assert_int_equal(outcome.left, 0);
	assert_int_equal(fake_pages.sent, 2);
}

/* ---- how much, which, and how fast ----------------------------------------------- */

static void test_migrate__percent(void **state)
{
	static const struct {
		unsigned int percent, there, folio;
		unsigned int moved;  /* pages */
		unsigned int hidden; /* the first of them, by NUMA balancing */
	} rows[] = {
		{ 1, 0, 1, 40, 0 },
		{ 50, 0, 1, 2048, 0 },
		{ 99, 0, 1, 4055, 0 },
		{ 100, 0, 1, 4096, 0 },
		{ 50, 1024, 1, 1024, 0 },
		{ 25, 1024, 1, 0, 0 },
		{ 10, 1024, 1, 0, 0 },
		{ 50, 0, FAKE_EXTENT, 2048, 0 },
		{ 25, 0, FAKE_EXTENT, 1024, 0 },
		{ 25, 0, 1, 1024, FAKE_PAGES },
		{ 25, 0, FAKE_EXTENT, 1024, FAKE_PAGES - FAKE_EXTENT },
		{ 25, 1024, 1, 0, FAKE_PAGES },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_migration_config config = config_of("0", "2");
		struct outcome outcome;

		fake_pages_reset();
		fake_pages_fill(0, FAKE_PAGES, 0);
		set_folios(0, FAKE_PAGES, rows[i].folio);
		for (size_t k = 0; k < rows[i].there; k++)
			fake_pages.pages[k].node = 2;
		for (size_t k = 0; k < rows[i].hidden; k++)
			fake_pages.pages[k].hidden = true;
		config.percent = rows[i].percent;
		config.batch_pages = 512;
		outcome = migrate(&config);

		check_sum(&outcome);
		if (outcome.stats.moved_bytes != rows[i].moved * PAGE ||
		    outcome.stats.spared_bytes + outcome.stats.moved_bytes +
				    outcome.stats.there_bytes !=
			    FAKE_PAGES * PAGE)
			ROW_FAILS(failures, "row %zu: %d pages\n", i,
				  (int)(outcome.stats.moved_bytes / PAGE));
		/* Once it is reached, nothing more moves. */
		outcome = migrate(&config);
		if (outcome.stats.moved_bytes)
			ROW_FAILS(failures, "row %zu: moves again\n", i);
	}
	assert_rows(failures);
}

/* Every eighth of the address space gives its share. */
static void test_migrate__percent_is_spread(void **state)
{
	struct tier_migration_config config = config_of("0", "2");

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, FAKE_PAGES, 0);
	config.percent = 30;
	migrate(&config);

	for (size_t first = 0; first < FAKE_PAGES; first += FAKE_EXTENT) {
		size_t moved = 0;

		for (size_t i = first; i < first + FAKE_EXTENT; i++)
			moved += fake_pages.pages[i].node == 2;
		assert_in_range(moved, 152, 155);
	}
}

static void test_migrate__mappings(void **state)
{
	static const char maps[] = "7f0000000000-7f0000001000 rw-p 0 00:00 0 [heap]\n"
				   "7f0000002000-7f0000004000 rw-s 0 00:01 5 /dev/shm/x\n"
				   "7f0000800000-7f0000810000 rw-p 0 00:00 0 \n";
	static const struct {
		const char *mapping;
		uint64_t moved;
	} rows[] = {
		{ NULL, 19 },
		{ "[heap]", 1 },
		{ "/dev/shm/x", 2 },
		{ "/dev/shm", 0 },
		{ "7f0000003000-7f0000801000", 18 },
		{ "[stack]", 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_migration_config config = config_of("0", "2");
		struct outcome outcome;

		fake_pages_reset();
		fake_pages_fill(0, FAKE_PAGES, 0);
		config.mapping = rows[i].mapping;
		outcome = migrate_maps(&config, maps);

		check_sum(&outcome);
		if (outcome.stats.moved_bytes != rows[i].moved * PAGE)
			ROW_FAILS(failures, "row %zu: %d\n", i,
				  (int)(outcome.stats.moved_bytes / PAGE));
		if (!(outcome.stats.flags & TIER_MIGRATION_KNOWS_TOTAL) !=
		    (rows[i].mapping != NULL))
			ROW_FAILS(failures, "row %zu: total\n", i);
	}
	assert_rows(failures);
}

static void test_migrate__maps_that_do_not_parse(void **state)
{
	struct tier_migration_config config = config_of("0", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, 1, 0);
	outcome = migrate_maps(&config, "7f0000000000-7f0000001000 rw-p 0 00:00 0\nx\n");

	check_sum(&outcome);
	assert_int_equal(outcome.stats.failed, 1);
	assert_int_equal(outcome.stats.failed_error, -EIO);
}

/* No call is longer than a batch, and a batch holds whole huge pages. */
static void test_migrate__batches(void **state)
{
	static const struct {
		uint64_t asked;
		unsigned int longest;
	} rows[] = {
		{ 0, 2048 }, { 1, 512 }, { 512, 512 }, { 513, 1024 }, { 8192, 4096 }
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_migration_config config = config_of("0", "2");

		fake_pages_reset();
		fake_pages_fill(0, FAKE_PAGES, 0);
		config.batch_pages = rows[i].asked;
		migrate(&config);

		if (fake_pages.longest > rows[i].longest ||
		    fake_pages.longest < rows[i].longest - rows[i].longest / 512)
			ROW_FAILS(failures, "%d: %u\n", (int)rows[i].asked,
				  fake_pages.longest);
	}
	assert_rows(failures);
}

/* Nor are more pages of a call moved together than are worth it; each is moved once. */
static void test_migrate__runs(void **state)
{
	struct tier_migration_config config = config_of("0", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, FAKE_PAGES - 3, 0);
	for (size_t i = 0; i < FAKE_PAGES; i += FAKE_EXTENT)
		fake_pages.pages[i].present = false;
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.moved_bytes, (FAKE_PAGES - 3 - 8) * PAGE);
	assert_int_equal(fake_pages.sent, FAKE_PAGES - 3 - 8);
	assert_int_equal(fake_pages.longest_run, 128);
	assert_in_range(fake_pages.moves, 1, 2);
}

/* 16 MiB at 4 MiB per second, whatever each step took. */
static void test_migrate__rate(void **state)
{
	struct tier_migration_config config = config_of("0", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, FAKE_PAGES, 0);
	config.rate_bytes_per_sec = 4 << 20;
	outcome = migrate(&config);

	check_sum(&outcome);
	assert_int_equal(outcome.stats.moved_bytes, 16 << 20);
	/* The last batch is not waited for. */
	assert_in_range(outcome.stats.elapsed_ns, 3400000000, 4100000000);
}

static void test_migrate__looking_moves_nothing(void **state)
{
	struct tier_migration_config config = config_of("0-1", "2");
	struct outcome outcome;

	(void)state;
	fake_pages_reset();
	fake_pages_fill(0, 1000, 0);
	fake_pages_fill(1000, 24, 2);
	fake_pages.pages[3].shared = true;
	config.flags = TIER_MIGRATION_LOOK;
	outcome = migrate(&config);

	assert_int_equal(outcome.ret, 0);
	assert_int_equal(outcome.stats.found_bytes, 1000 * PAGE);
	assert_int_equal(outcome.stats.there_bytes, 24 * PAGE);
	assert_int_equal(outcome.stats.left_bytes[TIER_LEFT_SHARED], PAGE);
	assert_int_equal(fake_pages.moves, 0);
	config.percent = 50;
	outcome = migrate(&config);

	/* 512 shall be there in the end, and 24 are. */
	assert_int_equal(outcome.stats.spared_bytes, (999 - 488) * PAGE);
	assert_int_equal(fake_pages.moves, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_migrate__everything),
		cmocka_unit_test(test_migrate__again),
		cmocka_unit_test(test_migrate__only_from),
		cmocka_unit_test(test_migrate__huge_pages),
		cmocka_unit_test(test_migrate__large_folios),
		cmocka_unit_test(test_migrate__hugetlb),
		cmocka_unit_test(test_migrate__percent),
		cmocka_unit_test(test_migrate__percent_is_spread),
		cmocka_unit_test(test_migrate__mappings),
		cmocka_unit_test(test_migrate__maps_that_do_not_parse),
		cmocka_unit_test(test_migrate__batches),
		cmocka_unit_test(test_migrate__runs),
		cmocka_unit_test(test_migrate__rate),
		cmocka_unit_test(test_migrate__looking_moves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
