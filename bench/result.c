// SPDX-License-Identifier: GPL-2.0-or-later
// Rows, and how they look to people: a table and CSV. Knows no file.
#include "result.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const unit_names[UNITS] = {
	[UNIT_NONE] = "none",
	[UNIT_NS] = "ns",
	[UNIT_BYTES_PER_SEC] = "bytes/s",
	[UNIT_PAGES_PER_SEC] = "pages/s",
	[UNIT_BLOCKS_PER_SEC] = "blocks/s",
};

int run_add(struct run *run, struct row *row)
{
	struct row *rows = reallocarray(run->rows, run->count + 1, sizeof(*rows));

	if (!rows) {
		free(row->values);
		row->values = NULL;
		return -ENOMEM;
	}
	run->rows = rows;
	rows[run->count++] = *row;
	row->values = NULL;
	return 0;
}

void run_free(struct run *run)
{
	for (size_t i = 0; i < run->count; i++)
		free(run->rows[i].values);
	free(run->rows);
	*run = (struct run){ 0 };
}

bool row_is_same(const struct row *a, const struct row *b)
{
	return !strcmp(a->test, b->test) && !strcmp(a->variant, b->variant) &&
	       !strcmp(a->place, b->place) && !strcmp(a->pages, b->pages) &&
	       a->cpu_node == b->cpu_node && a->threads == b->threads &&
	       a->unit == b->unit;
}

/* One tick says that something was stolen, and not how much; fmax() passes by what is not
 * known. */
static bool is_stolen(const struct disturbance *found)
{
	return found->stolen > fmax(DISTURB_STOLEN, found->stolen_tick);
}

bool is_disturbed(const struct disturbance *found)
{
	/* What is not known is above nothing. */
	const double mhz_spread = 1 - found->mhz_low / found->mhz_high;

	return mhz_spread > DISTURB_SPEED || found->off_cpu > DISTURB_OFF_CPU ||
	       found->speed_spread > DISTURB_SPEED || is_stolen(found) ||
	       found->memory_stall > DISTURB_MEMORY_STALL ||
	       found->others > DISTURB_OTHERS;
}

uint32_t row_doubts(const struct row *row)
{
	return (is_disturbed(&row->disturbance) ? ROW_NOISY : 0) |
	       (stats_error(&row->estimate) > ROW_GOOD_ERROR ? ROW_WIDE : 0);
}

/* ---- figures ----------------------------------------------------------------------- */

static const char *scaled(double value, const char *unit, char buf[FIGURE_BYTES])
{
	static const char prefixes[][3] = { "", "k", "M", "G", "T" };
	size_t i = 0;
	int digits;

	while (value >= 999.5 && i + 1 < ARRAY_SIZE(prefixes)) {
		value /= 1000;
		i++;
	}
	digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	snprintf(buf, FIGURE_BYTES, "%.*f %s%s", digits, value, prefixes[i], unit);
	return buf;
}

const char *figure_text(enum figure_unit unit, double value, char buf[FIGURE_BYTES])
{
	static const char *const words[UNITS] = {
		[UNIT_NONE] = "",
		[UNIT_NS] = "ns",
		[UNIT_BYTES_PER_SEC] = "B/s",
		[UNIT_PAGES_PER_SEC] = "pages/s",
		[UNIT_BLOCKS_PER_SEC] = "blocks/s",
	};

	if (unit == UNIT_NS) {
		snprintf(buf, FIGURE_BYTES, "%.*f ns", value < 99.95 ? 1 : 0, value);
		return buf;
	}
	return scaled(value, words[unit], buf);
}

/* ---- a table ------------------------------------------------------------------------ */

enum { COLUMNS = 10 };

static const char *const titles[COLUMNS] = { "TEST",	   "VARIANT", "CPUS",	"MEMORY",
					     "PAGES",	   "LOAD",    "MEDIAN", "95 %",
					     "ON THE BUS", "NOTES" };

struct cells {
	char text[COLUMNS][2 * FIGURE_BYTES + ROW_WORD_BYTES];
};

static void put(char *cell, const char *text)
{
	snprintf(cell, sizeof(((struct cells *)NULL)->text[0]), "%s", text);
}

static void fill_figures(const struct row *row, struct cells *cells)
{
	char buf[FIGURE_BYTES], high[FIGURE_BYTES];
	const struct estimate *found = &row->estimate;

	if (row->flags & ROW_HIDDEN)
		return;
	put(cells->text[6], figure_text(row->unit, found->median, buf));
	snprintf(cells->text[7], sizeof(cells->text[7]), "%s .. %s",
		 figure_text(row->unit, found->low, buf),
		 figure_text(row->unit, found->high, high));
	if (row->bus_factor > 0)
		put(cells->text[8], figure_text(UNIT_BYTES_PER_SEC,
						found->median * row->bus_factor, buf));
}

