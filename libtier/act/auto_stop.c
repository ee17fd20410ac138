// SPDX-License-Identifier: LGPL-2.1-or-later
// Whose the kdamonds are, and putting everything back. Writes to nothing that does not read
// as we left it.
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "auto_act.h"
#include "damon.h"
#include "damon_file.h"
#include "parse.h"

/* ---- words -------------------------------------------------------------------------- */

int auto_fail(struct tier_report *report, int error, const char *format, ...)
{
	va_list args;

	if (report->problems++)
		return error;
	report->error = error;
	report->failed = TIER_STEP_DAMON;
	va_start(args, format);
	vsnprintf(report->message, sizeof(report->message), format, args);
	va_end(args);
	return error;
}

void auto_stays(struct tier_report *report, const char *format, ...)
{
	size_t len = strlen(report->message);
	va_list args;

	report->stuck++;
	if (len)
		snprintf(report->message + len, sizeof(report->message) - len, "; ");
	len = strlen(report->message);
	va_start(args, format);
	vsnprintf(report->message + len, sizeof(report->message) - len, format, args);
	va_end(args);
}

int auto_fail_write(struct tier_report *report, int error, const char *file,
		    const char *value)
{
	switch (error) {
	case -EROFS:
		return auto_fail(report, error,
				 "%s: on a file system that is mounted read-only, as in "
				 "a container; do it on the host",
				 file);
	case -EACCES:
	case -EPERM:
		return auto_fail(report, error, "%s: only root may write it", file);
	default:
		return auto_fail(report, error, "%s: write '%.40s': %s", file, value,
				 tier_strerror(error));
	}
}

/* ---- whose they are ------------------------------------------------------------------- */

int auto_read(struct root *root, const char *path, struct strbuf *line)
{
	int ret;

	strbuf_reset(line);
	ret = damon_file_read(root, path, line);
	if (ret)
		return ret == -ENOTDIR ? -ENOENT : ret;
	strbuf_truncate(line, strcspn(strbuf_text(line), "\n"));
	return 0;
}

bool auto_is_count(const char *file)
{
	return !strncmp(strrchr(file, '/'), "/nr_", 4);
}

bool auto_has_damon(const struct auto_state *state)
{
	for (size_t i = 0; i < state->n_lines; i++)
		if (!state->lines[i].is_switch)
			return true;
	return false;
}

bool auto_is_state(const char *file)
{
	return !strcmp(strrchr(file, '/'), "/state");
}

/* 1: the file reads so; 0: otherwise, or it is not there. */
static int reads(struct root *root, const struct auto_line *line, struct strbuf *now)
{
	int ret = auto_read(root, line->file, now);

	if (ret == -ENOENT)
		return 0;
	return ret ? ret : !strcmp(strbuf_text(now), line->wants);
}

/* Whether a later line wrote the same file once more. */
static bool is_rewritten(const struct auto_state *state, size_t index)
{
	for (size_t i = index + 1; i < state->n_lines; i++)
		if (!strcmp(state->lines[i].file, state->lines[index].file))
			return true;
	return false;
}

/* What we never wrote has made no folder: a number there is somebody else's. */
static int made_by_others(struct root *root, const struct auto_line *line,
			  struct strbuf *now)
{
	int ret;

	if (!auto_is_count(line->file))
		return 0;
	ret = auto_read(root, line->file, now);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	return strcmp(strbuf_text(now), "0") != 0;
}

/* Held against our writes one by one: what was written is a beginning of them. */
static int compare(struct root *root, const struct auto_state *state,
		   const struct auto_line **odd, const struct auto_line **ended)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	bool is_behind = false;

	for (size_t i = 0; i < state->n_lines; i++) {
		const struct auto_line *line = &state->lines[i];
		int ret;

		if (line->is_switch)
			continue;
		ret = is_behind ? made_by_others(root, line, &now) :
				  reads(root, line, &now);
		if (ret < 0)
			return ret;
		if (is_behind && ret)
			return 1;
		if (is_behind || ret || is_rewritten(state, i))
			continue;
		if (auto_is_state(line->file)) {
			*ended = *ended ? *ended : line;
			continue;
		}
		*odd = line;
		is_behind = true;
		ret = made_by_others(root, line, &now);
		if (ret)
			return ret;
	}
	return 0;
}

static int say_odd(struct root *root, const struct auto_line *odd, struct strbuf *why)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = auto_read(root, odd->file, &now);

	if (ret && ret != -ENOENT)
		return ret;
	if (ret)
		return strbuf_printf(why, "%s is missing", odd->file);
	return strbuf_printf(why, "%s reads '%.40s', and was to be '%.40s'", odd->file,
			     strbuf_text(&now), odd->wants);
}

static int has_none(struct root *root, struct strbuf *now)
{
	int ret = auto_read(root, DAMON_COUNT, now);

	if (ret)
		return ret == -ENOENT ? 1 : ret;
	return !strcmp(strbuf_text(now), "0");
}

