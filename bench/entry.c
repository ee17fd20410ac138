// SPDX-License-Identifier: GPL-2.0-or-later
// Finds rows again in each lap. Takes no sample.
#include "entry.h"

#include <stdlib.h>
#include <string.h>

static void drop(struct bench *bench)
{
	struct entries *entries = &bench->entries;

	for (size_t i = 0; i < entries->count; i++) {
		series_free(&entries->entry[i]->series);
		free(entries->entry[i]);
	}
	*entries = (struct entries){ 0 };
}

void entries_begin(struct bench *bench)
{
	bench->entries.in_laps = true;
}

static bool is_at(const struct entry *entry, const struct place *place)
{
	return !place || !strcmp(entry->row.place, place->text);
}

bool entries_want_lap(const struct bench *bench, const struct place *place)
{
	for (size_t i = 0; i < bench->entries.count; i++) {
		const struct entry *entry = bench->entries.entry[i];

		if (is_at(entry, place) && !entry->series.laps.stop)
			return true;
	}
	return false;
}

struct estimate entries_so_far(const struct bench *bench, const struct place *place)
{
	for (size_t i = 0; i < bench->entries.count; i++) {
		struct entry *entry = bench->entries.entry[i];

		if (is_at(entry, place))
			return laps_estimate(&entry->series.laps);
	}
	return (struct estimate){ 0 };
}

int entries_end(struct bench *bench, int status)
{
	for (size_t i = 0; !status && i < bench->entries.count; i++) {
		struct entry *entry = bench->entries.entry[i];

		status = series_keep(bench, &entry->series, &entry->row);
	}
	drop(bench);
	return status;
}

static struct entry *find(const struct bench *bench, const struct row *row)
{
	for (size_t i = 0; i < bench->entries.count; i++) {
		struct entry *entry = bench->entries.entry[i];

		if (row_is_same(&entry->row, row))
			return entry;
	}
	return NULL;
}

static struct entry *add(struct bench *bench, const struct row *row)
{
	struct entries *entries = &bench->entries;
	struct entry *entry = entries->count < ENTRIES_MOST ? calloc(1, sizeof(*entry)) :
							      NULL;

	if (entry) {
		entry->row = *row;
		entries->entry[entries->count++] = entry;
	}
	return entry;
}

int entry_begin(struct bench *bench, const struct spot *spot, const struct row *row,
		struct entry **entry)
{
	const bool in_laps = bench->entries.in_laps;
	struct row here = *row;
	int status = STATUS_DONE;

	series_fill_row(bench, spot, &here);
	*entry = find(bench, &here);
	if (!*entry) {
		*entry = add(bench, &here);
		if (!*entry)
			return say(STATUS_FAILED, bench->cmd->name, "out of memory");
		status = in_laps ? series_begin_laps(bench, &(*entry)->series) :
				   series_begin(bench, &(*entry)->series);
	}
	if (status)
		return status;
	if ((*entry)->series.laps.stop) {
		*entry = NULL;
		bench->done++;
	} else if (in_laps) {
		/* Each lap proves as much anew. */
		(*entry)->row.lines_proved = 0;
		series_begin_lap(bench, &(*entry)->series);
	}
	return STATUS_DONE;
}

int entry_end(struct bench *bench, struct spot *spot, struct entry *entry, int status)
{
	if (!entry)
		return status;
	if (bench->entries.in_laps) {
		series_end_lap(bench, &entry->series);
		entry->row.pages_proved = spot_pages_proved(spot);
		bench->done++;
		return status;
	}
	if (!status)
		status = series_finish(bench, spot, &entry->series, &entry->row);
	drop(bench);
	return status;
}
