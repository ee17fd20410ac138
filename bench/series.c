// SPDX-License-Identifier: GPL-2.0-or-later
// Gathers samples, proves, judges how quiet it was, and makes a row.
#include "series.h"

#include <math.h>
#include <stdio.h>

#define SAMPLE_LEAST 8

bool is_hidden(const struct bench *bench)
{
	return bench->machine.emulator && !bench->options.force_figures;
}

size_t laps_most(const struct bench *bench)
{
	if (is_hidden(bench))
		return 1;
	return bench->wishes.hurries ? LAPS_HURRY : LAPS_MOST;
}

static uint64_t time_over(const struct bench *bench, size_t parts)
{
	if (!bench->wishes.hurries)
		return UINT64_MAX;
	return now_ns() + (uint64_t)(bench->wishes.seconds * 1e9 / (double)parts);
}

static int begin(struct bench *bench, struct series *series, const struct stop_rule *rule,
		 size_t per_lap)
{
	if (!laps_begin(&series->laps, rule, per_lap))
		return STATUS_DONE;
	series_free(series);
	return say(STATUS_FAILED, bench->cmd->name, "out of memory");
}

/* How many samples the time is for. */
static double samples_most(const struct bench *bench)
{
	return bench->wishes.seconds * 1e9 / SAMPLE_NS;
}

int series_begin(struct bench *bench, struct series *series)
{
	const double most = fmax(samples_most(bench), SAMPLE_LEAST);
	const struct stop_rule rule = { .least = SAMPLE_LEAST,
					.most = is_hidden(bench) ? 1 : (size_t)most,
					.error = ROW_GOOD_ERROR };

	*series = (struct series){ .is_lone = true, .until_ns = time_over(bench, 1) };
	disturb_begin(&series->disturb, bench);
	return begin(bench, series, &rule, 1);
}

int series_begin_laps(struct bench *bench, struct series *series)
{
	const size_t most = laps_most(bench);
	const double per_lap = fmax(samples_most(bench) / (double)most, 1);
	const struct stop_rule rule = { .least = most < LAPS_LEAST ? most : LAPS_LEAST,
					.most = most,
					.error = ROW_GOOD_ERROR };

	*series = (struct series){ 0 };
	return begin(bench, series, &rule, is_hidden(bench) ? 1 : (size_t)per_lap);
}

void series_begin_lap(struct bench *bench, struct series *series)
{
	series->until_ns = time_over(bench, laps_most(bench));
	disturb_begin(&series->disturb, bench);
}

void series_end_lap(struct bench *bench, struct series *series)
{
	disturb_pause(&series->disturb, bench);
	laps_end_lap(&series->laps);
}

bool series_is_over(const struct series *series)
{
	const struct laps *laps = &series->laps;
	bool is_late = now_ns() > series->until_ns;

	if (series->is_lone)
		return laps->stop || (laps->count >= laps->rule.least && is_late);
	return laps->sample_count == laps->per_lap || (laps->sample_count && is_late);
}

void series_add(struct series *series, double value)
{
	const struct laps *laps = &series->laps;

	laps_add(&series->laps, value);
	if (series->is_lone)
		laps_end_lap(&series->laps);
	/* After the first and the last, as each look asks every CPU that measures. */
	if (laps->sample_count == 1 || laps->all == 1 || series_is_over(series))
		disturb_look(&series->disturb);
	disturb_probe(&series->disturb);
}

void series_fill_row(const struct bench *bench, const struct spot *spot, struct row *row)
{
	(void)snprintf(row->place, sizeof(row->place), "%s", spot->place.text);
	(void)snprintf(row->pages, sizeof(row->pages), "%s",
		       spot->buffer[0].start ? page_size_names[bench->wishes.pages] :
					       "-");
	row->cpu_node = spot->cpu_node;
	row->bytes = spot->buffer[0].bytes;
	if (spot->buffer[0].start && row->bytes < 2 * bench->machine.cache_bytes)
		row->flags |= ROW_IN_CACHE;
}

int series_keep(struct bench *bench, struct series *series, struct row *row)
{
	struct laps *laps = &series->laps;

	row->disturbance = disturb_end(&series->disturb);
	row->disturbance.migrations -= row->disturbance.migrations < series->moved ?
					       row->disturbance.migrations :
					       series->moved;
	row->samples = laps->all;
	row->estimate = laps_estimate(laps);
	if (is_hidden(bench)) {
		row->flags |= ROW_HIDDEN;
		row->estimate = (struct estimate){ 0 };
	} else {
		row->values = laps->medians;
		laps->medians = NULL;
		row->flags |= row_doubts(row);
	}
	series_free(series);
	return run_add(&bench->run, row) ?
		       say(STATUS_FAILED, bench->cmd->name, "out of memory") :
		       STATUS_DONE;
}

int series_finish(struct bench *bench, struct spot *spot, struct series *series,
		  struct row *row)
{
	int status = spot_prove(bench, spot);

	if (status) {
		series_free(series);
		return status;
	}
	series_fill_row(bench, spot, row);
	row->pages_proved += spot_pages_proved(spot);
	disturb_pause(&series->disturb, bench);
	bench->done++;
	return series_keep(bench, series, row);
}

void series_free(struct series *series)
{
	laps_free(&series->laps);
}

double last_median(const struct bench *bench)
{
	return bench->run.count ? bench->run.rows[bench->run.count - 1].estimate.median :
				  0;
}

void show_progress(struct bench *bench, const struct spot *spot, const char *test,
		   const char *variant)
{
	char text[3 * ROW_WORD_BYTES];

	(void)snprintf(text, sizeof(text), "%s %s of %s from node %u", test, variant,
		       spot->place.text, spot->cpu_node);
	progress(bench, text);
}
