// SPDX-License-Identifier: GPL-2.0-or-later
// Intervals, draws, tallies and the split of a budget; and whether the intervals hold the truth:
// a thousand looks at each of several ways in which memory may lie.
#include "split.h"
#include "tally.h"
#include "unit.h"

#define PAGE 4096ULL

/* ---- intervals --------------------------------------------------------------------------- */

static bool is_near(double value, double expected, double by)
{
	return value > expected - by && value < expected + by;
}

static void test_interval__known_values(void **state)
{
	/* Worked out by hand from Wilson's formula with 2.17 deviations. */
	static const struct {
		double share, n, lowest, highest;
	} rows[] = {
		{ 0.5, 4096, 0.48306, 0.51694 },  { 0, 100, 0, 0.04497 },
		{ 1, 100, 0.95503, 1 },		  { 0.3, 4096, 0.28470, 0.31575 },
		{ 0.01, 4096, 0.00715, 0.01397 }, { 0.5, 0, 0, 1 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct interval found = interval_of(rows[i].share, rows[i].n);

		if (!is_near(found.lowest, rows[i].lowest, 0.00002) ||
		    !is_near(found.highest, rows[i].highest, 0.00002))
			ROW_FAILS(failures, "%g of %g: %.6f to %.6f\n", rows[i].share,
				  rows[i].n, found.lowest, found.highest);
	}
	assert_rows(failures);
}

static void test_square_root__of_all_sizes(void **state)
{
	double root = 1e-9;

	(void)state;

	assert_true(square_root(0) == 0);
	assert_true(square_root(-1) == 0);
	for (int i = 0; i < 32; i++) {
		assert_true(is_near(square_root(root * root) / root, 1, 1e-9));
		root *= 3.7;
	}
}

/* ---- areas ------------------------------------------------------------------------------- */

static const char maps[] =
	"00400000-00500000 r-xp 00000000 08:01 1234   /usr/bin/thing\n"
	"7f0000000000-7f0010000000 rw-p 00000000 00:00 0 \n"
	"7f0020000000-7f0120000000 ---p 00000000 00:00 0 \n"
	"7ffff0000000-7ffff0021000 rw-p 00000000 00:00 0   [stack]\n"
	"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0   [vsyscall]\n";

static void test_areas__counts_and_skips(void **state)
{
	struct areas areas = { 0 };
	uint64_t pages = 0;

	(void)state;

	assert_int_equal(areas_read(&areas, maps, PAGE), 0);

	assert_int_equal(areas.pages, 0x100 + 0x10000 + 0x21);
	assert_int_equal(areas.skipped, 0x100000 + 1);
	assert_int_equal(areas.n_mappings, 5);
	for (size_t i = 0; i < areas.n; i++) {
		pages += areas.cells[i].pages;
		assert_true(!i || areas.cells[i].start > areas.cells[i - 1].start);
	}
	assert_int_equal(pages, areas.pages);
	areas_free(&areas);
}

static void test_areas__keeps_what_was_learnt(void **state)
{
	struct areas areas = { 0 };

	(void)state;
	assert_int_equal(areas_read(&areas, maps, PAGE), 0);
	assert_false(areas_are_known(&areas));
	for (int i = 0; i < 9; i++)
		cell_learn(&areas.cells[1], 1);

	assert_int_equal(areas_read(&areas, maps, PAGE), 0);

	assert_true(is_near(cell_rate(&areas.cells[1]), 0.95, 1e-6));
	assert_true(is_near(cell_rate(&areas.cells[2]), 0.5, 1e-6));
	areas_fade(&areas);
	assert_true(is_near(cell_rate(&areas.cells[1]), 5.0 / 5.5, 1e-6));
	assert_int_equal(areas_read(&areas, "no maps\n", PAGE), -EINVAL);
	assert_true(areas.n > 2);
	areas_free(&areas);
}

/* ---- coverage ----------------------------------------------------------------------------- */

/* Where memory lies: the node of a page, by its number; -ENOENT for none. */
struct kind {
	const char *name;
	int (*node)(uint64_t page);
	uint64_t pages;
};

/* A random but fixed number for a thing. */
static uint64_t scatter(uint64_t of)
{
	of = (of ^ of >> 30) * 0xbf58476d1ce4e5b9ULL;
	of = (of ^ of >> 27) * 0x94d049bb133111ebULL;
	return of ^ of >> 31;
}

static int node_bound(uint64_t page)
{
	return page < UINT64_MAX ? 1 : 0;
}

static int node_1_1(uint64_t page)
{
	return page % 2;
}

static int node_3_1(uint64_t page)
{
	return page % 4 == 3;
}

static int node_9_1(uint64_t page)
{
	return page % 10 == 9;
}

static int node_random(uint64_t page)
{
	return scatter(page) % 100 < 30;
}

/* Runs of 64 KiB. */
static int node_clustered(uint64_t page)
{
	return scatter(page / 16) % 100 < 37;
}

static int node_thp(uint64_t page)
{
	return scatter(page / 512) % 100 < 60;
}

/* Pages of 1 GiB. */
static int node_hugetlb(uint64_t page)
{
	return page / 262144 % 3 == 1;
}

static int node_half_migrated(uint64_t page)
{
	return page >= 262144 + 12345;
}

/* In use are the first eighth, and in the rest one page of a hundred. */
static int node_sparse(uint64_t page)
{
	if (page < 65536)
		return scatter(page / 512) % 100 < 25;
	return scatter(page) % 100 ? -ENOENT : 1;
}

static const struct kind kinds[] = {
	{ "bind", node_bound, 524288 },
	{ "1:1", node_1_1, 524288 },
	{ "3:1", node_3_1, 524287 },
	{ "9:1", node_9_1, 524290 },
	{ "random", node_random, 524288 },
	{ "clustered", node_clustered, 524288 },
	{ "thp", node_thp, 524288 },
	{ "hugetlb", node_hugetlb, 1048576 },
	{ "half migrated", node_half_migrated, 524288 },
	{ "sparse", node_sparse, 524288 },
};

#define TRIALS	1000
#define COVERED 950
#define DRAWS	512

struct trial {
	const struct kind *kind;
	struct areas areas;
	struct points points;
	uint64_t seed;
	double weight[2];
	struct tally tally;
};

#define FIRST 0x7f0000000000ULL

static void begin_trials(struct trial *trial, const struct kind *kind)
{
	char text[96];

	*trial = (struct trial){ .kind = kind, .seed = 12345 };
	snprintf(text, sizeof(text), "%llx-%llx rw-p 00000000 00:00 0 \n", FIRST,
		 FIRST + (unsigned long long)(kind->pages * PAGE));
	assert_int_equal(areas_read(&trial->areas, text, PAGE), 0);
	assert_int_equal(points_reserve(&trial->points, 4096), 0);
}

static void end_trials(struct trial *trial)
{
	areas_free(&trial->areas);
	points_free(&trial->points);
}

static struct share run_trial(struct trial *trial, size_t draws)
{
	struct points *points = &trial->points;
	struct tier_nodeset one = { .bits = { 2 } };

	draw(&trial->areas, PAGE, &trial->seed, draws, points);
	for (size_t i = 0; i < points->n; i++)
		points->nodes[i] = trial->kind->node((points->pages[i] - FIRST) / PAGE);
	areas_fade(&trial->areas);
	trial->weight[0] = 0;
	trial->weight[1] = 0;
	trial->tally = (struct tally){ .weight = trial->weight, .n_nodes = 2 };
	tally_points(&trial->tally, points, &trial->areas);
	return tally_share(&trial->tally, &one);
}

static double truth_of(const struct kind *kind)
{
	uint64_t there = 0, one = 0;

	for (uint64_t page = 0; page < kind->pages; page++) {
		int node = kind->node(page);

		there += node >= 0;
		one += node == 1;
	}
	return (double)one / (double)there;
}

static void test_coverage__thousand_looks(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		double truth = truth_of(&kinds[i]), sum = 0;
		struct trial trial;
		int covered = 0;

		begin_trials(&trial, &kinds[i]);
		run_trial(&trial, DRAWS); /* learns where there is anything */
		for (int n = 0; n < TRIALS; n++) {
			struct share found = run_trial(&trial, DRAWS);

			covered += found.range.lowest <= truth &&
				   truth <= found.range.highest;
			sum += found.value;
		}
		print_message("%-14s %4d of %d, bias %+.3f points\n", kinds[i].name,
			      covered, TRIALS, 100 * (sum / TRIALS - truth));
		if (covered < COVERED || !is_near(sum / TRIALS, truth, 0.002))
			ROW_FAILS(failures, "%s: %d of %d, mean %.4f, truth %.4f\n",
				  kinds[i].name, covered, TRIALS, sum / TRIALS, truth);
		end_trials(&trial);
	}
	assert_rows(failures);
}

