// SPDX-License-Identifier: GPL-2.0-or-later
// The head of the screen: a bar for each tier, what moves between them, and the switches.
#include <stdio.h>
#include <string.h>

#include "views.h"

#define NAME_WIDTH   14
#define FIGURE_WIDTH 12
#define FLOW_WIDTH   15
#define SPARK_WIDTH  20
#define LEAST_BAR    6

/* Blocks of an eighth to a whole, and what stands for them in ASCII. */
static const char ascii_blocks[] = ".:-=+*%#";

struct part {
	double value;
	enum style style;
	char ascii;
};

/* The parts of what is in use; the rest of it is the kernel's. */
static size_t parts_of(const struct rec_tier *tier, struct part parts[4])
{
	double used = tier->total.value - tier->free.value, rest = used;
	const struct known *known[] = { &tier->anon, &tier->file, &tier->huge };
	static const struct part looks[] = { { 0, STYLE_ANON, '|' },
					     { 0, STYLE_FILE, '=' },
					     { 0, STYLE_HUGE, 'H' },
					     { 0, STYLE_OTHER, '-' } };

	for (size_t i = 0; i < 3; i++) {
		parts[i] = looks[i];
		parts[i].value = known[i]->is_known ? known[i]->value : 0;
		if (parts[i].value > rest)
			parts[i].value = rest;
		rest -= parts[i].value;
	}
	parts[3] = looks[3];
	parts[3].value = rest;
	return 4;
}

static void draw_bar(const struct drawing *drawing, struct spot spot,
		     const struct rec_tier *tier)
{
	int width = spot.end - spot.column - 2, done = 0;
	struct part parts[4];
	double sum = 0;

	grid_char(drawing->grid, spot.row, spot.column, STYLE_BOLD, '[');
	grid_char(drawing->grid, spot.row, spot.end - 1, STYLE_BOLD, ']');
	if (!tier->total.is_known || !tier->free.is_known || tier->total.value <= 0) {
		grid_put(drawing->grid,
			 (struct spot){ spot.row, spot.column + 1, spot.end - 1 },
			 STYLE_DIM, "n/a");
		return;
	}
	parts_of(tier, parts);
	for (size_t i = 0; i < 4; i++) {
		double share;

		sum += parts[i].value;
		share = sum / tier->total.value;
		/* A file may say anything. */
		share = share >= 0 && share <= 1 ? share : 1;
		for (; done < (int)(share * width + 0.5); done++)
			grid_char(drawing->grid, spot.row, spot.column + 1 + done,
				  parts[i].style, (uint32_t)parts[i].ascii);
	}
}

static void draw_spark(const struct drawing *drawing, struct spot spot, size_t tier)
{
	const struct ui *ui = drawing->ui;
	const float *history = ui->history[tier];
	size_t width = (size_t)(spot.end - spot.column), n = ui->n_history;
	float most = 0;

	width = width < n ? width : n;
	for (size_t i = n - width; i < n; i++)
		most = history[i] > most ? history[i] : most;
	for (size_t i = 0; i < width && most > 0; i++) {
		float value = history[n - width + i] / most;
		int eighth;

		if (!(value > 0 && value <= 1))
			continue;
		eighth = (int)(value * 7.99F);
		grid_char(drawing->grid, spot.row, spot.column + (int)i, STYLE_DOWN,
			  ui->ascii ? (uint32_t)ascii_blocks[eighth] :
				      0x2581U + (uint32_t)eighth);
	}
}

static void draw_flows(const struct drawing *drawing, struct spot spot,
		       const struct rec_tier *tier)
{
	char up[SHORT_BYTES], down[SHORT_BYTES];

	grid_printf(drawing->grid, spot,
		    tier->promoted.value > 0 || tier->demoted.value > 0 ? STYLE_UP :
									  STYLE_DIM,
		    " ^%-5s v%-5s", short_known(&tier->promoted, up),
		    short_known(&tier->demoted, down));
}

/* As a whole number: %zu is not, as a tier without a kind has none. */
static int draw_name(const struct drawing *drawing, int row, size_t i)
{
	const struct rec_tier *tier = &drawing->record->tiers[i];
	char name[64];

	snprintf(name, sizeof(name), "%zu %s %.20s", i, *tier->kind ? tier->kind : "-",
		 tier->nodes);
	return grid_put(drawing->grid, (struct spot){ row, 0, NAME_WIDTH },
			i ? STYLE_SLOW : STYLE_FAST, name);
}

