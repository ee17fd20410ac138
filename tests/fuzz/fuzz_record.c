// SPDX-License-Identifier: GPL-2.0-or-later
// A line of a recording: refused with words, or it draws at several sizes, and writes and reads
// back as the same bytes.
#include "formats.h"
#include "fuzz.h"
#include "views.h"

static void try_screens(const struct record *record)
{
	static const int sizes[][2] = { { 8, 40 }, { 24, 80 }, { 30, 170 } };
	struct grid grid = { 0 };
	struct ui ui;

	ui_init(&ui);
	ui.tree = true;
	ui.mappings_of = record->mappings_of;
	ui.heat_for = record->heat_of;
	MUST(!ui_take(&ui, record, true));
	for (int view = 0; view < VIEWS; view++)
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			ui.view = (enum view)view;
			ui.tree = !ui.tree;
			MUST(!ui_take(&ui, record, true));
			MUST(!grid_size(&grid, sizes[i][0], sizes[i][1]));
			screen_draw(&grid, &ui, record);
		}
	ui.view = VIEW_PROCESSES;
	ui_key(&ui, record, 'a');
	screen_draw(&grid, &ui, record);
	grid_free(&grid);
	ui_free(&ui);
}

static void try_round_trip(const struct record *record)
{
	struct strbuf first = { 0 }, second = { 0 };
	struct record again;
	const char *why = NULL;

	MUST(!record_write(record, &first));
	MUST(!record_read(first.text, &again, &why));
	MUST(!record_write(&again, &second));
	MUST(!strcmp(first.text, second.text));
	record_free(&again);
	strbuf_reset(&second);
	MUST(!csv_write(record, true, &second));
	MUST(!openmetrics_write(record, &second));
	strbuf_free(&first);
	strbuf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct record record;
	const char *why = NULL;
	int ret = record_read(text, &record, &why);

	MUST(ret == 0 || (ret == -EINVAL && why && *why));
	if (!ret) {
		try_screens(&record);
		try_round_trip(&record);
	}
	record_free(&record);
	free(text);
	return 0;
}
