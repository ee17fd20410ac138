// SPDX-License-Identifier: LGPL-2.1-or-later
// A process's policies begin here: the caller's sizes, and words for what went wrong.
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "ctx.h"
#include "fill.h"
#include "steer_look.h"

#define KNOWN_FLAGS ((uint64_t)TIER_STEER_THREADS)

static int refuse(struct tier_steer_report *report, int error, const char *format, ...)
	PRINTF_LIKE(3, 4);

static int refuse(struct tier_steer_report *report, int error, const char *format, ...)
{
	va_list args;

	report->error = error;
	va_start(args, format);
	vsnprintf(report->message, sizeof(report->message), format, args);
	va_end(args);
	return error;
}

static int in_words(struct tier_steer_report *report, int error)
{
	switch (error) {
	case 0:
		return 0;
	case -ESRCH:
		return refuse(report, error, "no such process");
	case -EACCES:
	case -EPERM:
		return refuse(
			report, error,
			"its memory map is not yours to read; be its owner, or have "
			"CAP_SYS_PTRACE");
	case -ENODATA:
		return refuse(report, -EOPNOTSUPP,
			      "has no memory: a thread of the kernel, or it has ended");
	case -EINVAL:
		return refuse(report, -EIO,
			      "the kernel's maps and numa_maps do not parse");
	default:
		return refuse(report, error, "%s", tier_strerror(error));
	}
}

/* Counts on the way. */
struct counted {
	const struct tier_steering *steering;
	struct tier_steer_report *report;
};

static void count(const struct tier_steered *what, void *data)
{
	const struct counted *counted = data;

	if (what->kind == TIER_STEERED_THREAD)
		counted->report->threads++;
	else
		counted->report->mappings++;
	counted->steering->each(what, counted->steering->data);
}

static int look(struct tier_ctx *ctx, const struct tier_steering *steering,
		struct tier_steer_report *report)
{
	struct counted counted = { steering, report };
	SCOPED_FREE void *room = calloc(1, steering->each_size);
	const struct steer_look look = {
		.root = ctx->root,
		.pid = steering->pid,
		.each_thread = steering->flags & TIER_STEER_THREADS,
		.each = count,
		.data = &counted,
		.room = room,
		.size = steering->each_size,
	};

	return in_words(report, room ? steer_look(&look) : -ENOMEM);
}

static int steer(struct tier_ctx *ctx, const struct tier_steering *steering,
		 struct tier_steer_report *report)
{
	if (steering->flags & ~KNOWN_FLAGS)
		return refuse(report, -EINVAL, "unknown flags");
	if (!steering->each || steering->each_size < sizeof(steering->pid) * 2)
		return refuse(report, -EINVAL, "nobody to tell");
	return look(ctx, steering, report);
}

int tier_steer(struct tier_ctx *ctx, const struct tier_steering *steering, size_t size,
	       struct tier_steer_report *report, size_t report_size)
{
	struct tier_steering known = { 0 };
	struct tier_steer_report ours = { 0 };
	int ret;

	if (asks_for_more(steering, size, sizeof(known)))
		ret = refuse(&ours, -E2BIG, "asks for what this libtier does not have");
	else {
		memcpy(&known, steering, size < sizeof(known) ? size : sizeof(known));
		ret = steer(ctx, &known, &ours);
	}
	fill_struct(report, report_size, &ours, sizeof(ours));
	return ret;
}