int auto_find_owner(struct root *root, const struct auto_state *state,
		    enum auto_owner *owner, struct strbuf *why)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	const struct auto_line *odd = NULL, *ended = NULL;
	int ret = has_none(root, &now), others;

	*owner = AUTO_OWNER_NONE;
	if (ret)
		return ret < 0 ? ret : 0;
	others = compare(root, state, &odd, &ended);
	if (others < 0)
		return others;
	*owner = others	      ? AUTO_OWNER_OTHERS :
		 odd || ended ? AUTO_OWNER_PART :
				AUTO_OWNER_WHOLE;
	odd = odd ? odd : ended;
	return odd ? say_odd(root, odd, why) : 0;
}

/* A number behind `word`, which *at then points behind. */
static bool take_number(const char **at, const char *word, unsigned int *number)
{
	const size_t len = strlen(word);
	uint64_t value;

	if (strncmp(*at, word, len) != 0)
		return false;
	*at += len;
	if (parse_digits(at, &value) || value > UINT32_MAX)
		return false;
	*number = (unsigned int)value;
	return true;
}

bool auto_file_numbers(const char *file, const char *name, unsigned int *kdamond,
		       unsigned int *scheme)
{
	return take_number(&file, DAMON_KDAMONDS "/", kdamond) &&
	       take_number(&file, "/contexts/0/schemes/", scheme) && *file == '/' &&
	       !strcmp(file + 1, name);
}

/* ---- putting back ----------------------------------------------------------------------- */

/* One that has ended by itself meanwhile refuses to end again. */
static int end_kdamond(struct root *root, const char *file, struct tier_report *report)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = auto_read(root, file, &now);

	if (ret == -ENOENT || (!ret && strcmp(strbuf_text(&now), "on") != 0))
		return 0;
	if (!ret)
		ret = damon_file_write(root, file, "off");
	if (ret && !auto_read(root, file, &now) && !strcmp(strbuf_text(&now), "off"))
		ret = 0;
	if (ret)
		auto_stays(report, "%s: could not be ended: %s", file,
			   tier_strerror(ret));
	return ret;
}

static int remove_kdamonds(struct root *root, const struct auto_state *state,
			   struct tier_report *report)
{
	int first = 0, ret;

	for (size_t i = 0; i < state->n_lines; i++) {
		const struct auto_line *line = &state->lines[i];

		ret = !line->is_switch && auto_is_state(line->file) ?
			      end_kdamond(root, line->file, report) :
			      0;
		first = first ? first : ret;
	}
	if (first)
		return first;
	ret = damon_file_write(root, DAMON_COUNT, "0");
	if (ret)
		auto_stays(report, "%s could not be put back to '0': %s", DAMON_COUNT,
			   tier_strerror(ret));
	return ret;
}

/* What somebody else has turned meanwhile is his. */
static int put_switch_back(struct root *root, const struct auto_line *line,
			   struct tier_report *report)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = auto_read(root, line->file, &now);

	if (!ret && strcmp(strbuf_text(&now), line->wants) != 0)
		return 0;
	if (!ret)
		ret = root->ops->write(root, line->file, line->has);
	if (ret)
		auto_stays(report, "%s could not be put back to '%.40s': %s", line->file,
			   line->has, tier_strerror(ret));
	return ret;
}

static int put_damon_back(struct root *root, const struct auto_state *state,
			  struct tier_report *report)
{
	SCOPED_STRBUF struct strbuf why = { 0 };
	enum auto_owner owner = AUTO_OWNER_NONE;
	int ret = auto_has_damon(state) ? auto_find_owner(root, state, &owner, &why) : 0;

	if (ret) {
		auto_stays(report, "DAMON could not be put back: %s", tier_strerror(ret));
		return ret;
	}
	if (owner == AUTO_OWNER_NONE)
		return 0;
	if (owner != AUTO_OWNER_OTHERS)
		return remove_kdamonds(root, state, report);
	auto_stays(report,
		   "DAMON's kdamonds are not as they were started, so they are another "
		   "program's and nothing is touched: %s",
		   strbuf_text(&why));
	return -EEXIST;
}

int auto_put_back(struct root *root, const struct auto_state *state,
		  struct tier_report *report)
{
	int first = put_damon_back(root, state, report), ret;

	/* As long as others have the kdamonds nothing is touched at all. */
	if (first == -EEXIST)
		return first;
	for (size_t i = state->n_lines; i-- > 0;) {
		ret = state->lines[i].is_switch ?
			      put_switch_back(root, &state->lines[i], report) :
			      0;
		first = first ? first : ret;
	}
	if (first)
		return first;
	ret = root->ops->drop(root, AUTO_STATE_PATH);
	if (ret && ret != -ENOENT) {
		auto_stays(report, "%s could not be removed: %s", AUTO_STATE_PATH,
			   tier_strerror(ret));
		return ret;
	}
	return 0;
}
