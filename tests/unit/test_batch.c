// SPDX-License-Identifier: GPL-2.0-or-later
// What words and answers make of pages, case by case.
#include "batch.h"
#include "unit.h"

#define PAGE   4096ULL
#define EXTENT (512 * PAGE)
#define START  0x7f0000000000ULL

static void set_up(struct batch *batch)
{
	assert_int_equal(batch_init(batch, 2048, EXTENT), 0);
	batch_reset(batch, PAGE);
}

/* Present pages of this process alone, from page number `first` on. */
static void add(struct batch *batch, size_t first, size_t count)
{
	static const uint64_t word = PAGEMAP_PRESENT | PAGEMAP_EXCLUSIVE;

	for (size_t i = 0; i < count; i++)
		batch_add(batch, START + (first + i) * PAGE, &word, 1, BATCH_ANON);
}

static void set_states(struct batch *batch, enum item_state state)
{
	for (size_t i = 0; i < batch->count; i++)
		batch->items[i].state = state;
}

static void test_batch__words(void **state)
{
	static const uint64_t present = PAGEMAP_PRESENT, file = PAGEMAP_FILE,
			      exclusive = PAGEMAP_EXCLUSIVE;
	static const struct {
		uint64_t word;
		unsigned int filter;
		size_t count;
		bool shared, file;
	} rows[] = {
		{ 0, BATCH_ANON | BATCH_FILE, 0, false, false },
		/* Swapped out, or of another page's offset. */
		{ 1ULL << 62 | 12345, BATCH_ANON | BATCH_FILE, 0, false, false },
		{ present | exclusive, BATCH_ANON, 1, false, false },
		{ present | exclusive, BATCH_FILE, 0, false, false },
		{ present | file, BATCH_ANON, 0, false, false },
		{ present | file, BATCH_FILE, 1, true, false },
		{ present | file, BATCH_FILE | BATCH_PRIVATE, 1, true, true },
		{ present, BATCH_ANON | BATCH_PRIVATE, 1, true, false },
	};
	struct batch batch;
	int failures = 0;

	(void)state;
	set_up(&batch);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		batch_reset(&batch, PAGE);
		batch_add(&batch, START, &rows[i].word, 1, rows[i].filter);
		if (batch.count != rows[i].count ||
		    (batch.count && (batch.items[0].shared != rows[i].shared ||
				     batch.items[0].file != rows[i].file)))
			ROW_FAILS(failures, "row %zu\n", i);
	}
	assert_rows(failures);
	batch_free(&batch);
}

/* The state of a single item after one answer. */
static struct item after(bool shared, int (*take)(struct batch *batch), int status)
{
	const uint64_t word = PAGEMAP_PRESENT | (shared ? 0 : PAGEMAP_EXCLUSIVE);
	struct batch batch;
	struct item item;

	set_up(&batch);
	batch_add(&batch, START, &word, 1, BATCH_ANON);
	batch_request(&batch, ITEM_NEW, 2);
	assert_int_equal(batch.status[0], STATUS_UNTOUCHED);
	batch.items[0].state = ITEM_PENDING;
	batch.status[0] = status;
	take(&batch);
	item = batch.items[0];
	batch_free(&batch);
	return item;
}

static int take_move(struct batch *batch)
{
	return (int)batch_take(batch, 2);
}

static int take_place(struct batch *batch)
{
	struct tier_nodeset from, to;
	struct routes routes;

	assert_int_equal(tier_nodeset_parse("0-1", &from, NULL), 0);
	assert_int_equal(tier_nodeset_parse("2", &to, NULL), 0);
	assert_int_equal(routes_make(&routes, NULL, &from, &to), 0);
	batch_place(batch, &routes, &to, 0);
	routes_free(&routes);
	return 0;
}

static void test_batch__answers(void **state)
{
	static const struct {
		int (*take)(struct batch *batch);
		bool shared;
		int status;
		enum item_state state;
		enum tier_left why;
	} rows[] = {
		{ take_place, false, 0, ITEM_PENDING, 0 },
		{ take_place, false, 2, ITEM_THERE, 0 },
		{ take_place, false, 3, ITEM_IGNORED, 0 },
		{ take_place, true, 0, ITEM_LEFT, TIER_LEFT_SHARED },
		{ take_place, true, 2, ITEM_THERE, 0 },
		{ take_place, false, -ENOENT, ITEM_HIDDEN, 0 },
		{ take_place, false, -EFAULT, ITEM_HIDDEN, 0 },
		/* The zero page. */
		{ take_place, true, -EFAULT, ITEM_IGNORED, 0 },
		{ take_move, false, 2, ITEM_MOVED, 0 },
		{ take_move, false, STATUS_UNTOUCHED, ITEM_PENDING, 0 },
		{ take_move, false, -EBUSY, ITEM_PENDING, 0 },
		{ take_move, false, -EACCES, ITEM_LEFT, TIER_LEFT_SHARED },
		{ take_move, false, -ENOMEM, ITEM_LEFT, TIER_LEFT_NO_MEMORY },
		{ take_move, false, -EIO, ITEM_LEFT, TIER_LEFT_UNKNOWN },
		{ take_move, false, -ENOENT, ITEM_HIDDEN, 0 },
		{ take_move, true, -EFAULT, ITEM_GONE, 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct item item = after(rows[i].shared, rows[i].take, rows[i].status);

		if (item.state != rows[i].state ||
		    (item.state == ITEM_LEFT && item.why != rows[i].why))
			ROW_FAILS(failures, "row %zu: state %d, why %d\n", i, item.state,
				  item.why);
	}
	assert_rows(failures);
}

static void test_batch__heads(void **state)
{
	static const struct {
		size_t first, count;
		size_t heads;
	} rows[] = {
		{ 0, 512, 1 },	{ 0, 511, 0 },	{ 1, 512, 0 },	 { 0, 1024, 2 },
		{ 1, 1023, 1 }, { 0, 1000, 1 }, { 511, 513, 1 }, { 1024, 512, 1 },
	};
	struct batch batch;
	int failures = 0;

	(void)state;
	set_up(&batch);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t heads;

		batch_reset(&batch, PAGE);
		add(&batch, rows[i].first, rows[i].count);
		batch_request(&batch, ITEM_NEW, 2);
		heads = batch_heads(&batch);
		if (heads != rows[i].heads ||
		    batch.asked != (heads ? heads : rows[i].count))
			ROW_FAILS(failures, "row %zu: %zu heads, %zu asked\n", i, heads,
				  batch.asked);
		for (size_t at = 0; at < heads; at++)
			if (batch.pages[at] % EXTENT)
				ROW_FAILS(failures, "row %zu: not the first page\n", i);
	}
	assert_rows(failures);
	batch_free(&batch);
}

