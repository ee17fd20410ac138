// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the text of a capture. It may come from anywhere: every byte is checked,
// and a text that is not exactly a capture is refused with the place and the words.
#include "capture_parse.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "bytes8.h"
#include "diag.h"
#include "parse.h"

struct parser {
	const char *text;
	const char *end; /* behind the last newline */
	const char *at;	 /* the start of a line */
	char *store;	 /* where decoded bytes go; there is room for all */
	const char *cut; /* the backslash that stands for "no newline", or NULL */
	struct capture *capture;
	struct tier_diag *diag;
};

/* More of a foreign text than this helps nobody in a message. */
#define QUOTE_BYTES 60

#define refuse(parser, where, ...) \
	diag_at((parser)->diag, -EINVAL, (parser)->text, where, __VA_ARGS__)

static const char *line_end(const struct parser *parser)
{
	return memchr(parser->at, '\n', (size_t)(parser->end - parser->at));
}

static void skip_comments(struct parser *parser)
{
	while (parser->at < parser->end && (*parser->at == '#' || *parser->at == '\n'))
		parser->at = line_end(parser) + 1;
}

static bool at_body(const struct parser *parser)
{
	return parser->at < parser->end && *parser->at == '\t';
}

/* One escape at *cursor, which then points behind it. */
static int decode_escape(struct parser *parser, const char **cursor, const char *end)
{
	const char *at = *cursor;

	if (end - at >= 2 && at[1] == '\\') {
		*parser->store++ = '\\';
		*cursor = at + 2;
		return 0;
	}
	if (end - at >= 4 && at[1] == 'x' && hex_digit(at[2]) >= 0 &&
	    hex_digit(at[3]) >= 0) {
		*parser->store++ = (char)(hex_digit(at[2]) << 4 | hex_digit(at[3]));
		*cursor = at + 4;
		return 0;
	}
	return refuse(parser, at,
		      "a backslash must be followed by another one or by "
		      "x and two hex digits");
}

/* Behind the bytes that stand for themselves. */
static const char *skip_plain(const char *at, const char *end)
{
	for (; end - at >= 8; at += 8) {
		uint64_t bytes = bytes8_load(at);

		if (!bytes8_print(bytes) || bytes8_has(bytes, '\\'))
			break;
	}
	while (at < end && capture_is_plain((unsigned char)*at))
		at++;
	return at;
}

/* The rest of a line into the store; a backslash at its end into parser->cut. */
static int decode(struct parser *parser, const char *at, const char *end)
{
	while (at < end) {
		const char *run = at;
		int ret;

		at = skip_plain(at, end);
		memcpy(parser->store, run, (size_t)(at - run));
		parser->store += at - run;
		if (at == end)
			return 0;
		if (*at != '\\')
			return refuse(parser, at,
				      "byte 0x%02x must be written as \\x%02x",
				      (unsigned char)*at, (unsigned char)*at);
		if (at + 1 == end) {
			parser->cut = at;
			return 0;
		}
		ret = decode_escape(parser, &at, end);
		if (ret)
			return ret;
	}
	return 0;
}

/* A path or another word that fills a line: no NUL, no cut, then terminated. */
static int decode_word(struct parser *parser, const char *at, const char *end,
		       const char **word)
{
	char *start = parser->store;
	int ret = decode(parser, at, end);

	if (ret)
		return ret;
	if (parser->cut)
		return refuse(parser, parser->cut, "only a file may end in a backslash");
	if (memchr(start, '\0', (size_t)(parser->store - start)))
		return refuse(parser, at, "holds a NUL byte");
	*parser->store++ = '\0';
	*word = start;
	return 0;
}

/* Why a path is not one, or NULL. */
static const char *path_fault(const char *path)
{
	size_t len;

	if (path[0] != '/')
		return "is not absolute";
	while (*path) {
		path++;
		len = strcspn(path, "/");
		if (len == 0)
			return "has an empty component";
		if (span_is(path, len, ".") || span_is(path, len, ".."))
			return "has a component '.' or '..'";
		path += len;
	}
	return NULL;
}

static int find_keyword(const char *word, size_t len)
{
	for (int kind = CAPTURE_FILE; kind <= CAPTURE_DIR; kind++)
		if (span_is(word, len, capture_keywords[kind]))
			return kind;
	return -1;
}

