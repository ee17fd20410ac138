// SPDX-License-Identifier: GPL-2.0-or-later
// Finds curves and maps in the rows of a run. Draws nothing.
#include "chart.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- curves ---------------------------------------------------------------------------- */

static int add_point(struct chart *chart, const char *name, struct chart_point point)
{
	struct chart_point *points;

	while (point.curve < chart->curves &&
	       strcmp(chart->names[point.curve], name) != 0)
		point.curve++;
	if (point.curve == CHART_CURVES) {
		chart->left_out++;
		return 0;
	}
	points = reallocarray(chart->points, chart->count + 1, sizeof(*points));
	if (!points)
		return -ENOMEM;
	if (point.curve == chart->curves)
		snprintf(chart->names[chart->curves++], CHART_NAME_BYTES, "%s", name);
	chart->points = points;
	points[chart->count++] = point;
	chart->most_x = fmax(chart->most_x, point.x);
	chart->most_y = fmax(chart->most_y, fmax(point.y, point.high));
	return 0;
}

static struct chart_point point_of(const struct row *row, double x)
{
	const struct estimate *found = &row->estimate;
	bool has_interval = 0 < found->low && found->low <= found->median &&
			    found->median <= found->high;

	return (struct chart_point){ .x = x,
				     .y = found->median,
				     .low = has_interval ? found->low : found->median,
				     .high = has_interval ? found->high : found->median };
}

/* A variant is "read/1600": the traffic, and the pause in it. */
static int add_loaded(struct chart *chart, const struct row *row)
{
	int job = (int)strcspn(row->variant, "/");
	char name[CHART_NAME_BYTES];

	snprintf(name, sizeof(name), "%s from node %" PRIu32 ", %.*s", row->place,
		 row->cpu_node, job, row->variant);
	return add_point(chart, name, point_of(row, row->load_bytes_per_sec));
}

/* One node of a place, as in "node:0" or "node:0=3,2=1": where the next begins, or NULL. */
static const char *next_share(const char *at, unsigned long *node, unsigned long *weight)
{
	char *end;

	if (!strncmp(at, "node:", 5))
		at += 5;
	if (*at < '0' || *at > '9')
		return NULL;
	*node = strtoul(at, &end, 10);
	*weight = 1;
	if (*end == '=' && end[1] >= '0' && end[1] <= '9')
		*weight = strtoul(end + 1, &end, 10);
	if (*end && *end != ',')
		return NULL;
	return *end ? end + 1 : end;
}

/* How many of 100 pages lie on `fast`; negative when a place is not of that form. */
static double share_on(const char *place, unsigned long fast)
{
	double here = 0, all = 0;

	do {
		unsigned long node, weight;

		place = next_share(place, &node, &weight);
		if (!place)
			return -1;
		all += (double)weight;
		here += node == fast ? (double)weight : 0;
	} while (*place);
	return all > 0 ? 100 * here / all : -1;
}

/* The fast node is the one that is measured alone first. */
static int add_ratio(struct chart *chart, const struct row *row, unsigned long fast)
{
	double share = share_on(row->place, fast);
	char name[CHART_NAME_BYTES];

	snprintf(name, sizeof(name),
		 "%s, %" PRIu32 " threads of node %" PRIu32 ", node %lu", row->variant,
		 row->threads, row->cpu_node, fast);
	return share < 0 ? 0 : add_point(chart, name, point_of(row, share));
}

static int by_curve_and_x(const void *a, const void *b)
{
	const struct chart_point *one = a, *other = b;

	if (one->curve != other->curve)
		return one->curve < other->curve ? -1 : 1;
	return (one->x > other->x) - (one->x < other->x);
}

static void finish_chart(struct chart *chart)
{
	if (chart->count)
		qsort(chart->points, chart->count, sizeof(*chart->points),
		      by_curve_and_x);
	if (chart->x_unit == UNIT_NONE)
		chart->most_x = 100;
}

/* ---- maps ------------------------------------------------------------------------------ */

/* The numbers of row and column, new ones where there is room; false: no room. */
static bool find_cell(struct chart_map *map, const struct row *row, size_t *r, size_t *c)
{
	for (*r = 0; *r < map->rows && map->cpu_nodes[*r] != row->cpu_node;)
		++*r;
	for (*c = 0; *c < map->columns && strcmp(map->places[*c], row->place) != 0;)
		++*c;
	if (*r == CHART_NODES || *c == CHART_NODES)
		return false;
	if (*r == map->rows)
		map->cpu_nodes[map->rows++] = row->cpu_node;
	if (*c == map->columns)
		snprintf(map->places[map->columns++], ROW_WORD_BYTES, "%s", row->place);
	return true;
}

