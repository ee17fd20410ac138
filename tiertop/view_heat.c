// SPDX-License-Identifier: GPL-2.0-or-later
// The regions of one process by how often they are used, and on which tier; and what is asked
// before DAMON watches it. Starts nothing itself.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "views.h"

bool heat_is_open(const struct ui *ui)
{
	return ui->view == VIEW_HEAT ||
	       (ui->view >= VIEW_HELP && ui->behind == VIEW_HEAT);
}

enum request heat_start(struct ui *ui)
{
	if (ui->readonly || !ui->heat_for)
		return REQUEST_NONE;
	ui->heat_of = ui->heat_for;
	return REQUEST_NOW;
}

/* ---- what stands there instead of regions --------------------------------------------- */

static const char *instead(const struct drawing *drawing)
{
	const struct ui *ui = drawing->ui;

	if (!ui->heat_for)
		return "H on a process shows how often it uses which of its memory";
	if (ui->heat_of)
		return "watched; regions come with one of the next records";
	if (ui->readonly)
		return "n/a: watching it starts a thread of the kernel, which is an action; "
		       "--actions allows them";
	return "Watch it by DAMON? That starts a thread of the kernel (kdamond), which looks "
	       "200 times a second which pages are used, and clears their accessed marks. It "
	       "ends with this view. y: watch it, Esc: back";
}

static void draw_instead(const struct drawing *drawing, int row)
{
	const struct record *record = drawing->record;
	const struct ui *ui = drawing->ui;
	const struct lines lines = { row, drawing->grid->rows - 1, STYLE_PLAIN, " " };
	char text[400];

	snprintf(text, sizeof(text), "%s", instead(drawing));
	if (record->heat_of && record->heat_of == ui->heat_for && *record->heat_why)
		snprintf(text, sizeof(text), "n/a: %s", record->heat_why);
	draw_lines(drawing, &lines, text);
}

/* ---- regions ---------------------------------------------------------------------------- */

/* From 0 to 1. A file may say anything. */
static double heat_of(const struct rec_region *region)
{
	if (!region->most)
		return 0;
	return region->accesses < region->most ?
		       (double)region->accesses / (double)region->most :
		       1;
}

/* A region that is used in half of all looks is hot, one in none is cold. */
enum warmth { HOT = 0, WARM, COLD, WARMTHS };

static enum warmth warmth_of(const struct rec_region *region)
{
	if (!region->accesses)
		return COLD;
	return heat_of(region) >= 0.5 ? HOT : WARM;
}

/* What lies where: a line for each tier. */
static int draw_sums(const struct drawing *drawing, int row)
{
	const struct record *record = drawing->record;
	char text[WARMTHS][SHORT_BYTES];

	for (size_t tier = 0; tier < record->n_tiers; tier++) {
		double sums[WARMTHS] = { 0 };
		const char *kind = record->tiers[tier].kind;

		for (size_t i = 0; i < record->n_regions; i++)
			if (record->regions[i].tiers)
				sums[warmth_of(&record->regions[i])] +=
					(double)record->regions[i].tiers[tier];
		for (int i = 0; i < WARMTHS; i++)
			short_bytes(sums[i], text[i]);
		grid_printf(drawing->grid, grid_line(drawing->grid, row++),
			    tier ? STYLE_SLOW : STYLE_FAST,
			    "%zu %-5.5s hot %5s  warm %5s  cold %5s", tier,
			    *kind ? kind : "tier", text[HOT], text[WARM], text[COLD]);
	}
	return row;
}

#define BAR_WIDTH 10

static void draw_region(const struct drawing *drawing, int row,
			const struct rec_region *region)
{
	struct spot spot = { row, 0, drawing->grid->columns };
	char text[SHORT_BYTES], short_text[32];
	double heat = heat_of(region);

	snprintf(short_text, sizeof(short_text), "%" PRIx64, region->start);
	spot.column = figure(drawing, wide(row, 0, 12), STYLE_DIM, short_text);
	spot.column = figure(drawing, wide(row, spot.column, 6), STYLE_DIM,
			     short_bytes((double)region->bytes, text));
	snprintf(short_text, sizeof(short_text), "%.0f%%", 100 * heat);
	spot.column = figure(drawing, wide(row, spot.column, 5),
			     warmth_of(region) == HOT ? STYLE_WARN : STYLE_PLAIN,
			     short_text);
	spot.column = figure(drawing, wide(row, spot.column, 5), STYLE_PLAIN,
			     short_seconds(region->age, text));
	spot.column = draw_shares(drawing, spot, region->tiers, NULL);
	for (int i = 0; i < (int)(heat * BAR_WIDTH + 0.5); i++)
		if (spot.column + i < spot.end)
			grid_char(drawing->grid, row, spot.column + i, STYLE_UP, '#');
}

static void draw_heads(const struct drawing *drawing, int row)
{
	struct spot spot = { row, 0, drawing->grid->columns };

	grid_paint(drawing->grid, spot, STYLE_HEAD);
	spot.column = figure(drawing, wide(row, 0, 12), STYLE_HEAD, "ADDRESS");
	spot.column = figure(drawing, wide(row, spot.column, 6), STYLE_HEAD, "SIZE");
	spot.column = figure(drawing, wide(row, spot.column, 5), STYLE_HEAD, "USED");
	spot.column = figure(drawing, wide(row, spot.column, 5), STYLE_HEAD, "SINCE");
	spot.column = draw_share_heads(drawing, spot);
	grid_put(drawing->grid, spot, STYLE_HEAD, "HEAT");
}

void draw_heat(const struct drawing *drawing, int row)
{
	const struct record *record = drawing->record;
	const struct rec_process *process = record_process(record, drawing->ui->heat_for);
	size_t n = ui_count(drawing->ui, record);
	struct table_part part;

	if (process)
		grid_printf(drawing->grid, grid_line(drawing->grid, row++), STYLE_BOLD,
			    "%d %s", process->pid, ui_command(process));
	if (n && drawing->grid->rows >= 20)
		row = draw_sums(drawing, row);
	draw_heads(drawing, row);
	part = table_part(drawing, row + 1, n);
	for (size_t i = part.first; i < part.end; i++, part.row++) {
		draw_region(drawing, part.row, &record->regions[i]);
		select_row(drawing, part.row, i);
	}
	if (!n)
		draw_instead(drawing, row + 1);
}
