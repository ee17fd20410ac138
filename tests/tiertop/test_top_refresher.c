// SPDX-License-Identifier: GPL-2.0-or-later
// A thread that takes records: each comes whole and once, the shown one can be drawn meanwhile, and it
// ends when it is told to.
#include "refresher.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

#define RECORDS 6

static struct ui ui;
static struct options options;
static struct source source;
static struct refresher refresher;
static struct grid grid;

static int set_up_on(const char *path)
{
	options = (struct options){ .replay = path, .ui = &ui };
	ui_init(&ui);
	assert_int_equal(source_open(&source, &options), 0);
	assert_int_equal(source_next(&source, &options, 1), 0);
	assert_int_equal(source_tell(&source, &ui), 0);
	assert_int_equal(grid_size(&grid, 24, 80), 0);
	assert_int_equal(refresher_start(&refresher, &source), 0);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	return set_up_on(TEST_RECORDING);
}

static int tear_down(void **state)
{
	(void)state;
	source_close(&source);
	grid_free(&grid);
	ui_free(&ui);
	return 0;
}

static void ask(int step)
{
	const struct source_wish wish = source_wish(&source, &options, step);

	refresher_ask(&refresher, &wish);
}

/* Draws until it is there, as a person does who types; the status it came with. */
static int draw_until_there(void)
{
	struct pollfd done = { .fd = refresher.done_fd, .events = POLLIN };
	int status;

	do
		screen_draw(&grid, &ui, &source.record);
	while (!poll(&done, 1, 0));
	assert_true(refresher_receive(&refresher, &status));
	assert_false(refresher.is_busy);
	if (!status)
		assert_int_equal(source_tell(&source, &ui), 0);
	return status;
}

/* However slow this machine is just now. */
static void stop(void)
{
	while (!refresher_stop(&refresher))
		;
}

/* Forwards and back, many times: after each step it is the record of that place. */
static void test_refresher__each_record_once(void **state)
{
	double times[RECORDS];
	int status;

	(void)state;
	for (int i = 0; i < RECORDS; i++) {
		times[i] = source.record.time;
		ask(1);
		assert_int_equal(draw_until_there(), i < RECORDS - 1 ? 0 : -1);
	}
	for (int round = 0; round < 40; round++)
		for (int i = RECORDS - 2; i > -RECORDS; i--) {
			ask(i >= 0 ? -1 : 1);
			assert_int_equal(draw_until_there(), 0);
			assert_true(source.record.time == times[i >= 0 ? i : -i]);
		}

	assert_false(refresher_receive(&refresher, &status));
	stop();
}

/* Nothing is shown in place of what cannot be read, and there are words for it. */
static void test_refresher__says_what_is_wrong(void **state)
{
	char path[] = "/tmp/tiertop-refresher-XXXXXX";
	FILE *good = fopen(TEST_RECORDING, "re"), *bad;
	SCOPED_FREE char *line = NULL;
	size_t room = 0;
	double shown;

	(void)state;
	bad = fdopen(mkstemp(path), "w");
	assert_true(good && bad && getline(&line, &room, good) > 0);
	fprintf(bad, "%s{\"tiertop\":2}\n", line);
	fclose(good);
	fclose(bad);
	set_up_on(path);
	shown = source.record.time;

	ask(1);
	assert_int_equal(draw_until_there(), STATUS_FAILED);
	assert_non_null(strstr(source.why, "record 2"));
	assert_true(source.record.time == shown);

	stop();
	unlink(path);
}

/* With a record that nobody takes any more; and with none. */
static void test_refresher__ends_at_any_time(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		ask(i % 2 ? 1 : -1);
		stop();
		assert_int_equal(refresher_start(&refresher, &source), 0);
		stop();
		assert_int_equal(refresher_start(&refresher, &source), 0);
	}
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refresher__each_record_once, set_up,
						tear_down),
		cmocka_unit_test_teardown(test_refresher__says_what_is_wrong, tear_down),
		cmocka_unit_test_setup_teardown(test_refresher__ends_at_any_time, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
