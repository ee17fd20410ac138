/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run has that can be drawn: curves and maps of figures, and their ways out. Pure;
 * texts of a run may be anybody's, and each way out makes them harmless. */
#ifndef CHART_H
#define CHART_H

#include "result.h"

#define CHART_CURVES	 8
#define CHART_NODES	 32
#define CHART_NAME_BYTES (2 * ROW_WORD_BYTES + 32)

/* One figure with its interval; low and high are the figure where none is known. */
struct chart_point {
	size_t curve;
	double x, y, low, high;
};

struct chart {
	const char *title;
	const char *x_label, *y_label;
	const char *none;		 /* said in place of a picture without points */
	enum figure_unit x_unit, y_unit; /* UNIT_NONE: per cent */
	char names[CHART_CURVES][CHART_NAME_BYTES];
	size_t curves;
	size_t left_out;	    /* points of curves beyond CHART_CURVES */
	struct chart_point *points; /* curve by curve, each by growing x */
	size_t count;
	double most_x, most_y; /* of the axes, which begin at 0 */
};

/* CPUs by memory. NAN: not measured. */
struct chart_map {
	const char *title;
	const char *none;
	enum figure_unit unit;
	bool more_is_better;
	uint32_t cpu_nodes[CHART_NODES];
	char places[CHART_NODES][ROW_WORD_BYTES];
	size_t rows, columns;
	size_t left_out; /* figures of nodes beyond CHART_NODES */
	double figure[CHART_NODES][CHART_NODES];
	double least, most;
};

enum { CHARTS = 2, CHART_MAPS = 2 };

/* All that a run can show. */
struct charts {
	struct chart chart[CHARTS];
	struct chart_map map[CHART_MAPS];
	const char *emulator; /* that the figures are of; "" for none */
	bool hidden; /* some rows tell no figure, as they were measured under an emulator */
};

/* Lends from the run. 0 or -ENOMEM; charts_free() in either case. */
int charts_find(const struct run *run, struct charts *charts) MUST_CHECK;
void charts_free(struct charts *charts);

/* How bad a figure of a map is: from 0, the best of it, to 1. */
double chart_badness(const struct chart_map *map, double figure);

/* One <svg> each, for a page. Nothing is written where there is nothing to draw. */
int chart_to_svg(const struct chart *chart, struct strbuf *out) MUST_CHECK;
int chart_map_to_svg(const struct chart_map *map, struct strbuf *out) MUST_CHECK;
/* Text with what HTML and XML read as their own made harmless. */
int chart_put_escaped(struct strbuf *out, const char *text) MUST_CHECK;

/* How a terminal is drawn on. */
struct chart_paper {
	bool utf8;
	bool colour;
};

/* On 80 columns. */
int charts_to_text(const struct charts *charts, const struct chart_paper *paper,
		   struct strbuf *out) MUST_CHECK;

/* Commands for gnuplot that draw all of it with `terminal`, "svg" or "png".
 * -ENODATA: there is nothing to draw. */
int charts_to_gnuplot(const struct charts *charts, const char *terminal,
		      struct strbuf *out) MUST_CHECK;

#endif
