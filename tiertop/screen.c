// SPDX-License-Identifier: GPL-2.0-or-later
// The whole screen: title, tiers, one view, keys.
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "views.h"

const char *const view_names[VIEWS] = { "processes", "groups", "mappings",
					"heat",	     "help",   "setup" };

static void (*const draw_view[VIEWS])(const struct drawing *drawing, int row) = {
	draw_processes, draw_groups, draw_mappings, draw_heat, draw_help, draw_setup,
};

int draw_lines(const struct drawing *drawing, const struct lines *lines, const char *text)
{
	int width = drawing->grid->columns > 1 ? drawing->grid->columns : 1;
	size_t gap = strlen(lines->gap);
	int row = lines->row;

	for (; *text && row < lines->end; row++) {
		int len = (int)strnlen(text, (size_t)width), end = len;

		while (text[len] && row + 1 < lines->end && end &&
		       strncmp(text + end, lines->gap, gap) != 0)
			end--;
		end = end ? end : len;
		grid_printf(drawing->grid, grid_line(drawing->grid, row), lines->style,
			    "%.*s", end, text);
		text += end;
		text += strncmp(text, lines->gap, gap) ? 0 : gap;
	}
	return row;
}

static void draw_title(const struct drawing *drawing)
{
	const struct record *record = drawing->record;
	const struct ui *ui = drawing->ui;
	/* A file may say anything. */
	bool is_time = record->time >= 0 && record->time < 1e11;
	time_t seconds = is_time ? (time_t)record->time : 0;
	struct tm when = { 0 };
	char clock[16] = "", right[64];
	struct spot line = grid_line(drawing->grid, 0);

	if (gmtime_r(&seconds, &when))
		strftime(clock, sizeof(clock), "%H:%M:%S", &when);
	line.column = grid_put(drawing->grid, line, STYLE_BOLD, "tiertop ");
	line.column = grid_printf(drawing->grid, line, STYLE_DIM, "%sZ  %zu processes",
				  clock, record->n_processes);
	if (ui->replay_of)
		line.column = grid_printf(drawing->grid, line, STYLE_DIM, "  %zu/%zu",
					  ui->replay_at, ui->replay_of);
	if (ui->paused)
		line.column = grid_put(drawing->grid, line, STYLE_WARN, "  PAUSED");
	if (ui->follow)
		line.column = grid_printf(drawing->grid, line, STYLE_WARN, "  follows %d",
					  ui->follow);
	if (*ui->user)
		line.column = grid_printf(drawing->grid, line, STYLE_WARN, "  user %s",
					  ui->user);
	if (*ui->filter)
		line.column = grid_printf(
			drawing->grid, line, STYLE_WARN,
			ui->bad_regex ? "  no regex: %s" : "  filter: %s", ui->filter);
	snprintf(right, sizeof(right), " cost %.1f ms CPU", record->cpu_ms);
	if (drawing->grid->columns >= 60)
		grid_put_right(drawing->grid, line, STYLE_DIM, right);
}

/* What the cost was made of, where there is room. */
static void draw_cost(const struct drawing *drawing, struct spot line)
{
	const struct record *record = drawing->record;
	char text[160];

	snprintf(text, sizeof(text),
		 " %.0f pages asked, %.0f looked at, %.0f counted, %.0f waiting",
		 (double)record->asked, (double)record->looks, (double)record->walks,
		 (double)record->waiting);
	if (line.end - line.column > (int)strlen(text))
		grid_put_right(drawing->grid, line, STYLE_DIM, text);
}

static const struct {
	const char *key, *words;
	int number;
} keys[] = {
	{ "F1", "Help", 1 },   { "F2", "Setup", 2 },  { "F3", "Search", 3 },
	{ "F4", "Filter", 4 }, { "F5", "Tree", 5 },   { "F6", "Sort", 6 },
	{ "F9", "Act", 9 },    { "F10", "Quit", 10 },
};

int key_at(int column)
{
	int end = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		end += (int)(strlen(keys[i].key) + strlen(keys[i].words)) + 1;
		if (column < end)
			return KEY_F1 + keys[i].number - 1;
	}
	return 0;
}

static void draw_keys(const struct drawing *drawing)
{
	const struct ui *ui = drawing->ui;
	struct spot line = grid_line(drawing->grid, drawing->grid->rows - 1);

	if (ui->prompt) {
		grid_printf(drawing->grid, line, STYLE_BOLD, "%s: %s_",
			    ui->prompt == PROMPT_SEARCH ? "Search" : "Filter", ui->typed);
		return;
	}
	if (*ui->message && !ui->dialog) {
		grid_put(drawing->grid, line, STYLE_WARN, ui->message);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		line.column = grid_put(drawing->grid, line, STYLE_KEY, keys[i].key);
		line.column = grid_printf(drawing->grid, line, STYLE_PLAIN, "%s ",
					  keys[i].words);
	}
	draw_cost(drawing, line);
}

void screen_draw(struct grid *grid, struct ui *ui, const struct record *record)
{
	const struct drawing drawing = { grid, ui, record };
	int row = 0;

	grid_clear(grid);
	if (grid->rows < 3)
		return;
	draw_title(&drawing);
	row = draw_tiers(&drawing, 1);
	draw_view[ui->view](&drawing, row);
	draw_dialog(&drawing);
	draw_keys(&drawing);
}
