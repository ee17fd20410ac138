// SPDX-License-Identifier: LGPL-2.1-or-later
// Switches are turned one after the other, each read before and after; when one fails,
// those before it are put back. Decides nothing that the plan has decided.
#include "turn.h"
#include "errors.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

struct turning {
	struct root *root;
	const struct sys_ops *sys;
	const struct tier_plan *plan;
	struct tier_report *report;
};

static bool is_switch(const struct tier_step *step)
{
	return step->kind == TIER_STEP_SWITCH || step->kind == TIER_STEP_ORDER;
}

static int fail(struct turning *turning, const struct tier_step *step, int error,
		const char *format, ...) PRINTF_LIKE(4, 5);

static int fail(struct turning *turning, const struct tier_step *step, int error,
		const char *format, ...)
{
	struct tier_report *report = turning->report;
	va_list args;

	report->problems++;
	report->error = error;
	report->failed = step->kind;
	va_start(args, format);
	vsnprintf(report->message, sizeof(report->message), format, args);
	va_end(args);
	return error;
}

/* What is said of it besides; the first words stay. */
static void add_words(struct turning *turning, const char *format, ...) PRINTF_LIKE(2, 3);

static void add_words(struct turning *turning, const char *format, ...)
{
	char *message = turning->report->message;
	size_t len = strlen(message);
	va_list args;

	va_start(args, format);
	vsnprintf(message + len, sizeof(turning->report->message) - len, format, args);
	va_end(args);
}

/* Whether the file reads `value` now, its newline aside; negative: it cannot be read. */
static int reads(struct turning *turning, const struct tier_step *step, const char *value,
		 struct strbuf *now)
{
	int ret;

	strbuf_reset(now);
	ret = turning->root->ops->read(turning->root, step->file, now);
	if (ret)
		return ret;
	strbuf_truncate(now, strcspn(strbuf_text(now), "\n"));
	return !strcmp(strbuf_text(now), value);
}

/* ---- one switch -------------------------------------------------------------------- */

static int refused(struct turning *turning, const struct tier_step *step, int error)
{
	switch (error) {
	case -EROFS:
		return fail(turning, step, error,
			    "%s: on a file system that is mounted read-only, as in a "
			    "container; do it on the host",
			    step->file);
	case -EACCES:
		return fail(turning, step, error, "%s: only root may write it",
			    step->file);
	case -EPERM:
		return fail(turning, step, error, "%s: needs CAP_SYS_ADMIN", step->file);
	case -EINVAL:
		return fail(turning, step, error, "%s: this kernel does not take '%.40s'",
			    step->file, step->wants);
	case -EAGAIN:
		return fail(turning, step, error,
			    "%s: the kernel found less than the %.40s bytes to reclaim",
			    step->file, step->wants);
	default:
		return fail(turning, step, error, "%s: write '%.40s': %s", step->file,
			    step->wants, errno_words(error));
	}
}

/* Nobody may have turned it since the plan was made: what was shown would be untrue. */
static int check_before(struct turning *turning, const struct tier_step *step)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = step->has ? reads(turning, step, step->has, &now) : 1;

	if (ret < 0)
		return fail(turning, step, ret, "%s: read: %s", step->file,
			    errno_words(ret));
	if (!ret)
		return fail(turning, step, -ESTALE,
			    "%s: reads '%.40s' and no longer '%.40s': another program "
			    "turned it meanwhile",
			    step->file, strbuf_text(&now), step->has);
	return 0;
}

static int check_after(struct turning *turning, const struct tier_step *step)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = step->kind == TIER_STEP_SWITCH ?
			  reads(turning, step, step->wants, &now) :
			  1;

	if (ret < 0)
		return fail(turning, step, ret, "%s: read back: %s", step->file,
			    errno_words(ret));
	if (!ret)
		return fail(turning, step, -ESTALE,
			    "%s: reads '%.40s' after '%.40s' was written: another "
			    "program turns it",
			    step->file, strbuf_text(&now), step->wants);
	return 0;
}

/* *touched: it may read otherwise now. */
static int turn_one(struct turning *turning, const struct tier_step *step, bool *touched)
{
	int ret = turning->sys->interrupted();

	*touched = false;
	if (ret > 0)
		return fail(turning, step, -EINTR, "interrupted");
	if (!ret)
		ret = check_before(turning, step);
	else
		ret = fail(turning, step, ret, "%s", errno_words(ret));
	if (ret)
		return ret;
	*touched = true;
	ret = turning->root->ops->write(turning->root, step->file, step->wants);
	return ret ? refused(turning, step, ret) : check_after(turning, step);
}

/* ---- putting back --------------------------------------------------------------------- */

static void stays(struct turning *turning, const struct tier_step *step, const char *why)
{
	turning->report->stuck++;
	add_words(turning, "; %s could not be put back to '%.40s': %s", step->file,
		  step->has, why);
}

/* What somebody else has turned meanwhile is his. An order leaves no trace to know by. */
static void put_back(struct turning *turning, const struct tier_step *step)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret;

	if (!step->has)
		return;
	if (step->kind == TIER_STEP_SWITCH) {
		ret = reads(turning, step, step->wants, &now);
		if (!ret)
			return;
		if (ret < 0) {
			stays(turning, step, errno_words(ret));
			return;
		}
	}
	ret = turning->root->ops->write(turning->root, step->file, step->has);
	if (ret) {
		stays(turning, step, errno_words(ret));
		return;
	}
	ret = reads(turning, step, step->has, &now);
	if (ret <= 0)
		stays(turning, step, ret ? errno_words(ret) : "it reads otherwise");
}

static void put_all_back(struct turning *turning, unsigned int behind)
{
	struct tier_step step;

	while (behind-- > 0)
		if (!tier_plan_step(turning->plan, behind, &step, sizeof(step)) &&
		    is_switch(&step))
			put_back(turning, &step);
}

int turn_switches(struct root *root, const struct sys_ops *sys,
		  const struct tier_plan *plan, struct tier_report *report)
{
	struct turning turning = { root, sys, plan, report };
	struct tier_step step;

	for (unsigned int i = 0; !tier_plan_step(plan, i, &step, sizeof(step)); i++) {
		bool touched;
		int ret;

		if (!is_switch(&step))
			continue;
		ret = turn_one(&turning, &step, &touched);
		if (!ret) {
			report->turned++;
			continue;
		}
		put_all_back(&turning, i + touched);
		report->turned = 0;
		return ret;
	}
	return 0;
}
