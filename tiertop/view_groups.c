// SPDX-License-Identifier: GPL-2.0-or-later
// Control groups, and the mappings of one process: where each lies, by tier.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "views.h"

#define BYTES_WIDTH 9
#define COUNT_WIDTH 8
#define SHARE_WIDTH 8

double sum_of(const uint64_t *row, size_t n)
{
	double sum = 0;

	for (size_t i = 0; row && i < n; i++)
		sum += (double)row[i];
	return sum;
}

/* The share of one tier of two rows, the second of which may be missing. */
static void share_of(const uint64_t *one, const uint64_t *two, size_t tier, double whole,
		     char buf[SHARE_BYTES])
{
	double part = (double)one[tier] + (two ? (double)two[tier] : 0);

	if (whole > 0)
		snprintf(buf, SHARE_BYTES, "%.1f%%", 100 * part / whole);
	else
		strcpy(buf, "-");
}

static size_t tiers_that_fit(const struct drawing *drawing, int taken)
{
	int room = (drawing->grid->columns - taken - 12) / (SHARE_WIDTH + 1);
	size_t n = drawing->record->n_tiers;

	if (room <= 0)
		return 0;
	return n < (size_t)room ? n : (size_t)room;
}

int figure(const struct drawing *drawing, struct spot spot, enum style style,
	   const char *text)
{
	grid_put_right(drawing->grid, spot, style, text);
	return spot.end + 1;
}

struct spot wide(int row, int column, int width)
{
	return (struct spot){ row, column, column + width };
}

int draw_shares(const struct drawing *drawing, struct spot spot, const uint64_t *one,
		const uint64_t *two)
{
	size_t n = drawing->record->n_tiers;
	double whole = sum_of(one, n + 1) + sum_of(two, n + 1);
	int column = spot.column;

	for (size_t tier = 0; tier < tiers_that_fit(drawing, spot.column); tier++) {
		char text[SHARE_BYTES] = "n/a";

		if (one)
			share_of(one, two, tier, whole, text);
		column = figure(drawing, wide(spot.row, column, SHARE_WIDTH),
				tier ? STYLE_SLOW : STYLE_FAST, text);
	}
	return column;
}

int draw_share_heads(const struct drawing *drawing, struct spot spot)
{
	int column = spot.column;

	for (size_t tier = 0; tier < tiers_that_fit(drawing, spot.column); tier++) {
		const char *kind = drawing->record->tiers[tier].kind;
		char text[SHARE_BYTES];

		snprintf(text, sizeof(text), "%zu %.5s", tier, *kind ? kind : "tier");
		column = figure(drawing, wide(spot.row, column, SHARE_WIDTH), STYLE_HEAD,
				text);
	}
	return column;
}

void select_row(const struct drawing *drawing, int row, size_t i)
{
	if (i == drawing->ui->selected)
		grid_paint(drawing->grid, grid_line(drawing->grid, row), STYLE_SELECTED);
}

/* ---- control groups -------------------------------------------------------------------- */

static void draw_group(const struct drawing *drawing, int row,
		       const struct rec_group *group)
{
	size_t n = drawing->record->n_tiers + 1;
	char text[SHORT_BYTES] = "n/a", count[24];
	struct spot spot = { row, 0, drawing->grid->columns };

	snprintf(count, sizeof(count), "%" PRIu64, group->processes);
	spot.column = figure(drawing, wide(row, 0, COUNT_WIDTH), STYLE_PLAIN, count);
	if (group->anon)
		short_bytes(sum_of(group->anon, n), text);
	spot.column =
		figure(drawing, wide(row, spot.column, BYTES_WIDTH), STYLE_ANON, text);
	if (group->file)
		short_bytes(sum_of(group->file, n), text);
	spot.column =
		figure(drawing, wide(row, spot.column, BYTES_WIDTH), STYLE_FILE, text);
	spot.column = draw_shares(drawing, spot, group->anon, group->file);
	spot.column = grid_put(drawing->grid, spot, STYLE_PLAIN, group->path);
	if (*group->why)
		grid_printf(drawing->grid, spot, STYLE_DIM, "  (%s)", group->why);
}

