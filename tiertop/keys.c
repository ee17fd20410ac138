// SPDX-License-Identifier: GPL-2.0-or-later
// What keys do: those that fingers know from htop, btop and numatop.
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "views.h"

void ui_init(struct ui *ui)
{
	*ui = (struct ui){ .sort = COLUMN_RESIDENT, .interval = 1, .progress = -1 };
}

static void drop_regex(struct ui *ui)
{
	if (ui->has_regex)
		regfree(&ui->regex);
	ui->has_regex = false;
	ui->bad_regex = false;
}

void ui_free(struct ui *ui)
{
	drop_regex(ui);
	free(ui->rows);
	tags_free(&ui->tagged);
	tags_free(&ui->folded);
	*ui = (struct ui){ 0 };
}

#define MOST_REPETITIONS 8

/* regcomp(3) of glibc doubles what it builds with each repetition of a repetition, and copies what
 * stands before a "{n}" so often: a line that somebody mistyped must not hang us. */
static bool is_harmless(const char *regex)
{
	int repetitions = 0;

	for (const char *at = regex; *at; at++) {
		if (*at == '\\' && at[1]) {
			at++;
			continue;
		}
		if (*at == '{')
			return false;
		if (!strchr("*+?", *at))
			continue;
		if (at[1] && strchr("*+?", at[1]))
			return false;
		repetitions++;
	}
	return repetitions <= MOST_REPETITIONS;
}

/* "!regex", or a part of the command, the name or the user. */
void ui_set_filter(struct ui *ui, const char *text)
{
	drop_regex(ui);
	snprintf(ui->filter, sizeof(ui->filter), "%s", text);
	if (*ui->filter != '!')
		return;
	ui->has_regex = is_harmless(ui->filter + 1) &&
			!regcomp(&ui->regex, ui->filter + 1,
				 REG_EXTENDED | REG_ICASE | REG_NOSUB);
	ui->bad_regex = !ui->has_regex;
}

size_t ui_mappings(const struct ui *ui, const struct record *record)
{
	return record->mappings_of == ui->mappings_of ? record->n_mappings : 0;
}

size_t ui_count(const struct ui *ui, const struct record *record)
{
	switch (ui->view) {
	case VIEW_PROCESSES:
		return ui->n_rows;
	case VIEW_GROUPS:
		return record->n_groups;
	case VIEW_MAPPINGS:
		return ui_mappings(ui, record);
	case VIEW_HEAT:
		return record->heat_of == ui->heat_for ? record->n_regions : 0;
	case VIEW_SETUP:
		return SETUP_LINES;
	default:
		return 64;
	}
}

const struct rec_process *ui_process(const struct ui *ui, const struct record *record)
{
	if (ui->view == VIEW_MAPPINGS)
		return record_process(record, ui->mappings_of);
	if (ui->view == VIEW_HEAT)
		return record_process(record, ui->heat_for);
	if (ui->view != VIEW_PROCESSES || ui->selected >= ui->n_rows)
		return NULL;
	return &record->processes[ui->rows[ui->selected].index];
}

/* ---- moving ------------------------------------------------------------------------------- */

static void note_selected(struct ui *ui, const struct record *record)
{
	const struct rec_process *process = ui_process(ui, record);

	if (ui->view == VIEW_PROCESSES && process)
		ui->selected_pid = process->pid;
}

static bool move(struct ui *ui, const struct record *record, int key)
{
	size_t count = ui_count(ui, record), page = (size_t)(ui->page > 1 ? ui->page : 1);
	size_t last = count ? count - 1 : 0, at = ui->selected;

	switch (key) {
	case KEY_GO_UP:
	case KEY_WHEEL_UP:
		at -= at > 0;
		break;
	case KEY_GO_DOWN:
	case KEY_WHEEL_DOWN:
		at++;
		break;
	case KEY_PAGE_UP:
		at -= at < page ? at : page;
		break;
	case KEY_PAGE_DOWN:
		at += page;
		break;
	case KEY_FIRST:
		at = 0;
		break;
	case KEY_LAST:
		at = last;
		break;
	default:
		return false;
	}
	ui->selected = at < last ? at : last;
	ui->follow = 0;
	note_selected(ui, record);
	return true;
}

