// SPDX-License-Identifier: GPL-2.0-or-later
// Records on standard output, without a terminal.
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "formats.h"
#include "typed.h"
#include "write_all.h"

static int put_screen(struct source *source, const struct options *options,
		      struct strbuf *out)
{
	struct grid grid = { 0 };
	int ret = grid_size(&grid, (int)options->rows, (int)options->columns);

	if (!ret) {
		screen_draw(&grid, options->ui, &source->record);
		ret = grid_text(&grid, out);
	}
	grid_free(&grid);
	return ret;
}

static int put(struct source *source, const struct options *options, bool is_first,
	       struct strbuf *out)
{
	const struct record *record = &source->record;

	switch (options->format) {
	case FORMAT_TEXT:
		return put_screen(source, options, out);
	case FORMAT_JSON:
		return record_write(record, out);
	case FORMAT_CSV:
		return csv_write(record, is_first, out);
	case FORMAT_OPENMETRICS:
		return openmetrics_write(record, out);
	default:
		return 0;
	}
}

/* Whole or not at all, as a node exporter reads whenever it wants. */
static int put_textfile(const struct record *record, const char *path)
{
	SCOPED_STRBUF struct strbuf text = { 0 }, beside = { 0 };
	int ret = openmetrics_write(record, &text), fd;

	if (!ret)
		ret = strbuf_printf(&beside, "%s.%d", path, (int)getpid());
	if (ret)
		return ret;
	fd = open(beside.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, text.text, text.len);
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && rename(beside.text, path))
		ret = -errno;
	if (ret)
		unlink(beside.text);
	return ret;
}

static int print(struct source *source, const struct options *options, bool is_first)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	int ret = source_tell(source, options->ui);

	if (!ret && is_first && options->keys) {
		ret = typed_keys(options->keys, options->ui, source, options);
		if (ret)
			return ret < 0 ? fail(STATUS_FAILED, "out of memory") : ret;
	}
	if (!ret)
		ret = put(source, options, is_first, &out);
	if (!ret)
		ret = write_all(STDOUT_FILENO, strbuf_text(&out), out.len);
	if (ret)
		return fail(STATUS_FAILED, "stdout: write: %s", strerror(-ret));
	if (!options->textfile)
		return STATUS_DONE;
	ret = put_textfile(&source->record, options->textfile);
	return ret ? fail(STATUS_FAILED, "%s: write: %s", options->textfile,
			  strerror(-ret)) :
		     STATUS_DONE;
}

static void wait_for(double seconds)
{
	const struct timespec span = {
		(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)
	};

	nanosleep(&span, NULL);
}

int batch_run(struct source *source, const struct options *options)
{
	for (uint64_t n = 0; !options->count || n < options->count; n++) {
		int status;

		if (n && !source->tape)
			wait_for(options->ui->interval);
		status = source_next(source, options, 1);
		/* The end of a recording. */
		if (status < 0)
			return STATUS_DONE;
		if (!status)
			status = print(source, options, !n);
		if (status)
			return status;
	}
	return STATUS_DONE;
}