static int parse_header(struct parser *parser, struct capture_entry *entry)
{
	const char *line = parser->at, *end = line_end(parser), *path;
	const char *blank = memchr(line, ' ', (size_t)(end - line));
	size_t len = (size_t)((blank ? blank : end) - line);
	int kind = find_keyword(line, len);
	const char *fault;
	int ret;

	if (kind < 0)
		return refuse(parser, line, "expected 'file', 'link', 'fail' or 'dir'");
	if (!blank)
		return refuse(parser, end, "expected a path");
	path = blank + 1;
	if (end[-1] == ' ')
		return refuse(parser, end - 1, "a blank at the end of a path");
	ret = decode_word(parser, path, end, &entry->path);
	if (ret)
		return ret;
	fault = path_fault(entry->path);
	if (fault)
		return refuse(parser, path, "path %.*s %s", QUOTE_BYTES, entry->path,
			      fault);
	entry->kind = (enum capture_kind)kind;
	entry->offset = (size_t)(line - parser->text);
	parser->at = end + 1;
	return 0;
}

static int parse_file(struct parser *parser, struct capture_entry *entry)
{
	const char *start = parser->store;

	for (skip_comments(parser); at_body(parser); skip_comments(parser)) {
		const char *end = line_end(parser);
		int ret;

		if (parser->cut)
			return refuse(parser, parser->cut,
				      "a backslash may end only the "
				      "last line of a file");
		ret = decode(parser, parser->at + 1, end);
		if (ret)
			return ret;
		if (!parser->cut)
			*parser->store++ = '\n';
		parser->at = end + 1;
	}
	parser->cut = NULL;
	entry->bytes = start;
	entry->len = (size_t)(parser->store - start);
	return 0;
}

/* The one body line of a link or a failure. */
static int parse_word(struct parser *parser, struct capture_entry *entry)
{
	const char *end;
	int ret;

	skip_comments(parser);
	if (!at_body(parser))
		return refuse(parser, parser->text + entry->offset,
			      "%s %.*s: the line behind it is missing",
			      capture_keywords[entry->kind], QUOTE_BYTES, entry->path);
	end = line_end(parser);
	ret = decode_word(parser, parser->at + 1, end, &entry->bytes);
	if (ret)
		return ret;
	entry->len = strlen(entry->bytes);
	if (!entry->len)
		return refuse(parser, end, "expected a word behind the TAB");
	return 0;
}

static int parse_link(struct parser *parser, struct capture_entry *entry)
{
	int ret = parse_word(parser, entry);

	if (!ret)
		parser->at = line_end(parser) + 1;
	return ret;
}

static int parse_fail(struct parser *parser, struct capture_entry *entry)
{
	int ret = parse_word(parser, entry);

	if (ret)
		return ret;
	entry->error = capture_errno(entry->bytes);
	if (!entry->error)
		return refuse(parser, parser->at + 1,
			      "'%.*s' is no error that reading "
			      "gives",
			      QUOTE_BYTES, entry->bytes);
	parser->at = line_end(parser) + 1;
	return 0;
}

static int parse_dir(struct parser *parser, struct capture_entry *entry)
{
	(void)parser;
	(void)entry;
	return 0;
}

static int parse_entry(struct parser *parser, struct capture_entry *entry)
{
	static int (*const bodies[])(struct parser *, struct capture_entry *) = {
		[CAPTURE_FILE] = parse_file,
		[CAPTURE_LINK] = parse_link,
		[CAPTURE_FAIL] = parse_fail,
		[CAPTURE_DIR] = parse_dir,
	};
	int ret;

	if (at_body(parser))
		return refuse(parser, parser->at, "this line belongs to no entry");
	ret = parse_header(parser, entry);
	if (!ret)
		ret = bodies[entry->kind](parser, entry);
	skip_comments(parser);
	if (!ret && entry->kind != CAPTURE_FILE && at_body(parser))
		return refuse(parser, parser->at, "one line too many for a %s",
			      capture_keywords[entry->kind]);
	return ret;
}