static void show(struct ui *ui, enum view view)
{
	if (view >= VIEW_HELP && ui->view < VIEW_HELP)
		ui->behind = ui->view;
	ui->view = view;
	ui->top = 0;
	ui->selected = 0;
}

static void search(struct ui *ui, const struct record *record, size_t from)
{
	size_t n = ui->n_rows;

	if (ui->view != VIEW_PROCESSES || !*ui->typed)
		return;
	for (size_t i = 0; i < n; i++) {
		size_t at = (from + i) % n;
		const struct rec_process *process =
			&record->processes[ui->rows[at].index];

		if (!strcasestr(ui_command(process), ui->typed) &&
		    !strcasestr(process->name, ui->typed))
			continue;
		ui->selected = at;
		ui->selected_pid = process->pid;
		return;
	}
}

/* ---- a line that is typed ------------------------------------------------------------------ */

static void begin_prompt(struct ui *ui, enum prompt prompt)
{
	ui->prompt = prompt;
	snprintf(ui->typed, sizeof(ui->typed), "%s",
		 prompt == PROMPT_FILTER ? ui->filter : "");
}

static void changed(struct ui *ui, const struct record *record)
{
	if (ui->prompt == PROMPT_SEARCH)
		search(ui, record, ui->selected);
	else
		ui_set_filter(ui, ui->typed);
}

static void prompt_key(struct ui *ui, const struct record *record, int key)
{
	size_t len = strlen(ui->typed);

	if (key == KEY_ESCAPE && ui->prompt == PROMPT_FILTER)
		ui_set_filter(ui, "");
	if (key == KEY_ESCAPE || key == KEY_RETURN) {
		ui->prompt = PROMPT_NONE;
		return;
	}
	if (key == KEY_ERASE && len)
		ui->typed[len - 1] = '\0';
	else if (key >= ' ' && key < 127 && len + 1 < sizeof(ui->typed))
		memcpy(ui->typed + len, (char[2]){ (char)key, '\0' }, 2);
	else
		return;
	changed(ui, record);
}

/* ---- everything else ------------------------------------------------------------------------- */

/* Without memory nothing is tagged. */
static void toggle_tag(struct ui *ui, const struct record *record)
{
	const struct rec_process *process = ui_process(ui, record);

	if (!process || ui->view != VIEW_PROCESSES)
		return;
	if (tags_has(&ui->tagged, process->pid)) {
		tags_remove(&ui->tagged, process->pid);
		return;
	}
	tags_add(&ui->tagged, process);
	if (tags_has(&ui->tagged, process->pid))
		move(ui, record, KEY_GO_DOWN);
}

static void sort_by(struct ui *ui, int column)
{
	if (ui->sort == column)
		ui->reverse = !ui->reverse;
	ui->sort = column;
}

static void sort_next(struct ui *ui, const struct record *record, int step)
{
	int count = COLUMN_TIER + (int)record->n_tiers;

	ui->sort = (ui->sort + step + count) % count;
	/* On a narrow screen no head may tell. */
	if (ui->sort < COLUMN_TIER)
		snprintf(ui->message, sizeof(ui->message), "sorted by %s",
			 column_names[ui->sort]);
	else
		snprintf(ui->message, sizeof(ui->message), "sorted by tier %d",
			 ui->sort - COLUMN_TIER);
}

/* That of the process that is selected alone; again: all. */
static void filter_user(struct ui *ui, const struct record *record)
{
	const struct rec_process *process = ui_process(ui, record);

	if (*ui->user)
		ui->user[0] = '\0';
	else if (process)
		snprintf(ui->user, sizeof(ui->user), "%s", process->user);
}

static void follow(struct ui *ui, const struct record *record)
{
	const struct rec_process *process = ui_process(ui, record);

	ui->follow = ui->follow || !process ? 0 : process->pid;
}

static enum request show_mappings(struct ui *ui, const struct record *record)
{
	const struct rec_process *process = ui_process(ui, record);

