// SPDX-License-Identifier: GPL-2.0-or-later
// What keys do to what is seen, drawing at every size, and records that come back as they were.
#include "config.h"
#include "fault.h"
#include "live.h"
#include "tape.h"
#include "typed.h"
#include "unit.h"
#include "views.h"

static struct record record;
static struct ui ui;

static int set_up(void **state)
{
	struct tape *tape = NULL;
	const char *why = NULL;

	(void)state;
	assert_int_equal(tape_open(TEST_RECORDING, &tape), 0);
	assert_int_equal(tape_length(tape), 6);
	assert_int_equal(tape_read(tape, 3, &record, &why), 0);
	tape_close(tape);
	ui_init(&ui);
	assert_int_equal(ui_take(&ui, &record, true), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	record_free(&record);
	ui_free(&ui);
	return 0;
}

static enum request type(const char *keys)
{
	enum request request = REQUEST_NONE;
	int key;

	while ((key = typed_next(&keys)) != KEY_NONE_YET)
		request = ui_key(&ui, &record, key);
	return request;
}

static int first_pid(void)
{
	return record.processes[ui.rows[0].index].pid;
}

/* ---- order ---------------------------------------------------------------------------------- */

static void test_keys__sort(void **state)
{
	static const struct {
		const char *keys;
		int pid;
	} rows[] = {
		{ "", 901 },   { "I", 3100 },	   { "N", 1 },	       { "NI", 3100 },
		{ "2", 1204 }, { "P", 410 },	   { "M", 3100 },      { ">", 901 },
		{ "<", 1204 }, { "<Right>", 901 }, { "<Left>", 1204 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ui.sort = COLUMN_RESIDENT;
		ui.reverse = false;
		type(rows[i].keys);
		if (first_pid() != rows[i].pid)
			ROW_FAILS(failures, "%s: %d is first\n", rows[i].keys,
				  first_pid());
	}
	assert_rows(failures);
}

static void test_keys__filter(void **state)
{
	static const struct {
		const char *keys;
		size_t rows;
	} rows[] = {
		{ "fpostgres<Enter>", 3 },
		{ "fPOSTGRES<Enter>", 3 },
		{ "f!^post.*r$<Enter>", 2 },
		{ "f!^nothing<Enter>", 0 },
		{ "f!(<Enter>", 13 },
		{ "f!r++++++++++++++++++++++++++++++++++++<Enter>", 13 },
		{ "f!(r{200}){200}<Enter>", 13 },
		{ "f!^r\\+*e.*r<Enter>", 1 },
		{ "falice<Enter>", 5 },
		{ "fxyz<Backspace><Backspace><Backspace><Enter>", 13 },
		{ "fredis<Esc>", 13 },
		{ "<Down>u", 5 },
		{ "fjava<Enter>", 1 },
		{ "u", 13 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ui_set_filter(&ui, "");
		type(rows[i].keys);
		if (ui.n_rows != rows[i].rows || ui.prompt)
			ROW_FAILS(failures, "%s: %zu rows\n", rows[i].keys, ui.n_rows);
	}
	assert_rows(failures);
}

static void test_keys__tree_has_everybody_once(void **state)
{
	bool seen[64] = { false };

	(void)state;

	type("t");

	assert_int_equal(ui.n_rows, record.n_processes);
	for (size_t i = 0; i < ui.n_rows; i++) {
		assert_false(seen[ui.rows[i].index]);
		seen[ui.rows[i].index] = true;
		if (ui.rows[i].depth)
			assert_true(i > 0 &&
				    ui.rows[i].depth <= ui.rows[i - 1].depth + 1);
	}
	assert_int_equal(first_pid(), 1);
	/* A ring of parents is no endless tree. */
	record.processes[0].parent = record.processes[1].pid;
	assert_int_equal(ui_arrange(&ui, &record), 0);
	assert_int_equal(ui.n_rows, record.n_processes);
}

static void test_keys__fold(void **state)
{
	const size_t all = record.n_processes;

	(void)state;
	type("-t<Home>");
	assert_int_equal(ui.n_rows, all);
	type("-");
	/* Who has no parent is left, and nobody's child is at the top. */
	assert_true(ui.n_rows > 0 && ui.n_rows < all);
	for (size_t i = 0; i < ui.n_rows; i++)
		assert_int_not_equal(record.processes[ui.rows[i].index].parent, 1);
	type("--");
	assert_int_equal(ui.folded.n, 1);
	type("t");
	assert_int_equal(ui.n_rows, all);
	type("t<Home>+");
	assert_int_equal(ui.n_rows, all);
	assert_int_equal(ui.folded.n, 0);
}

/* ---- selection -------------------------------------------------------------------------------- */

static void test_keys__selection_stays_with_its_process(void **state)
{
	(void)state;
	type("<Down><Down>");
	assert_int_equal(ui_process(&ui, &record)->pid, 733);

	type("N");
	assert_int_equal(ui_process(&ui, &record)->pid, 733);
	type("/java<Enter>");
	assert_int_equal(ui_process(&ui, &record)->pid, 1204);
	type("F");
	assert_int_equal(ui.follow, 1204);
	type("M");
	assert_int_equal(ui_process(&ui, &record)->pid, 1204);
	type("<Home>");
	assert_int_equal(ui.follow, 0);
}

static void test_keys__tags(void **state)
{
	(void)state;
	type("  ");
	assert_int_equal(ui.tagged.n, 2);
	assert_true(ui_is_tagged(&ui, 901));
	type("<Home> ");
	assert_int_equal(ui.tagged.n, 1);
	type("U");
	assert_int_equal(ui.tagged.n, 0);
}

static void test_click__selects_then_opens(void **state)
{
	struct grid grid = { 0 };

	(void)state;
	assert_int_equal(grid_size(&grid, 24, 80), 0);
	screen_draw(&grid, &ui, &record);

	ui_click(&ui, &record, ui.table_row + 1, 5);
	assert_int_equal(ui.selected, 1);
	ui_click(&ui, &record, ui.table_row + 1, 5);
	assert_int_equal(ui.view, VIEW_MAPPINGS);
	assert_int_equal(ui.mappings_of, 1204);
	ui_click(&ui, &record, 500, 5);
	grid_free(&grid);
}

static void test_click__sorts_by_a_head(void **state)
{
	/* PID, USER, RES, 0 dram%, 1 pmem% */
	static const int columns[] = { 3, 10, 20, 30, 40 };
	static const int sorts[] = { COLUMN_PID, COLUMN_USER, COLUMN_RESIDENT,
				     COLUMN_TIER, COLUMN_TIER + 1 };
	struct grid grid = { 0 };

	(void)state;
	assert_int_equal(grid_size(&grid, 24, 80), 0);
	screen_draw(&grid, &ui, &record);

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		ui_click(&ui, &record, ui.table_row - 1, columns[i]);
		assert_int_equal(ui.sort, sorts[i]);
	}
	assert_int_equal(first_pid(), 1204);
	ui_click(&ui, &record, ui.table_row - 1, 40);
	assert_true(ui.reverse);
	ui_click(&ui, &record, 0, 40);
	assert_int_equal(ui.sort, COLUMN_TIER + 1);
	grid_free(&grid);
}

static void test_click__presses_a_key_that_is_named(void **state)
{
	struct grid grid = { 0 };

	(void)state;
	assert_int_equal(grid_size(&grid, 24, 80), 0);
	screen_draw(&grid, &ui, &record);

	/* F1Help F2Setup F3Search F4Filter F5Tree F6Sort F9Act F10Quit */
	assert_int_equal(ui_click(&ui, &record, 23, 35), REQUEST_NONE);
	assert_true(ui.tree);
	assert_int_equal(ui_click(&ui, &record, 23, 59), REQUEST_QUIT);
	assert_int_equal(ui_click(&ui, &record, 23, 79), REQUEST_NONE);
	/* Something else stands there. */
	type(">");
	assert_int_equal(ui_click(&ui, &record, 23, 59), REQUEST_NONE);
	grid_free(&grid);
}

/* The record has those of 901: of 1204 nothing is shown, and nothing is done to all of it, as who is
 * there means a mapping. */
static void test_mappings__never_those_of_another(void **state)
{
	(void)state;
	type("<Enter>");
	assert_int_equal(ui_count(&ui, &record), 5);
	type("p<Down><Enter>");
	assert_int_equal(ui.mappings_of, 1204);

	assert_int_equal(ui_count(&ui, &record), 0);
	type("a");
	assert_int_equal(ui.dialog, DIALOG_NONE);
	assert_string_equal(ui.message, "its mappings are not there yet");
}

/* ---- actions ------------------------------------------------------------------------------------ */

static void assert_command(const char *expected)
{
	struct strbuf text = { 0 };

	assert_int_equal(action_command(&ui, &text), 0);
	assert_string_equal(strbuf_text(&text), expected);
	strbuf_free(&text);
}

static void test_dialog__each_line_has_its_command(void **state)
{
	static const char *const commands[] = {
		"tierctl migrate 901 --to tier:0",
		"tierctl migrate 901 --to tier:1",
		"tierctl policy 901 --prefer tier:0",
		"tierctl policy 901 --prefer tier:1",
		"tierctl policy 901 --bind tier:0",
		"tierctl policy 901 --bind tier:1",
		"tierctl policy 901 --interleave all",
		"tierctl policy 901 --weighted tier:0=3,tier:1=1",
		"tierctl policy 901 --default",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		type("a");
		for (size_t down = 0; down < i; down++)
			type("<Down>");
		type("<Enter>");
		assert_command(commands[i]);
		assert_int_equal(type("c"), REQUEST_COPY);
		type("n");
		assert_int_equal(ui.dialog, DIALOG_NONE);
	}
}

static void test_dialog__policies_parse(void **state)
{
	(void)state;
	for (int deed = DEED_PREFER; deed < DEEDS; deed++) {
		const struct action action = { .deed = (enum deed)deed,
					       .tier = 1,
					       .weights = "tier:0=3,tier:1=1" };
		struct tier_policy *policy = NULL;
		char text[ACTION_POLICY];

		assert_int_equal(tier_policy_parse(action_policy(&action, text), &policy,
						   NULL),
				 0);
		tier_policy_free(policy);
	}
}

static void test_dialog__readonly_does_nothing(void **state)
{
	(void)state;
	ui.readonly = true;
	assert_int_equal(type("a<Enter>y"), REQUEST_NONE);
	assert_int_equal(ui.dialog, DIALOG_CONFIRM);
	type("n");
	ui.readonly = false;
	assert_int_equal(type("a<Enter>y"), REQUEST_ACT);
	assert_int_equal(ui.action.pid, 901);
}

static void test_dialog__one_mapping(void **state)
{
	(void)state;
	assert_int_equal(type("<Enter>"), REQUEST_NOW);
	type("<Down><Down>a<Enter>");
	assert_command("tierctl migrate 901 --to tier:0 --only "
		       "7f0000000000-7f0500000000");
	/* Tags are of processes. */
	type("nqp <Up><Enter><Down>a<Down><Down><Enter>");
	assert_false(ui.action.is_tagged);
	assert_true(ui.action.end);
}

#define DOWN_TO_WEIGHTED "<Down><Down><Down><Down><Down><Down><Down>"

static void test_dialog__weights(void **state)
{
	struct grid grid = { 0 };
	struct strbuf text = { 0 };

	(void)state;
	/* What a kernel without a weight for a tier cannot do. */
	record.tiers[0].weight.is_known = false;
	type("a" DOWN_TO_WEIGHTED "<Enter>");
	assert_command("tierctl policy 901 --weighted tier:1=1");
	record.tiers[1].weight.is_known = false;
	type("na" DOWN_TO_WEIGHTED "<Enter>");
	assert_int_equal(ui.dialog, DIALOG_CHOOSE);

	assert_int_equal(grid_size(&grid, 24, 80), 0);
	screen_draw(&grid, &ui, &record);
	assert_int_equal(grid_text(&grid, &text), 0);
	assert_non_null(strstr(text.text, "weights: n/a, it has none (Linux 6.9 has)"));
	grid_free(&grid);
	strbuf_free(&text);
}

static void test_dialog__tagged(void **state)
{
	(void)state;
	type("  a<Down><Enter>");
	assert_true(ui.action.is_tagged);
	assert_command("for pid in 901 1204; do tierctl migrate $pid --to tier:1; done");
	assert_int_equal(type("y"), REQUEST_ACT);
}

/* Nobody is watched before it was confirmed, nor behind the view. */
static void test_heat__asks_and_ends(void **state)
{
	(void)state;
	assert_int_equal(type("<Down>H"), REQUEST_NONE);
	assert_int_equal(ui.heat_for, 1204);
	assert_int_equal(ui.heat_of, 0);
	assert_int_equal(type("y"), REQUEST_NOW);
	assert_int_equal(ui.heat_of, 1204);

	type("<F1>");
	assert_int_equal(ui.heat_of, 1204);
	type("q");
	assert_int_equal(ui.view, VIEW_HEAT);
	assert_int_equal(ui.heat_of, 1204);
	assert_int_equal(type("q"), REQUEST_NOW);
	assert_int_equal(ui.heat_of, 0);

	type("HyS");
	assert_int_equal(ui.heat_of, 1204);
	assert_int_equal(type("p"), REQUEST_NOW);
	assert_int_equal(ui.heat_of, 0);
}

static void test_heat__readonly_does_nothing(void **state)
{
	(void)state;
	ui.readonly = true;
	assert_int_equal(type("Hy"), REQUEST_NONE);
	assert_int_equal(ui.heat_of, 0);
}

static void test_heat__says_what_it_does(void **state)
{
	struct grid grid = { 0 };
	struct strbuf text = { 0 };

	(void)state;
	type("<Down>H");
	assert_int_equal(grid_size(&grid, 24, 80), 0);
	screen_draw(&grid, &ui, &record);
	assert_int_equal(grid_text(&grid, &text), 0);
	assert_says(text.text, "starts a thread of the kernel (kdamond)");
	assert_says(text.text, "y: watch it");
	strbuf_free(&text);
	grid_free(&grid);
}

static void test_tags__end_with_their_process(void **state)
{
	(void)state;
	type("  ");
	for (size_t i = 0; i < record.n_processes; i++) {
		struct rec_process *process = &record.processes[i];

		/* Another one has its number. */
		if (process->pid == 901)
			process->started++;
	}
	assert_int_equal(ui_take(&ui, &record, true), 0);
	assert_int_equal(ui.tagged.n, 1);
	assert_true(ui_is_tagged(&ui, 1204));
	assert_false(ui_is_tagged(&ui, 901));
}

/* ---- drawing at every size ---------------------------------------------------------------------- */

static void test_screen__every_size_and_view(void **state)
{
	static const char *const keys[] = {
		"", "t", "g", "p<Enter>", "?", "qS", "qpa", "<Enter>", "n/x", "<Esc>f!("
	};
	static const int sizes[] = { 1, 2, 3, 5, 8, 17, 40, 61, 90, 111, 145, 170, 300 };

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		struct grid grid = { 0 };

		type(keys[k]);
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
			for (int rows = 1; rows < 40; rows++) {
				assert_int_equal(grid_size(&grid, rows, sizes[i]), 0);
				screen_draw(&grid, &ui, &record);
			}
		grid_free(&grid);
	}
}

static void test_figures__fit(void **state)
{
	static const struct {
		double bytes;
		const char *text;
	} rows[] = {
		{ 0, "0" },	  { 1, "1B" },	      { 999, "999B" },
		{ 1000, "1.0K" }, { 1536, "1.5K" },   { 102400, "100K" },
		{ 1e18, "888P" }, { 1.0e19, "8.7E" }, { 2147483648.0, "2.0G" },
	};
	char text[SHORT_BYTES];
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(short_bytes(rows[i].bytes, text), rows[i].text))
			ROW_FAILS(failures, "%g: %s\n", rows[i].bytes, text);
	assert_rows(failures);
}

