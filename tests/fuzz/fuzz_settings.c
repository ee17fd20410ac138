// SPDX-License-Identifier: GPL-2.0-or-later
// The configuration file: whatever it holds, the settings stay ones that can be written and read
// back.
#include "config.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct strbuf first = { 0 }, second = { 0 };
	struct ui ui, other;

	ui_init(&ui);
	ui_init(&other);
	config_take(&ui, text);
	MUST(ui.interval >= 0.1 && ui.sort >= 0 && ui.sort < COLUMNS_MOST);
	MUST(!settings_text(&ui, &first));
	MUST(!config_take(&other, first.text));
	MUST(!settings_text(&other, &second));
	MUST(!strcmp(first.text, second.text));
	ui_free(&ui);
	ui_free(&other);
	strbuf_free(&first);
	strbuf_free(&second);
	free(text);
	return 0;
}