/* The narrowest claim that we make of 4,096 pages. */
static void test_coverage__half_width(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct trial trial;
		struct share found;

		begin_trials(&trial, &kinds[i]);
		found = run_trial(&trial, 4096);
		if (kinds[i].node != node_sparse)
			assert_true(found.range.highest - found.range.lowest < 0.0341);
		end_trials(&trial);
	}
}

/* The wider cells are drawn from, the less of each is known: the interval says so. */
static void test_coverage__wasted_draws_widen(void **state)
{
	static const struct kind sparse = { "sparse", node_sparse, 524288 };
	struct trial trial;
	struct share found;

	(void)state;
	begin_trials(&trial, &sparse);

	found = run_trial(&trial, 1024);

	assert_true(trial.tally.absent > 700);
	assert_int_equal(trial.tally.found + trial.tally.absent, 1024);
	assert_true(found.range.highest - found.range.lowest > 0.1);
	end_trials(&trial);
}

static void test_draw__one_page_in_each_part(void **state)
{
	const struct kind kind = { "bind", node_bound, 1024 };
	struct trial trial;

	(void)state;
	begin_trials(&trial, &kind);

	run_trial(&trial, 64);

	assert_int_equal(trial.points.n, 64);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal((trial.points.pages[i] - FIRST) / PAGE / 16, i);
	end_trials(&trial);
}

