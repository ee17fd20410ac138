/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the screen, and how figures look there. */
#ifndef VIEWS_H
#define VIEWS_H

#include "ui.h"

/* At most 5 characters: "12.3G", "512M", "0". Each returns buf. */
#define SHORT_BYTES 12
const char *short_bytes(double bytes, char buf[SHORT_BYTES]);
const char *short_known(const struct known *known, char buf[SHORT_BYTES]);
const char *short_seconds(double seconds, char buf[SHORT_BYTES]);

/* A share with what it is worth: "=100.0%", "~73.2+-1.4", "?", ".". */
#define SHARE_BYTES 32
const char *share_text(const struct rec_process *process, size_t n_tiers, size_t tier,
		       char buf[SHARE_BYTES]);
/* The same in bytes. */
const char *amount_text(const struct rec_process *process, size_t tier,
			char buf[SHARE_BYTES]);
/* All bytes of a process whose places are known. */
double placed_bytes(const struct rec_process *process, size_t n_tiers);

struct drawing {
	struct grid *grid;
	struct ui *ui;
	const struct record *record;
};

/* Bars from a row on; the row behind them. */
int draw_tiers(const struct drawing *drawing, int row);
/* One table from a row on, to the last but one. */
void draw_processes(const struct drawing *drawing, int row);
void draw_groups(const struct drawing *drawing, int row);
void draw_mappings(const struct drawing *drawing, int row);
/* Whether that view is open, or stands behind help or setup. */
bool heat_is_open(const struct ui *ui);
/* Begin to watch whom it is about, as was confirmed. */
enum request heat_start(struct ui *ui);
void draw_heat(const struct drawing *drawing, int row);
void draw_help(const struct drawing *drawing, int row);
void draw_setup(const struct drawing *drawing, int row);
/* The key that the last line of the screen names at this column; 0: none. */
int key_at(int column);
/* Above all others. */
void draw_dialog(const struct drawing *drawing);

/* Columns with a share of each tier as far as there is room from `spot` on; the column behind
 * them. `two` may be NULL, and `one` when nothing is known. */
int draw_shares(const struct drawing *drawing, struct spot spot, const uint64_t *one,
		const uint64_t *two);
int draw_share_heads(const struct drawing *drawing, struct spot spot);
double sum_of(const uint64_t *row, size_t n);
/* A figure in a column of its own; the column behind it. */
int figure(const struct drawing *drawing, struct spot spot, enum style style,
	   const char *text);
struct spot wide(int row, int column, int width);
/* Lines from `row` on and above `end`, of a text that may be cut where it has `gap`. */
struct lines {
	int row, end;
	enum style style;
	const char *gap;
};
/* The row behind them. */
int draw_lines(const struct drawing *drawing, const struct lines *lines,
	       const char *text);
/* Marks the line that is selected. */
void select_row(const struct drawing *drawing, int row, size_t i);

/* The head of a table, and the part of its rows that is on the screen. */
struct table_part {
	size_t first, end;
	int row;
};
struct table_part table_part(const struct drawing *drawing, int row, size_t count);

/* Lines of the setup. */
#define SETUP_LINES (COLUMN_TIER + 7)
enum request setup_key(struct ui *ui, int key);

#endif
