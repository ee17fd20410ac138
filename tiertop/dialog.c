// SPDX-License-Identifier: GPL-2.0-or-later
// What may be done to a process or to one of its mappings: choose, see the command that does the
// same, confirm. Does nothing itself.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "views.h"

static const struct {
	const char *option; /* of tierctl policy; NULL: tierctl migrate */
	const char *policy; /* of tier_policy_parse() */
	const char *words;
	bool needs_tier;
} deeds[DEEDS] = {
	{ NULL, NULL, "move its pages to", true },
	{ "--prefer", "prefer", "have it prefer", true },
	{ "--bind", "bind", "bind it to", true },
	{ "--interleave", "interleave", "interleave over all tiers", false },
	{ "--default", "default", "take its policy away", false },
};

const char *action_command(const struct action *action, char *buf, size_t size)
{
	char range[64] = "", tier[24] = "";
	const char *option = deeds[action->deed].option;

	if (action->end)
		snprintf(range, sizeof(range), " --%s %" PRIx64 "-%" PRIx64,
			 option ? "mapping" : "only", action->start, action->end);
	if (deeds[action->deed].needs_tier)
		snprintf(tier, sizeof(tier), " tier:%d", action->tier);
	else if (action->deed == DEED_INTERLEAVE)
		snprintf(tier, sizeof(tier), " all");
	if (option)
		snprintf(buf, size, "tierctl policy %d %s%s%s", action->pid, option, tier,
			 range);
	else
		snprintf(buf, size, "tierctl migrate %d --to%s%s", action->pid, tier,
			 range);
	return buf;
}

const char *action_policy(const struct action *action, char *buf, size_t size)
{
	const char *policy = deeds[action->deed].policy;

	if (!policy)
		snprintf(buf, size, "%s", "");
	else if (deeds[action->deed].needs_tier)
		snprintf(buf, size, "%s:tier:%d", policy, action->tier);
	else
		snprintf(buf, size, "%s%s", policy,
			 action->deed == DEED_INTERLEAVE ? ":all" : "");
	return buf;
}

/* ---- lines: each deed, with each tier where it needs one --------------------------------- */

static int lines_of(const struct record *record)
{
	int lines = 0;

	for (int deed = 0; deed < DEEDS; deed++)
		lines += deeds[deed].needs_tier ? (int)record->n_tiers : 1;
	return lines;
}

static void choose(struct action *action, const struct record *record, int line)
{
	for (int deed = 0; deed < DEEDS; deed++) {
		int lines = deeds[deed].needs_tier ? (int)record->n_tiers : 1;

		if (line < lines) {
			action->deed = (enum deed)deed;
			action->tier = line;
			return;
		}
		line -= lines;
	}
}

void dialog_open(struct ui *ui, const struct record *record)
{
	const struct rec_process *process = ui_process(ui, record);

	if (!process)
		return;
	ui->action = (struct action){ .pid = process->pid };
	if (ui->view == VIEW_MAPPINGS && ui->selected < record->n_mappings) {
		ui->action.start = record->mappings[ui->selected].start;
		ui->action.end = ui->action.start + record->mappings[ui->selected].bytes;
	}
	ui->dialog = DIALOG_CHOOSE;
	ui->choice = 0;
	ui->message[0] = '\0';
}

static enum request confirm_key(struct ui *ui, int key)
{
	if (key == 'c' || key == 'C')
		return REQUEST_COPY;
	if ((key == 'y' || key == 'Y') && !ui->readonly) {
		ui->dialog = DIALOG_DONE;
		ui->message[0] = '\0';
		return REQUEST_ACT;
	}
	if (key == KEY_ESCAPE || key == 'q' || key == 'n' || key == 'N')
		ui->dialog = DIALOG_NONE;
	return REQUEST_NONE;
}

static enum request choose_key(struct ui *ui, const struct record *record, int key)
{
	int lines = lines_of(record);

	if (key == KEY_ESCAPE || key == 'q' || key == KEY_F10)
		ui->dialog = DIALOG_NONE;
	if (key == KEY_GO_UP && ui->choice > 0)
		ui->choice--;
	if (key == KEY_GO_DOWN && ui->choice + 1 < lines)
		ui->choice++;
	if (key == KEY_RETURN) {
		choose(&ui->action, record, ui->choice);
		ui->dialog = DIALOG_CONFIRM;
	}
	return REQUEST_NONE;
}

