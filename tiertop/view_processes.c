// SPDX-License-Identifier: GPL-2.0-or-later
// The table of processes, flat or as a tree.
#include <stdio.h>
#include <string.h>

#include "views.h"

struct look {
	const char *title;
	int width;   /* 0: the rest of the line */
	int columns; /* of the screen, below which it is left out */
	bool is_left;
	void (*text)(const struct rec_process *process, char *buf, size_t size);
};

static void pid_text(const struct rec_process *process, char *buf, size_t size)
{
	snprintf(buf, size, "%d", process->pid);
}

static void user_text(const struct rec_process *process, char *buf, size_t size)
{
	snprintf(buf, size, "%s", process->user);
}

static void resident_text(const struct rec_process *process, char *buf, size_t size)
{
	char text[SHORT_BYTES];

	snprintf(buf, size, "%s", short_bytes((double)process->resident, text));
}

/* With half of its interval, as a flow is never counted. */
static void flow_text(bool is_known, const struct estimate *flow, char *buf, size_t size)
{
	char text[SHORT_BYTES], half[SHORT_BYTES];

	if (!is_known)
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%s+-%s", short_bytes(flow->value, text),
			 short_bytes((flow->highest - flow->lowest) / 2, half));
}

static void promoted_text(const struct rec_process *process, char *buf, size_t size)
{
	flow_text(process->knows_flows, &process->promoted, buf, size);
}

static void demoted_text(const struct rec_process *process, char *buf, size_t size)
{
	flow_text(process->knows_flows, &process->demoted, buf, size);
}

static void policy_text(const struct rec_process *process, char *buf, size_t size)
{
	snprintf(buf, size, "%s", *process->policy ? process->policy : "-");
}

static void heap_text(const struct rec_process *process, char *buf, size_t size)
{
	snprintf(buf, size, "%s", *process->heap ? process->heap : "-");
}

static void age_text(const struct rec_process *process, char *buf, size_t size)
{
	char text[SHORT_BYTES];

	snprintf(buf, size, "%s",
		 process->how == PLACED_UNKNOWN ? "-" :
						  short_seconds(process->age, text));
}

static void cgroup_text(const struct rec_process *process, char *buf, size_t size)
{
	snprintf(buf, size, "%s", process->cgroup);
}

static void command_text(const struct rec_process *process, char *buf, size_t size)
{
	snprintf(buf, size, "%s", ui_command(process));
}

/* In the order of enum column. */
static const struct look looks[COLUMN_TIER] = {
	{ "PID", 7, 0, false, pid_text },
	{ "USER", 9, 60, true, user_text },
	{ "RES", 6, 0, false, resident_text },
	{ "PROMO/s", 12, 90, false, promoted_text },
	{ "DEMO/s", 12, 90, false, demoted_text },
	{ "POLICY", 16, 140, true, policy_text },
	{ "HEAP", 30, 190, true, heap_text },
	{ "AGE", 5, 100, false, age_text },
	{ "CGROUP", 24, 160, true, cgroup_text },
	{ "COMMAND", 0, 0, true, command_text },
};

/* In which they stand on the screen; the tiers come behind the size. */
static const enum column order[] = { COLUMN_PID,    COLUMN_USER,     COLUMN_RESIDENT,
				     COLUMN_TIER,   COLUMN_PROMOTED, COLUMN_DEMOTED,
				     COLUMN_AGE,    COLUMN_POLICY,   COLUMN_HEAP,
				     COLUMN_CGROUP, COLUMN_COMMAND };

/* "~99.9%+-1.7" and "~99.9G+-99.9M". */
static int tier_width(const struct ui *ui)
{
	return ui->bytes ? 13 : 10;
}

/* One column at a place; of the head when there is no process. */
struct place {
	struct spot spot;
	const struct rec_process *process;
	int depth;
};

static void put(const struct drawing *drawing, const struct place *place, bool is_left,
		enum style style, const char *text)
{
	struct spot spot = place->spot;

	/* A blank between columns. */
	if (spot.end < drawing->grid->columns)
		spot.end--;
	if (is_left)
		grid_put(drawing->grid, spot, style, text);
	else
		grid_put_right(drawing->grid, spot, style, text);
}

static enum style head_style(const struct ui *ui, int column)
{
	return ui->sort == column ? STYLE_SORTED : STYLE_HEAD;
}

static void branch_text(const struct ui *ui, const struct place *place, char *buf,
			size_t size)
{
	const char *mark = ui_is_folded(ui, place->process->pid) ? "+" : "-";

	if (place->depth)
		snprintf(buf, size, "%*s`%s ", 2 * (place->depth - 1), "", mark);
	else if (*mark == '+')
		snprintf(buf, size, "+ ");
}

static void draw_column(const struct drawing *drawing, const struct place *place,
			enum column column)
{
	const struct look *look = &looks[column];
	char text[256] = "";

	if (!place->process) {
		put(drawing, place, look->is_left, head_style(drawing->ui, (int)column),
		    look->title);
		return;
	}
	if (column == COLUMN_COMMAND && drawing->ui->tree)
		branch_text(drawing->ui, place, text, sizeof(text));
	look->text(place->process, text + strlen(text), sizeof(text) - strlen(text));
	put(drawing, place, look->is_left, STYLE_PLAIN, text);
}