static void fill_notes(const struct row *row, char *cell, size_t size)
{
	snprintf(cell, size, "%s%s%s%s%s%s%s%s%s%s",
		 row->pages_proved || row->lines_proved ? "proved" : "",
		 row->flags & ROW_HIDDEN ? " emulated" : "",
		 row->flags & ROW_NOISY ? " noisy" : "",
		 row->flags & ROW_WIDE ? " wide" : "",
		 row->flags & ROW_IN_CACHE ? " in-cache" : "",
		 row->disturbance.migrations ? " pages-moved" : "",
		 is_stolen(&row->disturbance) ? " stolen" : "",
		 row->disturbance.memory_stall > DISTURB_MEMORY_STALL ? " memory-stalls" :
									"",
		 row->disturbance.cpu_stall > DISTURB_CPU_STALL ? " cpus-wanted" : "",
		 row->disturbance.others > DISTURB_OTHERS ? " others-work" : "");
}

static void fill_cells(const struct row *row, struct cells *cells)
{
	char buf[FIGURE_BYTES];

	for (size_t i = 0; i < COLUMNS; i++)
		put(cells->text[i], "-");
	put(cells->text[0], row->test);
	put(cells->text[1], row->variant);
	snprintf(cells->text[2], sizeof(cells->text[2]), "%" PRIu32 "x%" PRIu32,
		 row->cpu_node, row->threads);
	put(cells->text[3], row->place);
	put(cells->text[4], row->pages);
	if (row->load_bytes_per_sec > 0 && !(row->flags & ROW_HIDDEN))
		put(cells->text[5],
		    figure_text(UNIT_BYTES_PER_SEC, row->load_bytes_per_sec, buf));
	fill_figures(row, cells);
	fill_notes(row, cells->text[9], sizeof(cells->text[9]));
}

static int print_cells(const struct cells *cells, const size_t *widths,
		       struct strbuf *out)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < COLUMNS; i++) {
		if (!widths[i])
			continue;
		ret = i + 1 < COLUMNS ? strbuf_printf(out, "%-*s  ", (int)widths[i],
						      cells->text[i]) :
					strbuf_printf(out, "%s\n", cells->text[i]);
	}
	return ret;
}

/* Columns in which no row has anything stay away; 0 is their width. */
static void find_widths(const struct cells *cells, size_t count, size_t *widths)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		bool is_known = i == COLUMNS - 1;

		widths[i] = strlen(titles[i]);
		for (size_t n = 0; n < count; n++) {
			size_t len = strlen(cells[n].text[i]);

			is_known |= strcmp(cells[n].text[i], "-") != 0;
			widths[i] = len > widths[i] ? len : widths[i];
		}
		if (!is_known)
			widths[i] = 0;
	}
}

int result_to_table(const struct run *run, struct strbuf *out)
{
	SCOPED_FREE struct cells *cells = calloc(run->count + 1, sizeof(*cells));
	struct cells head;
	size_t widths[COLUMNS];
	int ret;

	if (!cells)
		return -ENOMEM;
	for (size_t i = 0; i < COLUMNS; i++)
		put(head.text[i], titles[i]);
	for (size_t i = 0; i < run->count; i++)
		fill_cells(&run->rows[i], &cells[i]);
	find_widths(cells, run->count, widths);
	ret = print_cells(&head, widths, out);
	for (size_t i = 0; !ret && i < run->count; i++)
		ret = print_cells(&cells[i], widths, out);
	return ret;
}

/* ---- CSV ---------------------------------------------------------------------------- */

int result_to_csv(const struct run *run, struct strbuf *out)
{
	int ret = strbuf_puts(
		out, "test,variant,cpu_node,threads,place,pages,bytes,"
		     "load_bytes_per_sec,unit,median,low,high,samples,"
		     "bus_factor,pages_proved,lines_proved,noisy,wide,in_cache,loops,"
		     "emulator,figures_forced\n");

	for (size_t i = 0; !ret && i < run->count; i++) {
		const struct row *row = &run->rows[i];
		const struct estimate *found = &row->estimate;
		bool hidden = row->flags & ROW_HIDDEN;

		ret = strbuf_printf(out,
				    "%s,%s,%" PRIu32 ",%" PRIu32 ",\"%s\",%s,%" PRIu64
				    ",%.0f,%s,",
				    row->test, row->variant, row->cpu_node, row->threads,
				    row->place, row->pages, row->bytes,
				    hidden ? 0 : row->load_bytes_per_sec,
				    unit_names[row->unit]);
		if (!ret && hidden)
			ret = strbuf_puts(out, ",,,");
		else if (!ret)
			ret = strbuf_printf(out, "%.6g,%.6g,%.6g,", found->median,
					    found->low, found->high);
		if (!ret)
			ret = strbuf_printf(
				out,
				"%zu,%.4g,%" PRIu64 ",%" PRIu64 ",%d,%d,%d,%s,%s,%d\n",
				found->count, row->bus_factor, row->pages_proved,
				row->lines_proved, !!(row->flags & ROW_NOISY),
				!!(row->flags & ROW_WIDE), !!(row->flags & ROW_IN_CACHE),
				row->kernels, run->emulator, run->forced);
	}
	return ret;
}