static void clear_map(struct chart_map *map)
{
	for (size_t r = 0; r < CHART_NODES; r++)
		for (size_t c = 0; c < CHART_NODES; c++)
			map->figure[r][c] = NAN;
}

/* Of a cell that was measured twice, as by `full`, the first counts. */
static void add_cell(struct chart_map *map, const struct row *row)
{
	double figure = row->estimate.median;
	size_t r, c;

	if (!(figure > 0))
		return;
	if (!find_cell(map, row, &r, &c)) {
		map->left_out++;
		return;
	}
	if (!isnan(map->figure[r][c]))
		return;
	map->figure[r][c] = figure;
	map->least = map->most > 0 ? fmin(map->least, figure) : figure;
	map->most = fmax(map->most, figure);
}

double chart_badness(const struct chart_map *map, double figure)
{
	double part = map->most > map->least ?
			      (figure - map->least) / (map->most - map->least) :
			      0;

	return map->more_is_better && map->most > map->least ? 1 - part : part;
}

/* ---- all of it ------------------------------------------------------------------------- */

static const struct charts nothing = {
	.chart = {
		{ .title = "Latency against load",
		  .x_label = "traffic beside it",
		  .y_label = "latency",
		  .none = "No curve of latency against load: this run did not measure it; "
			  "'tierbench loaded' does.",
		  .x_unit = UNIT_BYTES_PER_SEC,
		  .y_unit = UNIT_NS },
		{ .title = "Bandwidth by ratio",
		  .x_label = "pages on the node that is named",
		  .y_label = "bandwidth",
		  .none = "No curve of bandwidth by ratio: this run did not measure it; "
			  "'tierbench ratio' does.",
		  .x_unit = UNIT_NONE,
		  .y_unit = UNIT_BYTES_PER_SEC },
	},
	.map = {
		{ .title = "Latency by CPUs and memory",
		  .none = "No latency by CPUs and memory: this run did not measure it; "
			  "'tierbench matrix' does.",
		  .unit = UNIT_NS },
		{ .title = "Reads by CPUs and memory",
		  .none = "No reads by CPUs and memory: this run did not measure them; "
			  "'tierbench matrix' does.",
		  .unit = UNIT_BYTES_PER_SEC,
		  .more_is_better = true },
	},
};

static int take_row(struct charts *charts, const struct row *row, unsigned long fast)
{
	bool is_latency = row->unit == UNIT_NS;

	if (is_latency && !strcmp(row->test, "loaded"))
		return add_loaded(&charts->chart[0], row);
	if (is_latency && !strcmp(row->test, "latency") &&
	    !strcmp(row->variant, "window"))
		add_cell(&charts->map[0], row);
	if (row->unit != UNIT_BYTES_PER_SEC)
		return 0;
	if (!strcmp(row->test, "ratio"))
		return add_ratio(&charts->chart[1], row, fast);
	if (!strcmp(row->variant, "read") &&
	    (!strcmp(row->test, "matrix") || !strcmp(row->test, "bandwidth")))
		add_cell(&charts->map[1], row);
	return 0;
}

/* The node of the first row of `ratio`; 0 without one. */
static unsigned long fast_node(const struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		unsigned long node, weight;

		if (!strcmp(run->rows[i].test, "ratio") &&
		    next_share(run->rows[i].place, &node, &weight))
			return node;
	}
	return 0;
}

int charts_find(const struct run *run, struct charts *charts)
{
	unsigned long fast = fast_node(run);
	int ret = 0;

	*charts = nothing;
	charts->emulator = run->emulator;
	for (size_t i = 0; i < CHART_MAPS; i++)
		clear_map(&charts->map[i]);
	for (size_t i = 0; !ret && i < run->count; i++) {
		if (run->rows[i].flags & ROW_HIDDEN)
			charts->hidden = true;
		else
			ret = take_row(charts, &run->rows[i], fast);
	}
	for (size_t i = 0; i < CHARTS; i++)
		finish_chart(&charts->chart[i]);
	return ret;
}

void charts_free(struct charts *charts)
{
	for (size_t i = 0; i < CHARTS; i++) {
		free(charts->chart[i].points);
		charts->chart[i].points = NULL;
		charts->chart[i].count = 0;
	}
}
