/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line, as a table that help, completion and parsing share. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

#include "ui.h"

enum format {
	FORMAT_SCREEN = 0,
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_OPENMETRICS
};

enum status {
	STATUS_DONE = 0,
	STATUS_FAILED,
	STATUS_USAGE,
	STATUS_UNSUPPORTED,
	STATUS_DENIED,
	STATUS_MISSING
};

struct options {
	enum format format;
	bool batch;
	uint64_t count; /* records; 0: without end */
	const char *root, *record, *replay, *textfile, *keys;
	uint64_t rows, columns; /* of FORMAT_TEXT */
	uint64_t pages;
	double cpu_ms;
	uint64_t mappings_of, heat_of;
	bool groups, actions, readonly, no_config;
	struct ui *ui; /* where settings go */
};

/* 0 to go on; above: end with that status less 1, as help was printed or something is wrong,
 * which is said on stderr. */
int options_parse(struct options *options, int argc, char **argv) MUST_CHECK;

/* "tiertop: object: what: why" on stderr; returns the status. */
int fail(int status, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
