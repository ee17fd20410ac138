// SPDX-License-Identifier: GPL-2.0-or-later
// tiertop: opens what is asked for, and goes round: a record, the screen, a key.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "act.h"
#include "batch.h"
#include "config.h"
#include "term.h"
#include "typed.h"

struct app {
	struct options *options;
	struct ui *ui;
	struct source source;
	struct grid grid;
	struct doing doing;
	double next; /* when a record is due */
	bool wants_now, is_over;
	int status;
};

static double now_s(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A recording that has ended stays at its last record. */
static void take(struct app *app, int step)
{
	int status = source_next(&app->source, app->options, step);

	app->next = now_s() + app->ui->interval;
	app->wants_now = false;
	if (status > 0 || (!status && ui_take(app->ui, &app->source.record, true))) {
		app->status = status > 0 ? status : STATUS_FAILED;
		app->is_over = true;
	}
	if (status < 0)
		app->ui->paused = true;
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
			take(app, app->ui->step);
		}
		break;
	case REQUEST_NONE:
		break;
	}
}

static int wait_ms(const struct app *app)
{
	double left = app->next - now_s();

	if (act_is_busy(&app->doing) || app->wants_now)
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

static void go_round(struct app *app)
{
	while (!app->is_over && !term_ended_by()) {
		struct term_event event;
		enum request request = REQUEST_NONE;

		if (app->wants_now || (!app->ui->paused && now_s() >= app->next))
			take(app, 1);
		act_step(&app->doing, app->source.live, app->ui);
		if (app->is_over)
			break;
		if (show(app)) {
			app->status = STATUS_FAILED;
			break;
		}
		event = term_wait(wait_ms(app));
		if (event.is_click)
			request = ui_click(app->ui, &app->source.record, event.row,
					   event.column);
		else if (event.key)
			request = ui_key(app->ui, &app->source.record, event.key);
		carry_out(app, request);
	}
}

static int first_record(struct app *app)
{
	int status = source_next(&app->source, app->options, 1);

	if (!status && ui_take(app->ui, &app->source.record, true))
		status = fail(STATUS_FAILED, "out of memory");
	if (!status && app->options->keys)
		status = typed_keys(app->options->keys, app->ui, &app->source,
				    app->options);
	app->next = now_s() + app->ui->interval;
	return status;
}

static int run_screen(struct app *app)
{
	const char *no_color = getenv("NO_COLOR");
	int status = first_record(app);

	if (status)
		return status;
	if (term_open(!no_color || !*no_color))
		return fail(STATUS_UNSUPPORTED,
			    "terminal: it is none, or cannot place a cursor; --once and "
			    "--batch do without");
	app->ui->ascii |= !term_has_utf8();
	go_round(app);
	act_stop(&app->doing, app->ui);
	term_close();
	return app->status;
}

static int run(struct options *options)
{
	struct app app = { .options = options, .ui = options->ui };
	int status = source_open(&app.source, options), signal_number;

	if (!status)
		status = options->batch ? batch_run(&app.source, options) :
					  run_screen(&app);
	source_close(&app.source);
	grid_free(&app.grid);
	signal_number = term_ended_by();
	if (signal_number) {
		signal(signal_number, SIG_DFL);
		raise(signal_number);
	}
	return status;
}

static bool wants_config(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--no-config"))
			return false;
	return true;
}

int main(int argc, char **argv)
{
	struct ui ui;
	struct options options = { .ui = &ui };
	int status;

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