	if (ui->view != VIEW_PROCESSES || !process)
		return REQUEST_NONE;
	ui->mappings_of = process->pid;
	show(ui, VIEW_MAPPINGS);
	return REQUEST_NOW;
}

static void show_heat(struct ui *ui, const struct record *record)
{
	const struct rec_process *process = ui_process(ui, record);

	if (!process)
		return;
	ui->heat_for = process->pid;
	show(ui, VIEW_HEAT);
}

/* Beyond an end is at that end. */
#define TO_AN_END (1 << 20)

/* A tenth of a recording. */
static int a_tenth(const struct ui *ui)
{
	size_t tenth = ui->replay_of / 10;

	return tenth < 1 ? 1 : tenth < TO_AN_END ? (int)tenth : TO_AN_END;
}

static enum request step(struct ui *ui, int records)
{
	ui->step = records;
	return REQUEST_STEP;
}

/* Escape goes back, but never out. */
static enum request leave(struct ui *ui, int key)
{
	if (ui->view == VIEW_PROCESSES)
		return key == KEY_ESCAPE ? REQUEST_NONE : REQUEST_QUIT;
	show(ui, ui->view >= VIEW_HELP ? ui->behind : VIEW_PROCESSES);
	return REQUEST_NONE;
}

static enum request change(struct ui *ui, const struct record *record, int key)
{
	switch (key) {
	case 'Z':
	case 'z':
		ui->paused = !ui->paused;
		return ui->paused ? REQUEST_NONE : REQUEST_NOW;
	case 'I':
	case 'r':
		ui->reverse = !ui->reverse;
		break;
	case 't':
	case 'e':
	case KEY_F1 + 4:
		ui->tree = !ui->tree;
		break;
	case 'b':
		ui->bytes = !ui->bytes;
		break;
	case 'T':
		ui->theme = (ui->theme + 1) % THEMES;
		break;
	case 'F':
		follow(ui, record);
		break;
	case ' ':
		toggle_tag(ui, record);
		break;
	case 'U':
		ui->tagged.n = 0;
		break;
	case '+':
	case '-':
		ui_fold(ui, ui_process(ui, record), key == '-');
		break;
	case 'u':
		filter_user(ui, record);
		break;
	case '[':
		ui->interval = ui->interval < 60 ? ui->interval * 2 : 60;
		break;
	case ']':
		ui->interval = ui->interval > 0.2 ? ui->interval / 2 : 0.1;
		break;
	default:
		break;
	}
	return REQUEST_NONE;
}

static enum request sort_key(struct ui *ui, const struct record *record, int key)
{
	switch (key) {
	case '>':
	case KEY_F1 + 5:
	case KEY_GO_RIGHT:
		sort_next(ui, record, 1);
		break;
	case '<':
	case KEY_GO_LEFT:
		sort_next(ui, record, -1);
		break;
	case 'M':
		sort_by(ui, COLUMN_RESIDENT);
		break;
	case 'N':
		sort_by(ui, COLUMN_PID);
		break;
	case 'P':
		sort_by(ui, COLUMN_TIER);
		break;
	default:
		if (key >= '1' && key <= '9' && key - '1' < (int)record->n_tiers)
			sort_by(ui, COLUMN_TIER + key - '1');
		break;
	}
	return change(ui, record, key);
}

static enum request view_key(struct ui *ui, const struct record *record, int key)
{
	switch (key) {
	case '?':
	case 'h':
	case KEY_F1:
		show(ui, VIEW_HELP);
		return REQUEST_NONE;
	case 'S':
	case KEY_F1 + 1:
		show(ui, VIEW_SETUP);
		return REQUEST_NONE;
	case 'g':
		show(ui, VIEW_GROUPS);
		return REQUEST_NOW;
	case 'H':
		show_heat(ui, record);
		return REQUEST_NONE;
	case 'p':
		show(ui, VIEW_PROCESSES);
		return REQUEST_NONE;
	case '\t':
		show(ui, (ui->view + 1) % VIEW_HELP);
		return REQUEST_NOW;
	case KEY_RETURN:
		return show_mappings(ui, record);
	case '/':
	case KEY_F1 + 2:
		begin_prompt(ui, PROMPT_SEARCH);
		return REQUEST_NONE;
	case 'f':
	case '\\':
	case KEY_F1 + 3:
		begin_prompt(ui, PROMPT_FILTER);
		return REQUEST_NONE;
	case 'n':
		search(ui, record, ui->selected + 1);
		return REQUEST_NONE;
	case 'a':
	case 'k':
	case KEY_F1 + 8:
		dialog_open(ui, record);
		return REQUEST_NONE;
	default:
		return sort_key(ui, record, key);
	}
}

