// SPDX-License-Identifier: LGPL-2.1-or-later
// The state as text: a header, the boot, and a line for each file. What is read back names
// DAMON's files and the switches of tiering or is refused, as stop writes to what it names.
#include "auto_state.h"

#include <errno.h>
#include <string.h>

#include "damon.h"
#include "parse.h"

#define HEADER "tierkit-auto 1"

int auto_state_add(struct auto_state *state, const struct auto_line *line)
{
	struct auto_line *lines =
		arena_grow(&state->arena, state->lines, state->n_lines, sizeof(*lines));

	if (!lines)
		return -ENOMEM;
	state->lines = lines;
	lines[state->n_lines++] = *line;
	return 0;
}

int auto_state_print(const struct auto_state *state, struct strbuf *out)
{
	int ret = strbuf_printf(out, HEADER "\nboot %s\n", state->boot);

	for (size_t i = 0; !ret && i < state->n_lines; i++) {
		const struct auto_line *line = &state->lines[i];

		ret = line->is_switch ?
			      strbuf_printf(out, "switch %s %s %s\n", line->file,
					    line->has, line->wants) :
			      strbuf_printf(out, "damon %d %s %s\n", line->node,
					    line->file, line->wants);
	}
	return ret;
}

/* ---- reading back ------------------------------------------------------------------ */

/* The word at *at, a copy; NULL: there is none, or no memory. */
static const char *take_word(struct auto_state *state, const char **at, const char *end)
{
	const char *word;
	size_t len;

	return next_word(at, end, &word, &len) ? arena_strndup(&state->arena, word, len) :
						 NULL;
}

/* What is left of the line but for one blank; a control group's name may hold some. */
static const char *take_rest(struct auto_state *state, const char *at, const char *end)
{
	at += at < end && *at == ' ';
	return at < end ? arena_strndup(&state->arena, at, (size_t)(end - at)) : NULL;
}

static bool is_damon_file(const char *file)
{
	const size_t len = sizeof(DAMON_KDAMONDS "/") - 1;

	return !strncmp(file, DAMON_KDAMONDS "/", len) && !strstr(file, "..");
}

static bool is_switch_file(const char *file)
{
	return !strcmp(file, kernel_demotion_path) ||
	       !strcmp(file, kernel_balancing_path);
}

static int parse_line(struct auto_state *state, const char *at, const char *end)
{
	const char *kind = take_word(state, &at, end);
	struct auto_line line = { .node = -1 };
	int32_t node = -1;

	if (!kind)
		return -EINVAL;
	line.is_switch = !strcmp(kind, "switch");
	if (!line.is_switch) {
		const char *number =
			strcmp(kind, "damon") != 0 ? NULL : take_word(state, &at, end);

		if (!number || parse_i32(number, &node))
			return -EINVAL;
	}
	line.node = node;
	line.file = take_word(state, &at, end);
	if (line.is_switch)
		line.has = take_word(state, &at, end);
	line.wants = take_rest(state, at, end);
	if (!line.file || !line.wants || (line.is_switch && !line.has))
		return -EINVAL;
	if (line.is_switch ? !is_switch_file(line.file) : !is_damon_file(line.file))
		return -EINVAL;
	return auto_state_add(state, &line);
}

static int parse_all(const char *text, struct auto_state *state)
{
	const char *line;
	size_t len;

	if (!next_line(&text, &line, &len) || !span_is(line, len, HEADER))
		return -EINVAL;
	if (!next_line(&text, &line, &len) || len < 5 || strncmp(line, "boot ", 5) != 0)
		return -EINVAL;
	state->boot = arena_strndup(&state->arena, line + 5, len - 5);
	if (!state->boot)
		return -ENOMEM;
	while (next_line(&text, &line, &len)) {
		int ret = parse_line(state, line, line + len);

		if (ret)
			return ret;
	}
	return 0;
}

int auto_state_parse(const char *text, struct auto_state *state)
{
	int ret;

	*state = (struct auto_state){ 0 };
	ret = parse_all(text, state);
	if (ret)
		auto_state_free(state);
	return ret;
}

/* ---- the file ------------------------------------------------------------------------ */

/* Of another boot: all that it tells of is gone. */
static int check_boot(struct root *root, struct auto_state *state)
{
	const char *boot = boot_id(root, &state->arena);

	if (!boot)
		return -ENOMEM;
	return *boot && *state->boot && strcmp(boot, state->boot) != 0 ? -ENOENT : 0;
}

int auto_state_load(struct root *root, struct auto_state *state)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = root->ops->read(root, AUTO_STATE_PATH, &text);

	*state = (struct auto_state){ 0 };
	if (ret)
		return ret == -ENOTDIR ? -ENOENT : ret;
	ret = auto_state_parse(strbuf_text(&text), state);
	if (ret)
		return ret == -EINVAL ? -EIO : ret;
	ret = check_boot(root, state);
	if (ret)
		auto_state_free(state);
	return ret;
}

int auto_state_keep(struct root *root, const struct auto_state *state, bool only_new)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = auto_state_print(state, &text);

	return ret ? ret : root->ops->keep(root, AUTO_STATE_PATH, text.text, only_new);
}

void auto_state_free(struct auto_state *state)
{
	arena_free(&state->arena);
	*state = (struct auto_state){ 0 };
}