static void draw_tier_column(const struct drawing *drawing, const struct place *place,
			     size_t tier)
{
	const struct record *record = drawing->record;
	char text[SHARE_BYTES];
	enum style style = tier ? STYLE_SLOW : STYLE_FAST;

	if (!place->process) {
		snprintf(text, sizeof(text), "%zu %.5s%s", tier,
			 *record->tiers[tier].kind ? record->tiers[tier].kind : "tier",
			 drawing->ui->bytes ? "" : "%");
		style = head_style(drawing->ui, COLUMN_TIER + (int)tier);
	} else if (drawing->ui->bytes) {
		amount_text(place->process, tier, text);
	} else {
		share_text(place->process, record->n_tiers, tier, text);
	}
	put(drawing, place, false, style, text);
}

/* As many tiers as leave a line for the command. */
static size_t tiers_shown(const struct drawing *drawing)
{
	int room = drawing->grid->columns - 24;
	size_t most = room > 0 ? (size_t)(room / tier_width(drawing->ui)) : 0;
	size_t n = drawing->record->n_tiers;

	most = most > 6 ? 6 : most;
	return n < most ? n : most;
}

/* What is hidden leaves its room to others: who wants to see policies on a narrow screen can. */
static bool is_shown(const struct drawing *drawing, enum column column)
{
	int room = drawing->grid->columns;

	for (int i = 0; i < COLUMN_TIER; i++)
		if (drawing->ui->hidden & 1U << i &&
		    looks[i].columns < looks[column].columns)
			room += looks[i].width + 1;
	return !(drawing->ui->hidden & 1U << column) && room >= looks[column].columns;
}

/* A click on a head sorts by it. */
static void note_head(const struct drawing *drawing, const struct place *place,
		      int column)
{
	struct ui *ui = drawing->ui;

	if (!place->process && ui->n_heads < ARRAY_SIZE(ui->heads))
		ui->heads[ui->n_heads++] = (struct head){ place->spot.end, column };
}

static void draw_line(const struct drawing *drawing, int row,
		      const struct rec_process *process, int depth)
{
	int columns = drawing->grid->columns;
	struct place place = { .spot = { row, 0, 0 }, process, depth };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		bool is_tier = order[i] == COLUMN_TIER;

		for (size_t tier = 0; is_tier && tier < tiers_shown(drawing); tier++) {
			place.spot.end = place.spot.column + tier_width(drawing->ui) + 1;
			draw_tier_column(drawing, &place, tier);
			note_head(drawing, &place, COLUMN_TIER + (int)tier);
			place.spot.column = place.spot.end;
		}
		if (is_tier || !is_shown(drawing, order[i]))
			continue;
		place.spot.end = looks[order[i]].width ?
					 place.spot.column + looks[order[i]].width + 1 :
					 columns;
		draw_column(drawing, &place, order[i]);
		note_head(drawing, &place, (int)order[i]);
		place.spot.column = place.spot.end;
	}
}

struct table_part table_part(const struct drawing *drawing, int row, size_t count)
{
	struct ui *ui = drawing->ui;
	/* The last line is that of the keys. */
	int page = drawing->grid->rows - 1 - row;
	struct table_part part = { .row = row };

	ui->table_row = row;
	ui->page = page > 0 ? page : 0;
	if (ui->selected >= count)
		ui->selected = count ? count - 1 : 0;
	if (ui->selected < ui->top)
		ui->top = ui->selected;
	if (ui->page && ui->selected >= ui->top + (size_t)ui->page)
		ui->top = ui->selected - (size_t)ui->page + 1;
	if (ui->top + (size_t)ui->page > count)
		ui->top = count > (size_t)ui->page ? count - (size_t)ui->page : 0;
	part.first = ui->top;
	part.end = ui->top + (size_t)ui->page;
	part.end = part.end < count ? part.end : count;
	return part;
}

static enum style row_style(const struct ui *ui, size_t i, int pid)
{
	if (i == ui->selected)
		return STYLE_SELECTED;
	return ui_is_tagged(ui, pid) ? STYLE_TAGGED : STYLE_PLAIN;
}

void draw_processes(const struct drawing *drawing, int row)
{
	const struct record *record = drawing->record;
	struct ui *ui = drawing->ui;
	struct table_part part;

	grid_paint(drawing->grid, grid_line(drawing->grid, row), STYLE_HEAD);
	ui->n_heads = 0;
	draw_line(drawing, row, NULL, 0);
	part = table_part(drawing, row + 1, ui->n_rows);
	for (size_t i = part.first; i < part.end; i++, part.row++) {
		const struct rec_process *process = &record->processes[ui->rows[i].index];
		enum style style = row_style(ui, i, process->pid);

		draw_line(drawing, part.row, process, ui->tree ? ui->rows[i].depth : 0);
		if (style != STYLE_PLAIN)
			grid_paint(drawing->grid, grid_line(drawing->grid, part.row),
				   style);
	}
	if (!ui->n_rows)
		grid_put(drawing->grid, grid_line(drawing->grid, row + 1), STYLE_DIM,
			 *ui->filter || *ui->user ? "no process matches the filter" :
						    "no process");
}
