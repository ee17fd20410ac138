// SPDX-License-Identifier: GPL-2.0-or-later
// tiertop: opens what is asked for, and goes round: a record that has come, the screen, a key.
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "act.h"
#include "batch.h"
#include "config.h"
#include "refresher.h"
#include "standard_streams.h"
#include "term.h"
#include "typed.h"

struct app {
	struct options *options;
	struct ui *ui;
	struct source source;
	struct refresher refresher;
	struct grid grid;
	struct doing doing;
	double next;	/* when a record is due */
	uint64_t n_due; /* so many were, besides those that keys have asked for */
	int step;	/* through a recording, wanted now; 0: none */
	bool wants_now, is_over;
	int status;
	char why[sizeof(((struct source *)0)->why)]; /* of a status; "" */
};

static double now_s(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void end(struct app *app, int status, const char *why)
{
	app->status = status;
	app->is_over = true;
	snprintf(app->why, sizeof(app->why), "%s", why);
}

static void ask(struct app *app)
{
	const int step = app->step ? app->step : 1;
	const bool is_due = !app->ui->paused && now_s() >= app->next;
	struct source_wish wish;

	if (app->refresher.is_busy || (!app->wants_now && !app->step && !is_due))
		return;
	app->n_due += is_due;
	if (app->options->count && app->n_due >= app->options->count) {
		app->is_over = true;
		return;
	}
	wish = source_wish(&app->source, app->options, step);
	refresher_ask(&app->refresher, &wish);
	app->wants_now = false;
	app->step = 0;
}

/* A recording that has ended stays at its last record. */
static void receive(struct app *app)
{
	int status;

	if (!refresher_receive(&app->refresher, &status))
		return;
	app->next = now_s() + app->ui->interval;
	if (status > 0)
		end(app, status, app->source.why);
	else if (status < 0)
		app->ui->paused = true;
	else if (source_tell(&app->source, app->ui))
		end(app, STATUS_FAILED, "out of memory");
}

static void save(struct ui *ui)
{
	int ret = config_save(ui);

	snprintf(ui->message, sizeof(ui->message), "%s", ret ? strerror(-ret) : "saved");
}

static void act(struct app *app)
{
	if (app->source.live)
		act_begin(&app->doing, app->ui);
	else
		snprintf(app->ui->message, sizeof(app->ui->message),
			 "a recording cannot be changed");
}

static void copy_command(struct ui *ui)
{
	SCOPED_STRBUF struct strbuf command = { 0 };
	int ret = action_command(ui, &command);

	if (!ret)
		term_copy(strbuf_text(&command));
	snprintf(ui->message, sizeof(ui->message), "%s",
		 ret ? strerror(-ret) : "handed to the terminal's clipboard");
}

static void carry_out(struct app *app, enum request request)
{
	switch (request) {
	case REQUEST_QUIT:
		app->is_over = true;
		break;
	case REQUEST_NOW:
		app->wants_now = !app->source.tape;
		break;
	case REQUEST_SAVE:
		save(app->ui);
		break;
	case REQUEST_COPY:
		copy_command(app->ui);
		break;
	case REQUEST_ACT:
		act(app);
		break;
	case REQUEST_STOP:
		act_stop(&app->doing, app->ui);
		break;
	case REQUEST_STEP:
		if (app->source.tape) {
			app->ui->paused = true;
			app->step += app->ui->step;
		}
		break;
	case REQUEST_NONE:
		break;
	}
}

/* A record that has come ends the waiting, too. */
static int wait_ms(const struct app *app)
{
	double left = app->next - now_s();

	if (app->refresher.is_busy)
		return 1000;
	if (act_is_busy(&app->doing) || app->wants_now || app->step)
		return 0;
	if (app->ui->paused || left > 1)
		return 1000;
	return left > 0 ? (int)(left * 1000) + 1 : 0;
}

static int show(struct app *app)
{
	int rows, columns;

	term_size(&rows, &columns);
	if (rows != app->grid.rows || columns != app->grid.columns)
		if (grid_size(&app->grid, rows, columns))
			return -ENOMEM;
	screen_draw(&app->grid, app->ui, &app->source.record);
	term_show(&app->grid, (int)app->ui->theme);
	return 0;
}

static void take_key(struct app *app)
{
	const struct record *record = &app->source.record;
	struct term_event event = term_wait(wait_ms(app), app->refresher.done_fd);

	if (event.is_click)
		carry_out(app, ui_click(app->ui, record, event.row, event.column));
	else if (event.key)
		carry_out(app, ui_key(app->ui, record, event.key));
}

/* What is done to processes uses what the source reads from, too, so both take turns. */
static void go_round(struct app *app)
{
	while (!app->is_over && !term_ended_by()) {
		receive(app);
		if (!app->refresher.is_busy)
			act_step(&app->doing, app->source.live, app->ui);
		ask(app);
		if (app->is_over)
			break;
		if (show(app)) {
			end(app, STATUS_FAILED, "out of memory");
			break;
		}
		take_key(app);
	}
}

static int first_record(struct app *app)
{
	int status = source_next(&app->source, app->options, 1);

	if (!status && source_tell(&app->source, app->ui))
		status = fail(STATUS_FAILED, "out of memory");
	if (!status && app->options->keys)
		status = typed_keys(app->options->keys, app->ui, &app->source,
				    app->options);
	app->next = now_s() + app->ui->interval;
	return status;
}

/* By the signal that asked for it, if one did. */
static int end_by_signal(int status)
{
	int number = term_ended_by();

	if (number) {
		signal(number, SIG_DFL);
		raise(number);
	}
	return status;
}

/* One that hangs in the kernel still uses everything, so nothing is taken from it. */
static void stop_refreshing(struct app *app)
{
	if (!refresher_stop(&app->refresher))
		_exit(end_by_signal(app->status));
}

static int run_screen(struct app *app)
{
	const char *no_color = getenv("NO_COLOR");
	int status = first_record(app), ret;

	if (status)
		return status;
	if (term_open(!no_color || !*no_color))
		return fail(STATUS_UNSUPPORTED,
			    "terminal: it is none, or cannot place a cursor; --once and "
			    "--batch do without");
	app->ui->ascii |= !term_has_utf8();
	ret = refresher_start(&app->refresher, &app->source);
	if (ret) {
		term_close();
		return fail(STATUS_FAILED, "processes: look: %s", strerror(-ret));
	}
	go_round(app);
	act_stop(&app->doing, app->ui);
	term_close();
	if (app->status)
		fail(app->status, "%s", app->why);
	stop_refreshing(app);
	return app->status;
}

static int run(struct options *options)
{
	struct app app = { .options = options, .ui = options->ui };
	int status = source_open(&app.source, options);

	if (!status)
		status = options->batch ? batch_run(&app.source, options) :
					  run_screen(&app);
	source_close(&app.source);
	grid_free(&app.grid);
	return end_by_signal(status);
}

static bool wants_config(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--no-config"))
			return false;
	return true;
}

/* One heap for both threads, as a second would keep what it once had; and large arrays beside it, as
 * they come and go, two records of them in turn, and would leave holes. With 10,000 processes that
 * is 3.5 MiB less. */
static void use_little_memory(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

int main(int argc, char **argv)
{
	struct ui ui;
	struct options options = { .ui = &ui };
	int status;

	hold_standard_streams();
	use_little_memory();
	ui_init(&ui);
	if (wants_config(argc, argv))
		config_load(&ui);
	status = options_parse(&options, argc, argv);
	if (status) {
		ui_free(&ui);
		return status - 1;
	}
	ui.readonly = options.readonly || (geteuid() && !options.actions);
	ui.mappings_of = (int)options.mappings_of;
	ui.heat_for = (int)options.heat_of;
	if (ui.heat_for && ui.readonly && !options.replay) {
		ui_free(&ui);
		return fail(STATUS_DENIED,
			    "--heat: starts a thread of the kernel, which is "
			    "an action; --actions allows them");
	}
	ui.heat_of = options.replay ? 0 : ui.heat_for;
	if (options.heat_of)
		ui.view = VIEW_HEAT;
	else if (options.mappings_of)
		ui.view = VIEW_MAPPINGS;
	else if (options.groups)
		ui.view = VIEW_GROUPS;
	status = run(&options);
	ui_free(&ui);
	return status;
}