/* ---- tally and flows ------------------------------------------------------------------------ */

static void test_tally__counts_what_is_left_out(void **state)
{
	double weight[4] = { 0 };
	struct tally tally = { .weight = weight, .n_nodes = 4 };
	static const int nodes[] = { 0, 3, 3, -ENOENT, -EFAULT, -EACCES, 4, -EBUSY };

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		tally_add(&tally, nodes[i], 2);

	assert_int_equal(tally.asked, 8);
	assert_int_equal(tally.found, 3);
	assert_int_equal(tally.absent, 1);
	assert_int_equal(tally.outside, 1);
	assert_int_equal(tally.refused, 3);
	assert_true(is_near(tally_size(&tally), 3, 1e-9));
}

static void test_flow__up_down_and_gone(void **state)
{
	static const uint32_t rank[] = { 0, 0, 1, UINT32_MAX };
	const struct ranks ranks = { rank, 4 };
	static const int moves[][2] = { { 0, 0 }, { 0, 2 }, { 0, 2 },	    { 2, 1 },
					{ 0, 1 }, { 0, 3 }, { 2, -ENOENT }, { 2, 2 } };
	struct flow flow = { 0 };

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(moves); i++)
		flow_add(&flow, &ranks, moves[i], 1);

	assert_int_equal(flow.asked, 8);
	assert_int_equal(flow.gone, 1);
	assert_true(is_near(flow_share(&flow, flow.down).value, 2.0 / 7, 1e-9));
	assert_true(is_near(flow_share(&flow, flow.up).value, 1.0 / 7, 1e-9));
}

/* A known part of the pages moves: the share that is found is that, within its interval. */
static void test_flow__rate_of_known_moves(void **state)
{
	static const uint32_t rank[] = { 0, 1 };
	const struct ranks ranks = { rank, 2 };
	uint64_t seed = 99;
	int covered = 0;

	(void)state;

	for (int trial = 0; trial < TRIALS; trial++) {
		struct flow flow = { 0 };
		struct share down;

		for (int i = 0; i < 1024; i++)
			flow_add(&flow, &ranks, (int[2]){ 0, draw_number(&seed) < 0.07 },
				 1);
		down = flow_share(&flow, flow.down);
		covered += down.range.lowest <= 0.07 && down.range.highest >= 0.07;
	}

	assert_true(covered >= COVERED);
}

/* ---- the budget ------------------------------------------------------------------------------ */

static void test_split__goes_by_worth_within_bounds(void **state)
{
	struct claim claims[] = { { 1000, 0 }, { 100, 0 }, { 10, 0 }, { 1, 0 }, { 0, 0 } };

	(void)state;

	split(claims, ARRAY_SIZE(claims), 6000);

	assert_int_equal(claims[0].pages, SPLIT_MOST);
	assert_true(claims[1].pages > 1500);
	assert_true(claims[2].pages >= SPLIT_LEAST);
	/* What is left is too little to tell anything. */
	assert_int_equal(claims[3].pages, 0);
	assert_int_equal(claims[4].pages, 0);
	assert_true(claims[0].pages + claims[1].pages + claims[2].pages +
			    claims[3].pages <=
		    6000);
}

static void test_split__last_ones_wait(void **state)
{
	struct claim claims[100];
	uint32_t sum = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(claims); i++)
		claims[i] = (struct claim){ .worth = 1 };

	split(claims, ARRAY_SIZE(claims), 640);

	for (size_t i = 0; i < ARRAY_SIZE(claims); i++)
		sum += claims[i].pages;
	assert_int_equal(sum, 640);
	assert_int_equal(claims[9].pages, SPLIT_LEAST);
	assert_int_equal(claims[10].pages, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval__known_values),
		cmocka_unit_test(test_square_root__of_all_sizes),
		cmocka_unit_test(test_areas__counts_and_skips),
		cmocka_unit_test(test_areas__keeps_what_was_learnt),
		cmocka_unit_test(test_coverage__thousand_looks),
		cmocka_unit_test(test_coverage__half_width),
		cmocka_unit_test(test_coverage__wasted_draws_widen),
		cmocka_unit_test(test_draw__one_page_in_each_part),
		cmocka_unit_test(test_tally__counts_what_is_left_out),
		cmocka_unit_test(test_flow__up_down_and_gone),
		cmocka_unit_test(test_flow__rate_of_known_moves),
		cmocka_unit_test(test_split__goes_by_worth_within_bounds),
		cmocka_unit_test(test_split__last_ones_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