/* ---- settings -------------------------------------------------------------------------------------- */

static void test_settings__come_back(void **state)
{
	struct strbuf first = { 0 }, second = { 0 };
	struct ui other;

	(void)state;
	type("tT2I[b");
	ui.hidden = 1U << COLUMN_USER | 1U << COLUMN_AGE;
	assert_int_equal(settings_text(&ui, &first), 0);

	ui_init(&other);
	assert_int_equal(config_take(&other, first.text), 0);

	assert_int_equal(settings_text(&other, &second), 0);
	assert_string_equal(first.text, second.text);
	ui_free(&other);
	strbuf_free(&first);
	strbuf_free(&second);
}

static void test_settings__refuses(void **state)
{
	static const char *const bad[] = { "theme=pink",  "theme",	   "sort=tier64",
					   "sort=tier-1", "tree=yes",	   "bytes=yes",
					   "interval=99", "interval=x",	   "hidden=pid,x",
					   "=",		  "view=mappings", "" };
	struct ui other;

	(void)state;
	ui_init(&other);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(setting_take(&other, bad[i]), -EINVAL);
	assert_int_equal(
		config_take(&other, "# fine\n\ntheme=dark\nwhat=this\ntree=on\n"), 4);
	assert_true(other.tree);
	ui_free(&other);
}