static enum request step_key(struct ui *ui, const struct record *record, int key)
{
	switch (key) {
	case ',':
		return step(ui, -1);
	case '.':
		return step(ui, 1);
	case '{':
		return step(ui, -10);
	case '}':
		return step(ui, 10);
	case '(':
		return step(ui, -a_tenth(ui));
	case ')':
		return step(ui, a_tenth(ui));
	case '^':
		return step(ui, -TO_AN_END);
	case '$':
		return step(ui, TO_AN_END);
	default:
		return view_key(ui, record, key);
	}
}

static enum request any_key(struct ui *ui, const struct record *record, int key)
{
	if (ui->dialog)
		return dialog_key(ui, record, key);
	if (ui->prompt) {
		prompt_key(ui, record, key);
		return REQUEST_NONE;
	}
	ui->message[0] = '\0';
	if (move(ui, record, key))
		return REQUEST_NONE;
	if (key == 'q' || key == KEY_F10 || key == KEY_ESCAPE)
		return leave(ui, key);
	if (ui->view == VIEW_SETUP && (key == KEY_RETURN || key == ' '))
		return setup_key(ui, key);
	if (ui->view == VIEW_HEAT && (key == 'y' || key == 'Y'))
		return heat_start(ui);
	return step_key(ui, record, key);
}

/* Whoever is watched is so no longer once the view is left. */
static enum request leave_heat(struct ui *ui, enum request request)
{
	if (!ui->heat_of || heat_is_open(ui))
		return request;
	ui->heat_of = 0;
	return request == REQUEST_NONE ? REQUEST_NOW : request;
}

enum request ui_key(struct ui *ui, const struct record *record, int key)
{
	enum request request = leave_heat(ui, any_key(ui, record, key));

	/* What is shown may have changed; without memory it stays as it was. */
	if (ui_arrange(ui, record))
		snprintf(ui->message, sizeof(ui->message), "out of memory");
	return request;
}

/* The column of processes whose head is there; -1: none. */
static int column_at(const struct ui *ui, int column)
{
	for (size_t i = 0; i < ui->n_heads; i++)
		if (column < ui->heads[i].end)
			return ui->heads[i].column;
	return -1;
}

/* Above and below the rows of a table: its heads, and the keys. */
static enum request click_beside(struct ui *ui, const struct record *record, int row,
				 int column)
{
	int head = ui->view == VIEW_PROCESSES ? column_at(ui, column) : -1;
	int key = 0;

	/* A message may stand there instead. */
	if (row == ui->table_row + ui->page && !*ui->message)
		key = key_at(column);
	if (key)
		return ui_key(ui, record, key);
	if (row != ui->table_row - 1 || head < 0)
		return REQUEST_NONE;
	sort_by(ui, head);
	if (ui_arrange(ui, record))
		snprintf(ui->message, sizeof(ui->message), "out of memory");
	return REQUEST_NONE;
}

enum request ui_click(struct ui *ui, const struct record *record, int row, int column)
{
	size_t at = ui->top + (size_t)(row - ui->table_row);

	if (ui->dialog || ui->prompt)
		return REQUEST_NONE;
	if (row < ui->table_row || row >= ui->table_row + ui->page)
		return click_beside(ui, record, row, column);
	if (at >= ui_count(ui, record))
		return REQUEST_NONE;
	/* A click on what is selected opens it. */
	if (at == ui->selected)
		return ui_key(ui, record, KEY_RETURN);
	ui->selected = at;
	ui->follow = 0;
	note_selected(ui, record);
	return REQUEST_NONE;
}