/* A hole in an extent: it is no huge page. */
static void test_batch__no_head_with_a_hole(void **state)
{
	struct batch batch;

	(void)state;
	set_up(&batch);
	add(&batch, 0, 100);
	add(&batch, 101, 500);
	batch_request(&batch, ITEM_NEW, 2);

	assert_int_equal(batch_heads(&batch), 0);
	batch_free(&batch);
}

/* First one page, then what may belong to it. */
static void test_batch__giving_up_grows(void **state)
{
	static const size_t left[] = { 1, 2, 4, 8, 16 };
	struct batch batch;

	(void)state;
	set_up(&batch);
	add(&batch, 16, 32);
	set_states(&batch, ITEM_PENDING);
	assert_false(batch_give_up_first(&batch, 0));
	for (size_t i = 0; i < batch.count; i++)
		batch.items[i].tried = true;

	for (unsigned int order = 0; order < ARRAY_SIZE(left); order++) {
		assert_true(batch_give_up_first(&batch, order));
		assert_int_equal(batch_bytes(&batch, ITEM_LEFT), left[order] * PAGE);
	}
	batch_free(&batch);
}

static void test_batch__parts(void **state)
{
	static const struct {
		uint64_t need, whole, moved;
		bool by_extent;
		size_t keeps; /* of 1024 pages, which is half of the whole */
	} rows[] = {
		{ 2048, 2048, 0, false, 1024 }, { 0, 2048, 0, false, 0 },
		{ 1024, 2048, 0, false, 512 },	{ 2, 2048, 0, false, 1 },
		{ 1024, 2048, 512, false, 0 },	{ 1024, 2048, 500, false, 12 },
		{ 1024, 2048, 0, true, 512 },	{ 2047, 2048, 0, true, 1024 },
		{ 100, 2048, 0, true, 0 },
	};
	struct batch batch;
	int failures = 0;

	(void)state;
	set_up(&batch);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct share share = { .need = rows[i].need * PAGE,
				       .whole = rows[i].whole * PAGE,
				       .moved = rows[i].moved * PAGE };

		batch_reset(&batch, PAGE);
		add(&batch, 0, 1024);
		set_states(&batch, ITEM_PENDING);
		batch_spare(&batch, &share, rows[i].by_extent);
		if (batch_bytes(&batch, ITEM_PENDING) != rows[i].keeps * PAGE ||
		    share.seen != 1024 * PAGE)
			ROW_FAILS(failures, "row %zu: %d\n", i,
				  (int)(batch_bytes(&batch, ITEM_PENDING) / PAGE));
	}
	assert_rows(failures);
	batch_free(&batch);
}

/* Splitting and joining give the same request, with nothing of it out of place. */
static void test_batch__splits_into_runs(void **state)
{
	static const size_t counts[] = { 0, 1, 127, 128, 129, 256, 257, 1000, 2047, 2048 };
	struct batch batch;
	int failures = 0;

	(void)state;
	set_up(&batch);
	for (size_t row = 0; row < ARRAY_SIZE(counts); row++) {
		size_t count = counts[row], seen = 0, run = 0;

		batch_reset(&batch, PAGE);
		add(&batch, 0, count);
		batch_request(&batch, ITEM_NEW, 2);
		batch_split(&batch);
		for (size_t i = 0; i < batch.asked; i++) {
			bool mark = batch.pages[i] > INT64_MAX;

			run = mark ? 0 : run + 1;
			if (run > BATCH_RUN || batch.nodes[i] != 2 ||
			    batch.status[i] != STATUS_UNTOUCHED)
				ROW_FAILS(failures, "%zu: entry %zu\n", count, i);
			batch.status[i] = mark ? -EFAULT : (int)seen++;
		}
		batch_join(&batch);
		if (seen != count || batch.asked != count)
			ROW_FAILS(failures, "%zu: %zu seen\n", count, seen);
		for (size_t i = 0; i < batch.asked; i++)
			if (batch.pages[i] != START + i * PAGE ||
			    batch.status[i] != (int)i)
				ROW_FAILS(failures, "%zu: joined %zu\n", count, i);
	}
	assert_rows(failures);
	batch_free(&batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch__words),
		cmocka_unit_test(test_batch__answers),
		cmocka_unit_test(test_batch__heads),
		cmocka_unit_test(test_batch__no_head_with_a_hole),
		cmocka_unit_test(test_batch__giving_up_grows),
		cmocka_unit_test(test_batch__parts),
		cmocka_unit_test(test_batch__splits_into_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
