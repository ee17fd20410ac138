// SPDX-License-Identifier: GPL-2.0-or-later
// Aligned columns of ASCII text. Knows nothing of what the cells mean.
#include "table.h"

#include <string.h>

void table_begin(struct table *table, const struct column *columns)
{
	*table = (struct table){ .columns = columns };
	for (size_t i = 0; columns[i].title; i++)
		table->width[i] = strlen(columns[i].title);
}

void table_cell(struct table *table, const char *text)
{
	size_t column = table->next;
	size_t len = strlen(text);

	if (strbuf_add(&table->cells, text, len + 1)) {
		table->lost = true;
		return;
	}
	if (len > table->width[column])
		table->width[column] = len;
	if (strcmp(text, "-") != 0)
		table->known[column] = true;
	table->count++;
	table->next = table->columns[column + 1].title ? column + 1 : 0;
}

static bool is_shown(const struct table *table, size_t column)
{
	return table->known[column] || !(table->columns[column].flags & COLUMN_IF_KNOWN);
}

static size_t last_shown(const struct table *table)
{
	size_t last = 0;

	for (size_t i = 0; table->columns[i].title; i++)
		if (is_shown(table, i))
			last = i;
	return last;
}

/* One cell with its padding; the last column ends without blanks. */
static void print_cell(const struct table *table, struct out *out, size_t column,
		       const char *text, enum tint tint)
{
	size_t pad = table->width[column] - strlen(text);
	bool right = table->columns[column].flags & COLUMN_RIGHT;
	bool last = column == last_shown(table);

	out_blanks(out, right ? pad : 0);
	out_string(out, out_tint(out, tint));
	out_string(out, text);
	out_string(out, out_plain(out, tint));
	out_blanks(out, right || last ? 0 : pad);
	out_string(out, last ? "\n" : "  ");
}

static enum tint tint_of(const struct column *column, const char *text)
{
	if (!strcmp(text, "-"))
		return TINT_DIM;
	return column->tint ? column->tint(text) : TINT_NONE;
}

static void print_titles(const struct table *table, struct out *out)
{
	for (size_t i = 0; table->columns[i].title; i++)
		if (is_shown(table, i))
			print_cell(table, out, i, table->columns[i].title, TINT_BOLD);
}

static void print_rows(const struct table *table, struct out *out)
{
	const char *cell = strbuf_text(&table->cells);
	size_t column = 0;

	for (size_t i = 0; i < table->count; i++) {
		if (is_shown(table, column))
			print_cell(table, out, column, cell,
				   tint_of(&table->columns[column], cell));
		cell += strlen(cell) + 1;
		if (!table->columns[++column].title)
			column = 0;
	}
}

void table_end(struct table *table, struct out *out)
{
	out->lost |= table->lost;
	if (table->count && !table->lost) {
		print_titles(table, out);
		print_rows(table, out);
	}
	strbuf_free(&table->cells);
}