static int parse_first_line(struct parser *parser)
{
	size_t len = (size_t)(parser->end - parser->text);
	const char *end = memchr(parser->text, '\n', len);
	size_t line = end ? (size_t)(end - parser->text) : len;
	const size_t magic = strlen(CAPTURE_MAGIC);

	if (len < magic || memcmp(parser->text, CAPTURE_MAGIC, magic))
		return refuse(parser, parser->text, "does not begin with '%s'",
			      CAPTURE_FIRST);
	if (!span_is(parser->text, line, CAPTURE_FIRST))
		return refuse(parser, parser->text + magic,
			      "only version 1 of the format is known");
	if (parser->text[len - 1] != '\n')
		return refuse(parser, parser->end, "the last line is cut off");
	parser->at = end + 1;
	return 0;
}

/* Lines that are neither comment nor body: each makes one entry. */
static size_t count_headers(const struct parser *parser)
{
	struct parser scan = *parser;
	size_t count = 0;

	assert(scan.at); /* parse_first_line() has been here */
	for (; scan.at < scan.end; scan.at = line_end(&scan) + 1)
		count += *scan.at != '#' && *scan.at != '\n' && *scan.at != '\t';
	return count;
}

static int parse_entries(struct parser *parser)
{
	struct capture *capture = parser->capture;
	size_t most = count_headers(parser);

	capture->entries = arena_array(&capture->arena, most, sizeof(*capture->entries));
	/* Room behind the last path, as they are compared eight bytes at a time. */
	parser->store =
		arena_alloc(&capture->arena, (size_t)(parser->end - parser->text) + 8);
	if (!capture->entries || !parser->store)
		return -ENOMEM;
	for (skip_comments(parser); parser->at < parser->end; skip_comments(parser)) {
		int ret = parse_entry(parser, &capture->entries[capture->count]);

		if (ret)
			return ret;
		capture->count++;
	}
	return 0;
}

/* Nearly all paths begin alike, and some dozen bytes long. */
static int compare_entries(const void *a, const void *b)
{
	const char *one = ((const struct capture_entry *)a)->path;
	const char *other = ((const struct capture_entry *)b)->path;
	uint64_t bytes;

	while ((bytes = bytes8_load(one)) == bytes8_load(other) &&
	       !bytes8_has(bytes, '\0')) {
		one += 8;
		other += 8;
	}
	return capture_compare(one, other);
}

/* The file is in an order for people, node2 before node10, or in none. */
static void sort_entries(struct capture *capture)
{
	struct capture_entry *entries = capture->entries;

	for (size_t i = 1; i < capture->count; i++) {
		if (compare_entries(&entries[i - 1], &entries[i]) > 0) {
			qsort(entries, capture->count, sizeof(*entries), compare_entries);
			return;
		}
	}
}

/* In order, what lies below an entry comes right behind it. */
static int check_neighbours(const struct parser *parser)
{
	const struct capture *capture = parser->capture;

	for (size_t i = 1; i < capture->count; i++) {
		const struct capture_entry *first = &capture->entries[i - 1];
		const struct capture_entry *second = first + 1;
		const char *places[] = { parser->text + first->offset,
					 parser->text + second->offset };

		if (!strcmp(first->path, second->path))
			return refuse(parser, places[first->offset < second->offset],
				      "%.*s is here a second time", QUOTE_BYTES,
				      first->path);
		if (first->kind != CAPTURE_DIR &&
		    capture_is_below(second->path, first->path))
			return refuse(parser, places[1],
				      "%.*s lies below %.*s, which is a %s", QUOTE_BYTES,
				      second->path, QUOTE_BYTES, first->path,
				      capture_keywords[first->kind]);
	}
	return 0;
}

int capture_parse(const char *text, size_t len, struct capture *out,
		  struct tier_diag *diag)
{
	struct capture capture = { 0 };
	struct parser parser = {
		.text = text, .end = text + len, .capture = &capture, .diag = diag
	};
	int ret;

	ret = parse_first_line(&parser);
	if (!ret)
		ret = parse_entries(&parser);
	if (!ret) {
		sort_entries(&capture);
		ret = check_neighbours(&parser);
	}
	if (ret) {
		arena_free(&capture.arena);
		return ret;
	}
	*out = capture;
	return 0;
}
