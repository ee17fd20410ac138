// SPDX-License-Identifier: GPL-2.0-or-later
// What a benchmark measured, as JSON, to a wish: docs/switches.md has the format. A file
// that is not exactly that is refused, as weights are the whole system's.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <string.h>

#include "cmd.h"
#include "weights.h"

#define FILE_SCHEMA 1
#define FILE_MOST   (1 << 20) /* bytes; a thousand nodes need a tenth of it */
#define FILE_DEPTH  4

/* Above any bandwidth, and below where a double is no longer exact. */
#define BANDWIDTH_MOST (INT64_C(1) << 53)
#define WEIGHT_MOST    255

static int refuse(struct tier_diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);

static int refuse(struct tier_diag *diag, const char *format, ...)
{
	va_list args;

	*diag = (struct tier_diag){ 0 };
	va_start(args, format);
	vsnprintf(diag->message, sizeof(diag->message), format, args);
	va_end(args);
	return -EINVAL;
}

/* What one node has: figures of one of these sorts, the same for all nodes. */
enum { HAS_READ = 1, HAS_WRITE = 2, HAS_WEIGHT = 4 };

struct entry {
	int64_t node;
	int64_t read;
	int64_t write;
	int64_t weight;
	int has;
	bool has_node;
};

static const struct key {
	const char *name;
	size_t offset;
	int64_t least;
	int64_t most;
	int has;
} keys[] = {
	{ "node", offsetof(struct entry, node), 0, TIER_MAX_NODES - 1, 0 },
	{ "read_bytes_per_sec", offsetof(struct entry, read), 1, BANDWIDTH_MOST,
	  HAS_READ },
	{ "write_bytes_per_sec", offsetof(struct entry, write), 1, BANDWIDTH_MOST,
	  HAS_WRITE },
	{ "weight", offsetof(struct entry, weight), 1, WEIGHT_MOST, HAS_WEIGHT },
};

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

/* null is "not known", as in all of tierkit's JSON. */
static int take_value(struct entry *entry, const char *name, struct json_object *value,
		      struct tier_diag *diag)
{
	const struct key *key = find_key(name);
	int64_t number;

	if (!key)
		return refuse(diag, "'%.40s' is no key of a node", name);
	if (!value && key->has)
		return 0;
	if (!json_object_is_type(value, json_type_int))
		return refuse(diag, "%s: expected a whole number", name);
	number = json_object_get_int64(value);
	if (number < key->least || number > key->most)
		return refuse(diag, "%s: expected %" PRId64 " to %" PRId64, name,
			      key->least, key->most);
	*(int64_t *)((char *)entry + key->offset) = number;
	entry->has |= key->has;
	entry->has_node |= !key->has;
	return 0;
}

static int take_node(struct json_object *object, struct entry *entry,
		     struct tier_diag *diag)
{
	*entry = (struct entry){ 0 };
	if (!json_object_is_type(object, json_type_object))
		return refuse(diag, "nodes: expected objects");
	json_object_object_foreach(object, name, value)
	{
		int ret = take_value(entry, name, value, diag);

		if (ret)
			return ret;
	}
	if (!entry->has_node)
		return refuse(diag, "a node without its number");
	if (!entry->has)
		return refuse(diag, "node %" PRId64 ": neither bandwidth nor weight",
			      entry->node);
	if (entry->has & HAS_WEIGHT && entry->has != HAS_WEIGHT)
		return refuse(diag, "node %" PRId64 ": bandwidth or weight, not both",
			      entry->node);
	return 0;
}

static int add_entry(const struct entry *entry, struct strbuf *wish)
{
	int64_t figure = entry->read + entry->write;

	if (entry->has == HAS_WEIGHT)
		return strbuf_printf(wish, "%snode:%" PRId64 "=%" PRId64,
				     wish->len ? "," : "weights:", entry->node,
				     entry->weight);
	/* The mean, without its half. */
	if (entry->has == (HAS_READ | HAS_WRITE))
		figure = figure / 2 + figure % 2;
	return strbuf_printf(wish, "%s%" PRId64 "=%" PRId64,
			     wish->len ? "," : "shares:", entry->node, figure);
}

static int take_nodes(struct json_object *list, struct strbuf *wish,
		      struct tier_nodeset *measured, struct tier_diag *diag)
{
	int first = 0;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct entry entry;
		int ret = take_node(json_object_array_get_idx(list, i), &entry, diag);

