// SPDX-License-Identifier: LGPL-2.1-or-later
// A process's policies begin here: the caller's sizes, and words for what went wrong.
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "apply.h"
#include "ctx.h"
#include "fill.h"
#include "steer.h"

#define OF_LOOKING  ((uint64_t)TIER_STEER_THREADS)
#define OF_CHANGING ((uint64_t)(TIER_STEER_DRY | TIER_STEER_FILTERED))

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
	if (what->kind == TIER_STEERED_MAPPING)
		counted->report->mappings++;
	counted->steering->each(what, counted->steering->data);
}

static int look(const struct steer_look *look, struct tier_steer_report *report)
{
	return in_words(report, steer_look(look));
}

static int change(struct tier_ctx *ctx, const struct tier_steering *steering,
		  const struct steer_look *look, struct tier_steer_report *report)
{
	struct steer change = {
		.root = ctx->root,
		.sys = &sys_linux,
		.ops = &trace_linux,
		.arch = arch_here(),
		.wish = steering,
		.tell = look,
		.report = report,
	};
	struct tier_report weights;
	int ret;

	if (!ctx->root->is_live && !(steering->flags & TIER_STEER_DRY))
		return refuse(report, -EOPNOTSUPP, "not this machine");
	if (!change.arch)
		return refuse(report, -EOPNOTSUPP,
			      "only x86-64 and arm64 are known, 64 bits each");
	ret = steering->flags & TIER_STEER_DRY ?
		      0 :
		      plan_check_weights(ctx->root, steering->plan, &weights);
	if (ret)
		return refuse(report, ret, "%s", weights.message);
	return steer(&change);
}

static int look_or_change(struct tier_ctx *ctx, const struct tier_steering *steering,
			  struct tier_steer_report *report)
{
	struct counted counted = { steering, report };
	void *room = calloc(1, steering->each_size);
	const struct steer_look with = {
		.root = ctx->root,
		.pid = steering->pid,
		.each_thread = steering->flags & TIER_STEER_THREADS,
		.each = count,
		.data = &counted,
		.room = room,
		.size = steering->each_size,
	};

	int ret;

	if (!room)
		return in_words(report, -ENOMEM);
	ret = steering->plan ? change(ctx, steering, &with, report) : look(&with, report);
	free(room);
	return ret;
}

static int check(const struct tier_steering *steering, struct tier_steer_report *report)
{
	uint64_t known = steering->plan ? OF_CHANGING : OF_LOOKING;

	if (steering->flags & ~known || (steering->mapping && !steering->plan))
		return refuse(report, -EINVAL, "unknown flags");
	if (!steering->each || steering->each_size < sizeof(enum tier_steered_kind))
		return refuse(report, -EINVAL, "nobody to tell");
	return 0;
}

int tier_steer(struct tier_ctx *ctx, const struct tier_steering *steering, size_t size,
	       struct tier_steer_report *report, size_t report_size)
{
	struct tier_steering known = { 0 };
	struct tier_steer_report ours = { 0 };
	int ret;

	if (asks_for_more(steering, size, sizeof(known))) {
		ret = refuse(&ours, -E2BIG, "asks for what this libtier does not have");
	} else {
		memcpy(&known, steering, size < sizeof(known) ? size : sizeof(known));
		ret = check(&known, &ours);
		if (!ret)
			ret = look_or_change(ctx, &known, &ours);
	}
	fill_struct(report, report_size, &ours, sizeof(ours));
	return ret;
}
