// SPDX-License-Identifier: LGPL-2.1-or-later
// One small file into one fact. Knows no path of its own.
#include "fact_file.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

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
	return fact_problem(reader, tier_strerror(error));
}

int fact_read(struct fact_reader *reader)
{
	int ret;

	if (!reader->path[0])
		return 0;
	strbuf_reset(&reader->text);
	ret = reader->root->ops->read(reader->root, reader->path, &reader->text);
	if (ret)
		return absorb(reader, ret);
	/* The kernel writes a newline at least: a file of no bytes is masked. */
	if (!reader->text.len)
		return fact_problem(reader, "is empty");
	if (strlen(strbuf_text(&reader->text)) != reader->text.len)
		return fact_problem(reader, "holds a NUL byte");
	return 1;
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
