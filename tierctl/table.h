/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aligned columns. Cells are added row by row; columns in which nothing is known can
 * stay away. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>

#include "out.h"

#define TABLE_COLUMNS 16

enum column_flags {
	COLUMN_RIGHT = 1 << 0,	  /* figures line up at their last digit */
	COLUMN_IF_KNOWN = 1 << 1, /* left out when every cell is "-" */
};

struct column {
	const char *title;
	unsigned int flags;
	/* The colour of a cell, or NULL. */
	enum tint (*tint)(const char *cell);
};

struct table {
	const struct column *columns; /* title NULL ends them */
	struct strbuf cells;	      /* one after the other, each with its NUL */
	size_t count;		      /* of cells */
	size_t next;		      /* column of the next one */
	size_t width[TABLE_COLUMNS];
	bool known[TABLE_COLUMNS];
	bool lost;
};

void table_begin(struct table *table, const struct column *columns);
void table_cell(struct table *table, const char *text);
/* Print and free. A table without rows prints nothing. */
void table_end(struct table *table, struct out *out);

#endif
