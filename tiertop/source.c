// SPDX-License-Identifier: GPL-2.0-or-later
// One record after the other, whoever makes them.
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --once has one look only, so it takes its time; and nobody wants to see a first screen without
 * figures. */
#define CPU_MS_ONCE  200
#define CPU_MS_FIRST 30

static int status_of(int error)
{
	switch (error) {
	case -EACCES:
	case -EPERM:
		return STATUS_DENIED;
	case -ENOENT:
	case -ENODATA:
	case -ESRCH:
		return STATUS_MISSING;
	case -EOPNOTSUPP:
		return STATUS_UNSUPPORTED;
	default:
		return STATUS_FAILED;
	}
}

static int open_tape(struct source *source, const char *path)
{
	int ret = tape_open(path, &source->tape);

	if (ret)
		return fail(status_of(ret), "%s: replay: %s", path, strerror(-ret));
	if (!tape_length(source->tape))
		return fail(STATUS_FAILED, "%s: replay: there is no record in it", path);
	return STATUS_DONE;
}

static int open_live(struct source *source, const struct options *options)
{
	struct tier_diag diag = { 0 };
	int ret = live_open(options->root, &source->live, &diag);

	if (!ret)
		return STATUS_DONE;
	return fail(status_of(ret), "%s: discovery: %s",
		    options->root ? options->root : "this machine",
		    *diag.message ? diag.message : tier_strerror(ret));
}

int source_open(struct source *source, const struct options *options)
{
	*source = (struct source){ .record_fd = -1,
				   .record_path = options->record,
				   .replay_path = options->replay };
	if (options->record) {
		source->record_fd = open(options->record,
					 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		if (source->record_fd < 0)
			return fail(STATUS_FAILED, "%s: record: %s", options->record,
				    strerror(errno));
	}
	return options->replay ? open_tape(source, options->replay) :
				 open_live(source, options);
}

void source_close(struct source *source)
{
	live_close(source->live);
	tape_close(source->tape);
	record_free(&source->record);
	if (source->record_fd >= 0)
		close(source->record_fd);
}

static double cpu_ms(const struct source *source, const struct options *options)
{
	if (options->cpu_ms > 0)
		return options->cpu_ms;
	if (options->count == 1)
		return CPU_MS_ONCE;
	return source->has_record ? 0 : CPU_MS_FIRST;
}

struct source_wish source_wish(const struct source *source, const struct options *options,
			       int step)
{
	return (struct source_wish){
		.live = { .mappings_of = options->ui->mappings_of,
			  .heat_of = options->ui->heat_of,
			  .groups = options->groups || options->ui->view == VIEW_GROUPS,
			  .cpu_ms = cpu_ms(source, options),
			  .pages = (uint32_t)options->pages },
		.step = step,
	};
}

static int refuse(struct source *source, int status, const char *format, ...)
	PRINTF_LIKE(3, 4);

static int refuse(struct source *source, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(source->why, sizeof(source->why), format, args);
	va_end(args);
	return status;
}

static int take_live(struct source *source, const struct live_wish *wish,
		     struct record *record)
{
	int ret = live_take(source->live, wish, record);

	return ret ? refuse(source, status_of(ret), "processes: look: %s",
			    tier_strerror(ret)) :
		     STATUS_DONE;
}

static int take_tape(struct source *source, int step, struct record *record)
{
	size_t length = tape_length(source->tape), at = source->at;
	const char *why = NULL;

	if (source->has_record) {
		if (step < 0)
			at -= at < (size_t)-step ? at : (size_t)-step;
		else if (at + (size_t)step < length)
			at += (size_t)step;
		else
			at = length - 1;
		if (at == source->at)
			return -1;
	}
	if (tape_read(source->tape, at, record, &why))
		return refuse(source, STATUS_FAILED, "%s: record %zu: %s",
			      source->replay_path, at + 1, why);
	source->at = at;
	return STATUS_DONE;
}

static int note(struct source *source, const struct record *record)
{
	int ret = source->record_fd < 0 ? 0 : tape_add(source->record_fd, record);

	return ret ? refuse(source, STATUS_FAILED, "%s: record: %s", source->record_path,
			    strerror(-ret)) :
		     STATUS_DONE;
}

int source_take(struct source *source, const struct source_wish *wish,
		struct record *record)
{
	int status;

	*record = (struct record){ 0 };
	status = source->tape ? take_tape(source, wish->step, record) :
				take_live(source, &wish->live, record);
	if (!status)
		status = note(source, record);
	if (status)
		record_free(record);
	return status;
}

void source_show(struct source *source, const struct record *record)
{
	record_free(&source->record);
	source->record = *record;
	source->has_record = true;
}

int source_tell(struct source *source, struct ui *ui)
{
	bool is_next = !source->tape || source->at == source->told + 1;

	if (source->tape) {
		source->told = source->at;
		ui->replay_at = source->at + 1;
		ui->replay_of = tape_length(source->tape);
	}
	return ui_take(ui, &source->record, is_next);
}

int source_next(struct source *source, const struct options *options, int step)
{
	const struct source_wish wish = source_wish(source, options, step);
	struct record record;
	int status;

	/* Of ten thousand processes one record is some MiB, so there are not two here. */
	if (source->live)
		record_free(&source->record);
	status = source_take(source, &wish, &record);
	if (status > 0)
		return fail(status, "%s", source->why);
	if (!status)
		source_show(source, &record);
	return status;
}