void draw_groups(const struct drawing *drawing, int row)
{
	const struct record *record = drawing->record;
	struct spot spot = { row, 0, drawing->grid->columns };
	struct table_part part;

	grid_paint(drawing->grid, spot, STYLE_HEAD);
	spot.column = figure(drawing, wide(row, 0, COUNT_WIDTH), STYLE_HEAD, "TASKS");
	spot.column =
		figure(drawing, wide(row, spot.column, BYTES_WIDTH), STYLE_HEAD, "ANON");
	spot.column =
		figure(drawing, wide(row, spot.column, BYTES_WIDTH), STYLE_HEAD, "FILE");
	spot.column = draw_share_heads(drawing, spot);
	grid_put(drawing->grid, spot, STYLE_HEAD, "CGROUP (counted by the kernel)");
	part = table_part(drawing, row + 1, record->n_groups);
	for (size_t i = part.first; i < part.end; i++, part.row++) {
		draw_group(drawing, part.row, &record->groups[i]);
		select_row(drawing, part.row, i);
	}
	if (!record->n_groups)
		grid_put(drawing->grid, grid_line(drawing->grid, row + 1), STYLE_DIM,
			 "no control group of version 2 has a process that is seen here");
}

/* ---- mappings ---------------------------------------------------------------------------- */

static void draw_mapping(const struct drawing *drawing, int row,
			 const struct rec_mapping *mapping)
{
	size_t n = drawing->record->n_tiers + 1;
	struct spot spot = { row, 0, drawing->grid->columns };
	char text[SHORT_BYTES], resident[SHORT_BYTES] = "n/a", address[24];

	snprintf(address, sizeof(address), "%" PRIx64, mapping->start);
	spot.column = figure(drawing, wide(row, 0, 12), STYLE_DIM, address);
	spot.column = figure(drawing, wide(row, spot.column, 6), STYLE_DIM,
			     short_bytes((double)mapping->bytes, text));
	if (mapping->tiers)
		short_bytes(sum_of(mapping->tiers, n), resident);
	spot.column = figure(drawing, wide(row, spot.column, 6), STYLE_PLAIN, resident);
	spot.column = draw_shares(drawing, spot, mapping->tiers, NULL);
	if (drawing->grid->columns >= 90) {
		grid_put(drawing->grid, wide(row, spot.column, 15), STYLE_PLAIN,
			 *mapping->policy ? mapping->policy : "-");
		spot.column += 16;
	}
	grid_put(drawing->grid, spot, STYLE_PLAIN,
		 *mapping->name ? mapping->name : "[anonymous]");
}

static void draw_mapping_heads(const struct drawing *drawing, int row)
{
	struct spot spot = { row, 0, drawing->grid->columns };

	grid_paint(drawing->grid, spot, STYLE_HEAD);
	spot.column = figure(drawing, wide(row, 0, 12), STYLE_HEAD, "ADDRESS");
	spot.column = figure(drawing, wide(row, spot.column, 6), STYLE_HEAD, "SIZE");
	spot.column = figure(drawing, wide(row, spot.column, 6), STYLE_HEAD, "RES");
	spot.column = draw_share_heads(drawing, spot);
	if (drawing->grid->columns >= 90) {
		grid_put(drawing->grid, spot, STYLE_HEAD, "POLICY");
		spot.column += 16;
	}
	grid_put(drawing->grid, spot, STYLE_HEAD, "MAPPING");
}

/* What is said where there is no row. */
static const char *why_none(const struct drawing *drawing,
			    const struct rec_process *process)
{
	if (!drawing->ui->mappings_of)
		return "Enter on a process shows its mappings";
	return process && *process->why ? process->why : "not looked at yet, or ended";
}

void draw_mappings(const struct drawing *drawing, int row)
{
	const struct record *record = drawing->record;
	const struct rec_process *process =
		record_process(record, drawing->ui->mappings_of);
	const size_t count = ui_mappings(drawing->ui, record);
	struct table_part part;

	if (process)
		grid_printf(drawing->grid, grid_line(drawing->grid, row), STYLE_BOLD,
			    "%d %s", process->pid, ui_command(process));
	draw_mapping_heads(drawing, row + 1);
	part = table_part(drawing, row + 2, count);
	for (size_t i = part.first; i < part.end; i++, part.row++) {
		draw_mapping(drawing, part.row, &record->mappings[i]);
		select_row(drawing, part.row, i);
	}
	if (!count)
		grid_put(drawing->grid, grid_line(drawing->grid, row + 2), STYLE_DIM,
			 why_none(drawing, process));
}
