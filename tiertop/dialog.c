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
	{ "--weighted", "weighted", "interleave by the kernel's weights", false },
	{ "--default", "default", "take its policy away", false },
};

/* What stands behind the option, or behind the policy's colon. */
static const char *target(const struct action *action, char buf[ACTION_WEIGHTS])
{
	if (deeds[action->deed].needs_tier)
		snprintf(buf, ACTION_WEIGHTS, "tier:%d", action->tier);
	else if (action->deed == DEED_WEIGHTED)
		strcpy(buf, action->weights);
	else
		strcpy(buf, action->deed == DEED_INTERLEAVE ? "all" : "");
	return buf;
}

/* A shell's variable where there are several. */
static int add_command(const struct action *action, const char *pid, struct strbuf *out)
{
	const char *option = deeds[action->deed].option;
	char text[ACTION_WEIGHTS];
	int ret;

	target(action, text);
	ret = strbuf_printf(out, "tierctl %s %s %s%s%s", option ? "policy" : "migrate",
			    pid, option ? option : "--to", *text ? " " : "", text);
	if (!ret && action->end)
		ret = strbuf_printf(out, " --%s %" PRIx64 "-%" PRIx64,
				    option ? "mapping" : "only", action->start,
				    action->end);
	return ret;
}

int action_command(const struct ui *ui, struct strbuf *out)
{
	char pid[16];
	int ret;

	snprintf(pid, sizeof(pid), "%d", ui->action.pid);
	if (!ui->action.is_tagged)
		return add_command(&ui->action, pid, out);
	ret = strbuf_puts(out, "for pid in");
	for (size_t i = 0; !ret && i < ui->tagged.n; i++)
		ret = strbuf_printf(out, " %d", ui->tagged.tag[i].pid);
	ret = ret ? ret : strbuf_puts(out, "; do ");
	ret = ret ? ret : add_command(&ui->action, "$pid", out);
	return ret ? ret : strbuf_puts(out, "; done");
}

const char *action_policy(const struct action *action, char buf[ACTION_POLICY])
{
	const char *policy = deeds[action->deed].policy;
	char text[ACTION_WEIGHTS];

	target(action, text);
	snprintf(buf, ACTION_POLICY, "%s%s%s", policy ? policy : "",
		 policy && *text ? ":" : "", policy ? text : "");
	return buf;
}

/* Those of the system: another ratio for one process alone is nothing that a kernel has. GPU memory
 * takes part only when it is named. */
static void note_weights(struct action *action, const struct record *record)
{
	size_t at = 0;

	action->weights[0] = '\0';
	for (size_t i = 0; i < record->n_tiers && i < RECORD_TIERS; i++) {
		const struct rec_tier *tier = &record->tiers[i];

		if (!tier->weight.is_known || tier->weight.value < 1 ||
		    tier->weight.value > 255 || !strcmp(tier->kind, "gpu"))
			continue;
		at += (size_t)snprintf(action->weights + at, ACTION_WEIGHTS - at,
				       "%stier:%zu=%.0f", at ? "," : "", i,
				       tier->weight.value);
	}
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
			note_weights(action, record);
			return;
		}
		line -= lines;
	}
}

static bool is_possible(const struct action *action)
{
	return action->deed != DEED_WEIGHTED || *action->weights;
}

void dialog_open(struct ui *ui, const struct record *record)
{
	const struct rec_process *process = ui_process(ui, record);

	if (!process)
		return;
	/* Who opened them means one of them, and not the whole process. */
	if (ui->view == VIEW_MAPPINGS && record->mappings_of != ui->mappings_of) {
		snprintf(ui->message, sizeof(ui->message),
			 "its mappings are not there yet");
		return;
	}
	ui->action = (struct action){ .pid = process->pid };
	if (ui->view == VIEW_PROCESSES && ui->tagged.n)
		ui->action = (struct action){ .is_tagged = true };
	if (ui->view == VIEW_MAPPINGS && ui->selected < ui_mappings(ui, record)) {
		const struct rec_mapping *mapping = &record->mappings[ui->selected];

		ui->action.start = mapping->start;
		ui->action.end = mapping->start + mapping->bytes;
		for (size_t i = 0; mapping->tiers && i <= record->n_tiers; i++)
			ui->action.resident += (double)mapping->tiers[i];
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
		if (is_possible(&ui->action))
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

static const char *object(const struct action *action, const struct record *record,
			  char buf[ACTION_WEIGHTS + 64])
{
	const size_t size = ACTION_WEIGHTS + 64;

	buf[0] = '\0';
	if (action->deed == DEED_WEIGHTED)
		snprintf(buf, size, *action->weights ? ", %s" : ": n/a, it has none%s",
			 *action->weights ? action->weights : " (Linux 6.9 has)");
	if (deeds[action->deed].needs_tier) {
		const char *kind = record->tiers[action->tier].kind;

		snprintf(buf, size, " tier %d (%.20s)", action->tier, *kind ? kind : "-");
	}
	return buf;
}

static void draw_choices(const struct drawing *drawing, int row)
{
	const struct ui *ui = drawing->ui;
	const struct record *record = drawing->record;
	int rows = drawing->grid->rows - row - 3, lines = lines_of(record);
	int top = ui->choice >= rows ? ui->choice - rows + 1 : 0;

	for (int line = top; line < lines && line < top + rows; line++) {
		struct action action = ui->action;
		char what[ACTION_WEIGHTS + 64];
		enum style style = STYLE_PLAIN;

		choose(&action, record, line);
		if (!is_possible(&action))
			style = STYLE_DIM;
		grid_printf(drawing->grid, grid_line(drawing->grid, row + line - top),
			    line == ui->choice ? STYLE_SELECTED : style, " %s%s",
			    deeds[action.deed].words, object(&action, record, what));
	}
}

/* Of a command that is wider than the screen the end: that is what will be done. */
static void draw_command(const struct drawing *drawing, int row)
{
	SCOPED_STRBUF struct strbuf command = { 0 };
	size_t room = (size_t)drawing->grid->columns;
	const char *text;

	if (action_command(drawing->ui, &command))
		return;
	text = strbuf_text(&command);
	if (command.len > room && drawing->ui->action.is_tagged)
		text += command.len - room;
	grid_put(drawing->grid, grid_line(drawing->grid, row), STYLE_BOLD, text);
}

static void draw_confirm(const struct drawing *drawing, int row)
{
	draw_command(drawing, row);
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

/* Of the process or the mapping, now. "": not known, as for one whose mappings are not counted. */
static const char *policy_now(const struct action *action, const struct record *record)
{
	const struct rec_process *process = record_process(record, action->pid);

	if (!action->end)
		return process ? process->policy : "";
	for (size_t i = 0; i < record->n_mappings; i++)
		if (record->mappings_of == action->pid &&
		    record->mappings[i].start == action->start)
			return record->mappings[i].policy;
	return "";
}

static void draw_whom(const struct drawing *drawing, int row)
{
	const struct ui *ui = drawing->ui;
	const char *policy = policy_now(&ui->action, drawing->record);

	if (ui->action.is_tagged)
		grid_printf(drawing->grid, grid_line(drawing->grid, row), STYLE_BOLD,
			    "- %zu tagged processes ", ui->tagged.n);
	else
		grid_printf(drawing->grid, grid_line(drawing->grid, row), STYLE_BOLD,
			    "- Process %d%s, policy %s ", ui->action.pid,
			    ui->action.end ? ", one mapping" : "",
			    *policy ? policy : "n/a");
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
	draw_whom(drawing, first);
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
