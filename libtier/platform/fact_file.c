// SPDX-License-Identifier: LGPL-2.1-or-later
// One small file into one fact. Knows no path of its own.
#include "fact_file.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "errors.h"
#include "parse.h"

void fact_path(struct fact_reader *reader, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(reader->path, sizeof(reader->path), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(reader->path))
		reader->path[0] = '\0';
}

int fact_problem(struct fact_reader *reader, const char *words)
{
	return facts_add_problem(reader->facts, reader->path, words);
}

/* What a failed read means: 0 (nothing there, or noted) or -ENOMEM. */
static int absorb(struct fact_reader *reader, int error)
{
	if (error == -ENOMEM)
		return error;
	if (error == -ENOENT || error == -ENOTDIR)
		return 0;
	return fact_problem(reader, errno_words(error));
}

/* As fact_read(), with a file of no bytes as good as any. */
static int read_text(struct fact_reader *reader)
{
	int ret;

	if (!reader->path[0])
		return 0;
	strbuf_reset(&reader->text);
	ret = reader->root->ops->read(reader->root, reader->path, &reader->text);
	if (ret)
		return absorb(reader, ret);
	if (strlen(strbuf_text(&reader->text)) != reader->text.len)
		return fact_problem(reader, "holds a NUL byte");
	return 1;
}

int fact_read(struct fact_reader *reader)
{
	int ret = read_text(reader);

	/* The kernel writes a newline at least: a file of no bytes is masked. */
	if (ret > 0 && !reader->text.len)
		return fact_problem(reader, "is empty");
	return ret;
}

int fact_list(struct fact_reader *reader, struct strbuf *names)
{
	int ret = reader->root->ops->list(reader->root, reader->path, names);
	return ret ? absorb(reader, ret) : 1;
}

const char *fact_next_name(const struct strbuf *names, const char *before)
{
	const char *next = before ? before + strlen(before) + 1 : names->text;

	return next && next < names->text + names->len ? next : NULL;
}

int fact_numbered(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);
	int32_t number;

	if (strncmp(name, prefix, len) || parse_i32(name + len, &number))
		return -1;
	return number;
}

static int read_number(struct fact_reader *reader, struct figure *figure,
		       int (*parse)(const char *, uint64_t *))
{
	int ret = fact_read(reader);

	if (ret <= 0)
		return ret;
	if (parse(strbuf_text(&reader->text), &figure->value))
		return fact_problem(reader, "is not a number");
	figure->known = true;
	return 0;
}

int fact_number(struct fact_reader *reader, struct figure *figure)
{
	return read_number(reader, figure, parse_u64);
}

int fact_hex(struct fact_reader *reader, struct figure *figure)
{
	return read_number(reader, figure, parse_hex);
}

int fact_bool(struct fact_reader *reader, struct figure *figure)
{
	static const char *const words[] = { "false\n", "true\n", "0\n", "1\n" };
	int ret = fact_read(reader);

	if (ret <= 0)
		return ret;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(strbuf_text(&reader->text), words[i]))
			*figure = (struct figure){ true, i % 2 };
	return figure->known ? 0 : fact_problem(reader, "is neither true nor false");
}

int fact_set(struct fact_reader *reader, struct set_fact *set)
{
	int ret = fact_read(reader);

	if (ret <= 0)
		return ret;
	if (tier_nodeset_parse(strbuf_text(&reader->text), &set->nodes, NULL))
		return fact_problem(reader, "is not a list of nodes");
	set->known = true;
	return 0;
}

int fact_text(struct fact_reader *reader, char **text)
{
	size_t len;
	int ret = fact_read(reader);

	if (ret <= 0)
		return ret;
	len = strcspn(strbuf_text(&reader->text), "\n");
	*text = arena_strndup(&reader->facts->arena, strbuf_text(&reader->text), len);
	return *text ? 0 : -ENOMEM;
}

/* One line of a list, behind all that came before it. */
static bool add_range(const char *line, const char *end, struct ranges_fact *ranges,
		      uint64_t *behind)
{
	uint64_t first, last;

	if (parse_address(&line, &first) || *line++ != '-' ||
	    parse_address(&line, &last) || line != end)
		return false;
	/* The last address of all would make the bytes of a range overflow. */
	if (first > last || last == UINT64_MAX || first < *behind)
		return false;
	*behind = last + 1;
	ranges->bytes += *behind - first;
	return true;
}

int fact_ranges(struct fact_reader *reader, struct ranges_fact *ranges)
{
	struct ranges_fact found = { .known = true };
	const char *at, *line;
	uint64_t behind = 0;
	size_t len;
	int ret = read_text(reader);

	if (ret <= 0)
		return ret;
	at = strbuf_text(&reader->text);
	while (next_line(&at, &line, &len))
		if (!add_range(line, line + len, &found, &behind))
			return fact_problem(reader, "is not a list of ranges");
	len = reader->text.len;
	at = strbuf_text(&reader->text);
	found.list = arena_strndup(&reader->facts->arena, at,
				   len && at[len - 1] == '\n' ? len - 1 : len);
	if (!found.list)
		return -ENOMEM;
	for (char *c = found.list; (c = strchr(c, '\n'));)
		*c = ' ';
	*ranges = found;
	return 0;
}
