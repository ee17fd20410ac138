// SPDX-License-Identifier: GPL-2.0-or-later
// Keys as words, and what they do without a terminal.
#include "typed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int key;
} names[] = {
	{ "<Enter>", KEY_RETURN },
	{ "<Esc>", KEY_ESCAPE },
	{ "<Tab>", '\t' },
	{ "<Up>", KEY_GO_UP },
	{ "<Down>", KEY_GO_DOWN },
	{ "<Left>", KEY_GO_LEFT },
	{ "<Right>", KEY_GO_RIGHT },
	{ "<PageUp>", KEY_PAGE_UP },
	{ "<PageDown>", KEY_PAGE_DOWN },
	{ "<Home>", KEY_FIRST },
	{ "<End>", KEY_LAST },
	{ "<Backspace>", KEY_ERASE },
	{ "<F10>", KEY_F10 },
};

int typed_next(const char **text)
{
	const char *at = *text;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(at, names[i].name, strlen(names[i].name))) {
			*text += strlen(names[i].name);
			return names[i].key;
		}
	if (at[0] == '<' && at[1] == 'F' && at[2] >= '1' && at[2] <= '9' &&
	    at[3] == '>') {
		*text += 4;
		return KEY_F1 + (at[2] - '1');
	}
	*text += *at ? 1 : 0;
	return (unsigned char)*at;
}

int typed_keys(const char *text, struct ui *ui, struct source *source,
	       const struct options *options)
{
	int key, status = 0;

	while (!status && (key = typed_next(&text)) != KEY_NONE_YET) {
		enum request request = ui_key(ui, &source->record, key);
		int step = request == REQUEST_STEP ? ui->step : 1;

		if (request != REQUEST_STEP && request != REQUEST_NOW)
			continue;
		/* A recording has its mappings, or has them not. */
		if (request == REQUEST_NOW && source->tape)
			continue;
		status = source_next(source, options, step);
		if (status < 0)
			status = 0;
		else if (!status)
			status = source_tell(source, ui);
	}
	return status;
}
