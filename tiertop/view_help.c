// SPDX-License-Identifier: GPL-2.0-or-later
// Help, and the setup: its lines, and what keys do to them.
#include <stdio.h>
#include <string.h>

#include "views.h"

/* So few lines that 24 rows hold all of them. */
static const char *const help[] = {
	"tiertop shows on which memory tiers the pages of each process lie.",
	" =  counted by the kernel        ~  estimated, with its 95 % interval",
	" .  its turn has not come yet    ?  refused (another user's, or seccomp)",
	" bar: | anonymous  = files  H hugetlbfs  - kernel and others",
	" ^ promoted into this tier per second, v demoted out of it",
	"",
	" Up Down PgUp PgDn Home End  move     F1 h ?  this help     F10 q  back, quit",
	" F2 S   setup                  F3 /   search, n  the next one",
	" F4 f \\ filter (!regex)  u  this user's alone  F5 t e  tree, - fold, + unfold",
	" F6 > Right  sort by the next column, < Left  the one before",
	" I r    the other way round    P M N  sort by first tier, size, pid",
	" 1 to 9 sort by that tier's share (1 is tier 0)",
	" Enter  mappings   g  control groups   p  processes   Tab  the next of these",
	" H      heat of a process (DAMON)      b  bytes on each tier, or shares",
	" F      follow a process       Space  tag, U  untag all",
	" Z      pause   [ ]  slower, faster   T  next theme",
	" F9 a k act on it, or on all that are tagged: migrate, set a policy",
	" of a recording: , . one record back, on; { } ten; ( ) a tenth; ^ $ the ends",
};

void draw_help(const struct drawing *drawing, int row)
{
	struct table_part part = table_part(drawing, row, ARRAY_SIZE(help));

	for (size_t i = part.first; i < part.end; i++)
		grid_put(drawing->grid, grid_line(drawing->grid, part.row++),
			 i ? STYLE_PLAIN : STYLE_BOLD, help[i]);
}

/* ---- setup ------------------------------------------------------------------------------- */

enum setup_line {
	SETUP_THEME = 0,
	SETUP_ASCII,
	SETUP_TREE,
	SETUP_REVERSE,
	SETUP_BYTES,
	SETUP_INTERVAL,
	SETUP_SAVE,
	SETUP_COLUMN, /* the columns from here on */
};

static void setup_text(const struct ui *ui, int line, char *buf, size_t size)
{
	int column = line - SETUP_COLUMN;

	switch (line) {
	case SETUP_THEME:
		snprintf(buf, size, "theme      %s", theme_names[ui->theme]);
		break;
	case SETUP_ASCII:
		snprintf(buf, size, "[%c] ASCII only", ui->ascii ? 'x' : ' ');
		break;
	case SETUP_TREE:
		snprintf(buf, size, "[%c] tree", ui->tree ? 'x' : ' ');
		break;
	case SETUP_REVERSE:
		snprintf(buf, size, "[%c] smallest first", ui->reverse ? 'x' : ' ');
		break;
	case SETUP_BYTES:
		snprintf(buf, size, "[%c] bytes, not shares", ui->bytes ? 'x' : ' ');
		break;
	case SETUP_INTERVAL:
		snprintf(buf, size, "interval   %.1f s", ui->interval);
		break;
	case SETUP_SAVE:
		snprintf(buf, size, "save all this");
		break;
	default:
		snprintf(buf, size, "[%c] column %s",
			 ui->hidden & 1U << column ? ' ' : 'x', column_names[column]);
		break;
	}
}

void draw_setup(const struct drawing *drawing, int row)
{
	struct table_part part;

	grid_put(drawing->grid, grid_line(drawing->grid, row), STYLE_BOLD,
		 "Setup: Enter changes a line, q goes back");
	part = table_part(drawing, row + 1, SETUP_LINES);
	for (size_t i = part.first; i < part.end; i++, part.row++) {
		char text[80];

		setup_text(drawing->ui, (int)i, text, sizeof(text));
		grid_put(drawing->grid, grid_line(drawing->grid, part.row),
			 i == drawing->ui->selected ? STYLE_SELECTED : STYLE_PLAIN, text);
	}
}

enum request setup_key(struct ui *ui, int key)
{
	int line = (int)ui->selected;

	if (key != KEY_RETURN && key != ' ')
		return REQUEST_NONE;
	switch (line) {
	case SETUP_THEME:
		ui->theme = (ui->theme + 1) % THEMES;
		break;
	case SETUP_ASCII:
		ui->ascii = !ui->ascii;
		break;
	case SETUP_TREE:
		ui->tree = !ui->tree;
		break;
	case SETUP_REVERSE:
		ui->reverse = !ui->reverse;
		break;
	case SETUP_BYTES:
		ui->bytes = !ui->bytes;
		break;
	case SETUP_INTERVAL:
		ui->interval = ui->interval >= 5 ? 0.5 : ui->interval + 0.5;
		break;
	case SETUP_SAVE:
		return REQUEST_SAVE;
	default:
		ui->hidden ^= 1U << (line - SETUP_COLUMN);
		break;
	}
	return REQUEST_NONE;
}