/* ---- without memory ----------------------------------------------------------------------------------- */

static int arrange_and_write(void *arg)
{
	struct strbuf text = { 0 };
	struct record again = { 0 };
	struct grid grid = { 0 };
	struct ui one;
	const char *why = NULL;
	int ret;

	(void)arg;
	ui_init(&one);
	one.tree = true;
	ret = ui_take(&one, &record, true);
	if (!ret)
		ret = grid_size(&grid, 24, 80);
	if (!ret) {
		screen_draw(&grid, &one, &record);
		ret = grid_text(&grid, &text);
	}
	strbuf_reset(&text);
	if (!ret)
		ret = record_write(&record, &text);
	if (!ret)
		ret = record_read(text.text, &again, &why);
	record_free(&again);
	grid_free(&grid);
	strbuf_free(&text);
	ui_free(&one);
	return ret;
}

static void test_all__survives_without_memory(void **state)
{
	(void)state;

	assert_true(fault_each(arrange_and_write, NULL) > 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_keys__sort),
		TEST(test_keys__filter),
		TEST(test_keys__tree_has_everybody_once),
		TEST(test_keys__fold),
		TEST(test_keys__selection_stays_with_its_process),
		TEST(test_keys__tags),
		TEST(test_mappings__never_those_of_another),
		TEST(test_click__selects_then_opens),
		TEST(test_click__sorts_by_a_head),
		TEST(test_click__presses_a_key_that_is_named),
		TEST(test_dialog__each_line_has_its_command),
		TEST(test_dialog__policies_parse),
		TEST(test_dialog__readonly_does_nothing),
		TEST(test_dialog__one_mapping),
		TEST(test_dialog__weights),
		TEST(test_dialog__tagged),
		TEST(test_heat__asks_and_ends),
		TEST(test_heat__readonly_does_nothing),
		TEST(test_heat__says_what_it_does),
		TEST(test_tags__end_with_their_process),
		TEST(test_screen__every_size_and_view),
		TEST(test_figures__fit),
		TEST(test_settings__come_back),
		TEST(test_settings__refuses),
		TEST(test_all__survives_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
