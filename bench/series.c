// SPDX-License-Identifier: GPL-2.0-or-later
// Gathers samples, proves, judges how quiet it was, and makes a row.
#include "series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SAMPLE_LEAST 8
#define GOOD_ERROR   0.02

bool is_hidden(const struct bench *bench)
{
	return bench->machine.emulator && !bench->options.force_figures;
}

int series_begin(struct bench *bench, struct series *series)
{
	double most = bench->wishes.seconds * 1e9 / SAMPLE_NS;
	bool hidden = is_hidden(bench);

	*series = (struct series){
		.rule = { .least = SAMPLE_LEAST,
			  .most = hidden ? 1 : (size_t)fmax(most, SAMPLE_LEAST),
			  .error = GOOD_ERROR },
		.until_ns = bench->wishes.hurries ?
				    now_ns() + (uint64_t)(bench->wishes.seconds * 1e9) :
				    UINT64_MAX,
	};
	series->values = calloc(series->rule.most, sizeof(*series->values));
	if (!series->values)
		return say(STATUS_FAILED, bench->cmd->name, "out of memory");
	disturb_begin(&series->disturb, bench);
	return STATUS_DONE;
}

void series_add(struct series *series, double value)
{
	series->values[series->count++] = value;
	series->stop = stats_stop(series->values, series->count, &series->rule);
	disturb_probe(&series->disturb);
}

bool series_is_over(const struct series *series)
{
	return series->stop ||
	       (series->count >= series->rule.least && now_ns() > series->until_ns);
}

static bool is_noisy(const struct row *row)
{
	return stats_error(&row->estimate) > GOOD_ERROR ||
	       is_disturbed(&row->disturbance);
}

static void fill_row(struct bench *bench, struct spot *spot, struct row *row)
{
	(void)snprintf(row->place, sizeof(row->place), "%s", spot->place.text);
	(void)snprintf(row->pages, sizeof(row->pages), "%s",
		       spot->buffer[0].start ? page_size_names[bench->wishes.pages] :
					       "-");
	row->cpu_node = spot->cpu_node;
	row->bytes = spot->buffer[0].bytes;
	for (size_t i = 0; i < TEAM_BUFFERS; i++)
		row->pages_proved += spot->buffer[i].pages_proved;
	if (spot->buffer[0].start && row->bytes < 2 * bench->machine.cache_bytes)
		row->flags |= ROW_IN_CACHE;
}

int series_finish(struct bench *bench, struct spot *spot, struct series *series,
		  struct row *row)
{
	int status = STATUS_DONE;

	for (size_t i = 0; !status && i < TEAM_BUFFERS; i++)
		if (spot->buffer[i].start)
			status = buffer_prove(bench, &spot->place, &spot->buffer[i]);
	if (status) {
		free(series->values);
		return status;
	}
	fill_row(bench, spot, row);
	row->disturbance = disturb_end(&series->disturb, bench);
	row->disturbance.migrations -= row->disturbance.migrations < series->moved ?
					       row->disturbance.migrations :
					       series->moved;
	row->estimate = stats_estimate(series->values, series->count, STATS_CONFIDENCE);
	if (is_hidden(bench)) {
		row->flags |= ROW_HIDDEN;
		row->estimate = (struct estimate){ 0 };
		free(series->values);
	} else {
		row->values = series->values;
		row->flags |= is_noisy(row) ? ROW_NOISY : 0;
	}
	bench->done++;
	return run_add(&bench->run, row) ?
		       say(STATUS_FAILED, bench->cmd->name, "out of memory") :
		       STATUS_DONE;
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