enum request dialog_key(struct ui *ui, const struct record *record, int key)
{
	switch (ui->dialog) {
	case DIALOG_CHOOSE:
		return choose_key(ui, record, key);
	case DIALOG_CONFIRM:
		return confirm_key(ui, key);
	case DIALOG_DONE:
		ui->dialog = DIALOG_NONE;
		return ui->progress >= 0 ? REQUEST_STOP : REQUEST_NONE;
	case DIALOG_NONE:
		break;
	}
	return REQUEST_NONE;
}

/* ---- drawn ---------------------------------------------------------------------------------- */

static void clear_box(const struct drawing *drawing, int first, int rows)
{
	for (int row = first; row < first + rows; row++)
		for (int column = 0; column < drawing->grid->columns; column++)
			grid_char(drawing->grid, row, column, STYLE_PLAIN,
				  row == first || row == first + rows - 1 ? '-' : ' ');
}

static void draw_choices(const struct drawing *drawing, int row)
{
	const struct ui *ui = drawing->ui;
	const struct record *record = drawing->record;
	int rows = drawing->grid->rows - row - 3, lines = lines_of(record);
	int top = ui->choice >= rows ? ui->choice - rows + 1 : 0;

	for (int line = top; line < lines && line < top + rows; line++) {
		struct action action = ui->action;
		const char *kind = "";
		char tier[64] = "";

		choose(&action, record, line);
		if (deeds[action.deed].needs_tier) {
			kind = record->tiers[action.tier].kind;
			snprintf(tier, sizeof(tier), " tier %d (%.20s)", action.tier,
				 *kind ? kind : "-");
		}
		grid_printf(drawing->grid, grid_line(drawing->grid, row + line - top),
			    line == ui->choice ? STYLE_SELECTED : STYLE_PLAIN, " %s%s",
			    deeds[action.deed].words, tier);
	}
}

static void draw_confirm(const struct drawing *drawing, int row)
{
	char command[256];

	grid_put(drawing->grid, grid_line(drawing->grid, row), STYLE_BOLD,
		 action_command(&drawing->ui->action, command, sizeof(command)));
	grid_put(drawing->grid, grid_line(drawing->grid, row + 1),
		 drawing->ui->readonly ? STYLE_WARN : STYLE_PLAIN,
		 drawing->ui->readonly ? "Read-only; --actions. c copy, Esc back" :
					 "y do it, c copy, Esc back");
}

static void draw_progress(const struct drawing *drawing, int row)
{
	const struct ui *ui = drawing->ui;
	int width = drawing->grid->columns - 2;

	if (ui->progress < 0)
		return;
	for (int i = 0; i < (int)(ui->progress * width); i++)
		grid_char(drawing->grid, row, 1 + i, STYLE_UP, '#');
}

void draw_dialog(const struct drawing *drawing)
{
	const struct ui *ui = drawing->ui;
	int rows = ui->dialog == DIALOG_CHOOSE ? lines_of(drawing->record) + 3 : 6;
	int first;

	if (ui->dialog == DIALOG_NONE)
		return;
	rows = rows < drawing->grid->rows - 1 ? rows : drawing->grid->rows - 1;
	first = drawing->grid->rows - 1 - rows;
	clear_box(drawing, first, rows);
	grid_printf(drawing->grid, grid_line(drawing->grid, first), STYLE_BOLD,
		    "- Process %d%s ", ui->action.pid,
		    ui->action.end ? ", one mapping" : "");
	if (ui->dialog == DIALOG_CHOOSE)
		draw_choices(drawing, first + 1);
	if (ui->dialog != DIALOG_CHOOSE)
		draw_confirm(drawing, first + 1);
	if (ui->dialog == DIALOG_DONE) {
		grid_paint(drawing->grid, grid_line(drawing->grid, first + 2),
			   STYLE_PLAIN);
		for (int column = 0; column < drawing->grid->columns; column++)
			grid_char(drawing->grid, first + 2, column, STYLE_PLAIN, ' ');
		draw_progress(drawing, first + 2);
	}
	grid_put(drawing->grid, grid_line(drawing->grid, first + 3), STYLE_WARN,
		 ui->message);
}