static void draw_tier(const struct drawing *drawing, int row, size_t i)
{
	const struct rec_tier *tier = &drawing->record->tiers[i];
	int columns = drawing->grid->columns;
	bool has_flows = columns >= 60, has_spark = columns >= 110;
	int end = columns - FIGURE_WIDTH - (has_flows ? FLOW_WIDTH : 0) -
		  (has_spark ? SPARK_WIDTH : 0);
	char used[SHORT_BYTES], total[SHORT_BYTES];
	struct known in_use = { tier->total.is_known && tier->free.is_known,
				tier->total.value - tier->free.value };

	draw_name(drawing, row, i);
	if (end - NAME_WIDTH >= LEAST_BAR)
		draw_bar(drawing, (struct spot){ row, NAME_WIDTH + 1, end }, tier);
	grid_printf(drawing->grid, (struct spot){ row, end, end + FIGURE_WIDTH },
		    STYLE_PLAIN, "%5s/%-5s", short_known(&in_use, used),
		    short_known(&tier->total, total));
	end += FIGURE_WIDTH;
	if (has_flows)
		draw_flows(drawing, (struct spot){ row, end, end + FLOW_WIDTH }, tier);
	if (has_spark)
		draw_spark(drawing, (struct spot){ row, end + FLOW_WIDTH, columns }, i);
}

static void add_known(char *text, size_t size, const char *name,
		      const struct known *known)
{
	size_t len = strlen(text);

	if (known->is_known)
		snprintf(text + len, size - len, "  %s %.2f%%", name, known->value);
	else
		snprintf(text + len, size - len, "  %s n/a", name);
}

/* Whose traffic is told of, and the words for it that records have. */
static const struct traffic {
	const char *name;
	const char *of[3]; /* "": older recordings */
} traffics[] = {
	{ "CPUs", { "cpus", "", NULL } },
	{ "memory", { "node", "package", NULL } },
	{ "pmem", { "pmem", NULL } },
};

static bool is_of(const struct rec_bandwidth *one, const struct traffic *traffic)
{
	for (const char *const *of = traffic->of; *of; of++)
		if (!strcmp(one->of, *of))
			return true;
	return false;
}

static void add(struct known *sum, const struct known *one)
{
	sum->is_known &= one->is_known;
	sum->value += one->value;
}

/* All sockets together, as a line has no room for more. Returns whether it is known. */
static bool add_traffic(char *text, size_t size, const struct record *record,
			const struct traffic *traffic)
{
	struct known total = { true, 0 }, read = { true, 0 }, written = { true, 0 };
	char bufs[3][SHORT_BYTES];
	const char *source = NULL;
	size_t len = strlen(text);

	for (size_t i = 0; i < record->n_bandwidths; i++) {
		const struct rec_bandwidth *one = &record->bandwidths[i];

		if (!is_of(one, traffic))
			continue;
		source = one->source;
		add(&total, &one->total);
		add(&read, &one->read);
		add(&written, &one->write);
	}
	if (!source || !total.is_known)
		return false;
	len += (size_t)snprintf(text + len, size - len, "  bandwidth of %s %s/s",
				traffic->name, short_known(&total, bufs[0]));
	if (read.is_known && written.is_known && len < size)
		len += (size_t)snprintf(text + len, size - len, " (%s read, %s written)",
					short_known(&read, bufs[1]),
					short_known(&written, bufs[2]));
	if (*source && len < size)
		snprintf(text + len, size - len, " by %.24s", source);
	return true;
}

static void add_bandwidth(char *text, size_t size, const struct record *record)
{
	bool is_known = false;
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(traffics); i++)
		is_known |= add_traffic(text, size, record, &traffics[i]);
	len = strlen(text);
	if (!is_known)
		snprintf(text + len, size - len, "  bandwidth n/a%s%.80s",
			 *record->bandwidth_why ? ": " : "", record->bandwidth_why);
}

/* In a line for each dozen that the screen has, as far as they are needed. Returns the row behind. */
static int draw_switches(const struct drawing *drawing, int row)
{
	const struct lines lines = { row, row + drawing->grid->rows / 12, STYLE_DIM,
				     "  " };
	const struct record *record = drawing->record;
	char text[768];
	size_t len;

	snprintf(text, sizeof(text), "demotion %.16s  balancing %.16s", record->demotion,
		 record->balancing);
	add_known(text, sizeof(text), "waiting some", &record->pressure_some);
	add_known(text, sizeof(text), "full", &record->pressure_full);
	for (size_t i = 0; i < record->n_tiers; i++) {
		char lost[SHORT_BYTES];

		len = strlen(text);
		if (record->tiers[i].weight.is_known)
			snprintf(text + len, sizeof(text) - len, "  weight%zu %.0f", i,
				 record->tiers[i].weight.value);
		len = strlen(text);
		if (record->tiers[i].lost.value > 0)
			snprintf(text + len, sizeof(text) - len, "  lost%zu %s", i,
				 short_known(&record->tiers[i].lost, lost));
	}
	add_bandwidth(text, sizeof(text), record);
	return draw_lines(drawing, &lines, text);
}

int draw_tiers(const struct drawing *drawing, int row)
{
	size_t most = (size_t)(drawing->grid->rows / 3);
	size_t n = drawing->record->n_tiers;

	n = n < most ? n : most;
	for (size_t i = 0; i < n; i++)
		draw_tier(drawing, row++, i);
	if (n < drawing->record->n_tiers)
		grid_printf(drawing->grid,
			    (struct spot){ row - 1, 0, drawing->grid->columns },
			    STYLE_DIM, "and %zu tiers more",
			    drawing->record->n_tiers - n + 1);
	return draw_switches(drawing, row);
}