		if (ret)
			return ret;
		first = first ? first : entry.has;
		if (entry.has != first)
			return refuse(diag,
				      "node %" PRId64 " has other figures than the first "
				      "one, so they cannot be compared",
				      entry.node);
		if (tier_nodeset_has(measured, (unsigned int)entry.node))
			return refuse(diag, "node %" PRId64 " is there twice",
				      entry.node);
		(void)tier_nodeset_add(measured, (unsigned int)entry.node);
		ret = add_entry(&entry, wish);
		if (ret)
			return ret;
	}
	return first ? 0 : refuse(diag, "nodes: there are none");
}

static int take_document(struct json_object *document, struct strbuf *wish,
			 struct tier_nodeset *measured, struct tier_diag *diag)
{
	struct json_object *schema = NULL, *nodes = NULL;

	if (!json_object_is_type(document, json_type_object))
		return refuse(diag, "expected an object");
	json_object_object_foreach(document, name, value)
	{
		if (!strcmp(name, "schema"))
			schema = value;
		else if (!strcmp(name, "nodes"))
			nodes = value;
		else if (strcmp(name, "about") != 0)
			return refuse(diag, "'%.40s' is no key of this format", name);
	}
	if (!json_object_is_type(schema, json_type_int) ||
	    json_object_get_int64(schema) != FILE_SCHEMA)
		return refuse(diag, "schema: only %d is known", FILE_SCHEMA);
	if (!json_object_is_type(nodes, json_type_array))
		return refuse(diag, "nodes: expected a list");
	return take_nodes(nodes, wish, measured, diag);
}

int weights_from_text(const char *text, size_t len, struct strbuf *wish,
		      struct tier_nodeset *measured, struct tier_diag *diag)
{
	struct json_tokener *tokener = json_tokener_new_ex(FILE_DEPTH);
	struct json_object *document = NULL;
	int ret;

	tier_nodeset_zero(measured);
	if (!tokener)
		return -ENOMEM;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	if (len <= FILE_MOST)
		/* With its NUL, which ends a number or a null. */
		document = json_tokener_parse_ex(tokener, text, (int)len + 1);
	if (len > FILE_MOST)
		ret = refuse(diag, "larger than any file of this kind");
	else if (strlen(text) != len)
		ret = refuse(diag, "no JSON: it holds a NUL");
	else if (json_tokener_get_error(tokener) != json_tokener_success)
		ret = refuse(diag, "no JSON: %s",
			     json_tokener_error_desc(json_tokener_get_error(tokener)));
	else
		ret = take_document(document, wish, measured, diag);
	json_object_put(document);
	json_tokener_free(tokener);
	return ret;
}

/* One byte more than is allowed is enough to know. */
static int read_to_end(int fd, struct strbuf *text)
{
	ssize_t got;

	do {
		int ret = strbuf_reserve(text, 4096);

		if (ret)
			return ret;
		got = read(fd, text->text + text->len, text->size - text->len - 1);
		if (got > 0)
			strbuf_truncate(text, text->len + (size_t)got);
	} while (text->len <= FILE_MOST && (got > 0 || (got < 0 && errno == EINTR)));
	return got < 0 ? -errno : 0;
}

static int read_file(const char *path, struct strbuf *text)
{
	SCOPED_FD int fd = -1;

	if (!path)
		return read_to_end(STDIN_FILENO, text);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : read_to_end(fd, text);
}

int weights_from_file(struct ctl *ctl, const char *path, struct strbuf *wish,
		      struct tier_nodeset *measured)
{
	const bool is_stdin = !path || !strcmp(path, "-");
	const char *name = is_stdin ? "standard input" : path;
	const struct fault fault = { STATUS_USAGE, "weights", name };
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct tier_diag diag = { 0 };
	int ret;

	if (is_stdin && isatty(STDIN_FILENO))
		return err_say(ctl, &fault, "is a terminal; name a file");
	ret = read_file(is_stdin ? NULL : path, &text);
	if (ret)
		return ctl_fail_system(ctl, &fault, ret);
	ret = weights_from_text(strbuf_text(&text), text.len, wish, measured, &diag);
	return ret ? ctl_fail(ctl, &fault, ret, &diag) : STATUS_DONE;
}
