// SPDX-License-Identifier: GPL-2.0-or-later
// One record after the other, whoever makes them.
#include "source.h"

#include <errno.h>
#include <fcntl.h>
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
	*source = (struct source){ .record_fd = -1 };
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

static int take_live(struct source *source, const struct options *options)
{
	const struct live_wish wish = {
		.mappings_of = options->ui->mappings_of,
		.heat_of = options->ui->heat_of,
		.groups = options->groups || options->ui->view == VIEW_GROUPS,
		.cpu_ms = cpu_ms(source, options),
		.pages = (uint32_t)options->pages,
	};
	int ret;

	/* Of ten thousand processes one record is some MiB, so there are not two. */
	record_free(&source->record);
	ret = live_take(source->live, &wish, &source->record);
	if (!ret)
		return STATUS_DONE;
	record_free(&source->record);
	return fail(status_of(ret), "processes: look: %s", tier_strerror(ret));
}

static int take_tape(struct source *source, const char *path, int step)
{
	size_t length = tape_length(source->tape), at = source->at;
	struct record record;
	const char *why = NULL;
	int ret;

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
	ret = tape_read(source->tape, at, &record, &why);
	if (ret) {
		record_free(&record);
		return fail(STATUS_FAILED, "%s: record %zu: %s", path, at + 1, why);
	}
	record_free(&source->record);
	source->record = record;
	source->at = at;
	return STATUS_DONE;
}

int source_next(struct source *source, const struct options *options, int step)
{
	int ret = source->tape ? take_tape(source, options->replay, step) :
				 take_live(source, options);

	if (ret)
		return ret;
	source->has_record = true;
	if (source->record_fd < 0)
		return STATUS_DONE;
	ret = tape_add(source->record_fd, &source->record);
	return ret ? fail(STATUS_FAILED, "%s: record: %s", options->record,
			  strerror(-ret)) :
		     STATUS_DONE;
}
