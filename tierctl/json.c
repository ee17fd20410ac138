// SPDX-License-Identifier: GPL-2.0-or-later
// A thin layer over json-c. Knows no command.
#include "json.h"

#include <json-c/json.h>
#include <string.h>

#include "err.h"
#include "nodeset.h"

#define JSON_STYLE                                           \
	(JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | \
	 JSON_C_TO_STRING_NOSLASHESCAPE)

/* json-c answers NULL when memory runs out, and would print it as null. */
static struct json_object *made(struct out *out, struct json_object *value)
{
	if (!value)
		out->lost = true;
	return value;
}

static struct json_object *put(struct out *out, struct json_object *in, const char *key,
			       struct json_object *value)
{
	if (in && value && !json_object_object_add(in, key, value))
		return value;
	json_object_put(value);
	out->lost = true;
	return NULL;
}

static struct json_object *append(struct out *out, struct json_object *list,
				  struct json_object *value)
{
	if (list && value && !json_object_array_add(list, value))
		return value;
	json_object_put(value);
	out->lost = true;
	return NULL;
}

struct json_object *js_document(struct out *out)
{
	struct json_object *document = made(out, json_object_new_object());

	js_number(out, document, "schema", JSON_SCHEMA);
	return document;
}

static void add_errors(struct out *out, struct json_object *document,
		       const struct errors *errors)
{
	struct json_object *list = js_list(out, document, "errors");

	for (size_t i = 0; i < errors->count; i++) {
		struct json_object *entry = js_item(out, list);

		js_text(out, entry, "object", errors->list[i].object);
		js_text(out, entry, "what", errors->list[i].what);
		js_text(out, entry, "why", errors->list[i].why);
		js_number(out, entry, "status", (uint64_t)errors->list[i].status);
	}
}

void js_finish(struct out *out, struct json_object *document, const struct errors *errors)
{
	const char *text = NULL;

	add_errors(out, document, errors);
	if (document && !out->lost)
		text = json_object_to_json_string_ext(document, JSON_STYLE);
	if (!text || strbuf_puts(&out->text, text) || strbuf_puts(&out->text, "\n"))
		out->lost = true;
	json_object_put(document);
}

struct json_object *js_child(struct out *out, struct json_object *in, const char *key)
{
	return put(out, in, key, json_object_new_object());
}

struct json_object *js_list(struct out *out, struct json_object *in, const char *key)
{
	return put(out, in, key, json_object_new_array());
}

struct json_object *js_item(struct out *out, struct json_object *list)
{
	return append(out, list, json_object_new_object());
}

void js_null(struct out *out, struct json_object *in, const char *key)
{
	if (!in || json_object_object_add(in, key, NULL))
		out->lost = true;
}

void js_text(struct out *out, struct json_object *in, const char *key, const char *text)
{
	if (!text)
		js_null(out, in, key);
	else
		put(out, in, key, json_object_new_string(text));
}

void js_append_text(struct out *out, struct json_object *list, const char *text)
{
	append(out, list, json_object_new_string(text));
}

void js_bool(struct out *out, struct json_object *in, const char *key, bool value)
{
	put(out, in, key, json_object_new_boolean(value));
}

void js_number(struct out *out, struct json_object *in, const char *key, uint64_t value)
{
	put(out, in, key, json_object_new_uint64(value));
}

void js_known(struct out *out, struct json_object *in, const char *key,
	      const uint64_t *value)
{
	if (value)
		js_number(out, in, key, *value);
	else
		js_null(out, in, key);
}

void js_figure(struct out *out, struct json_object *in, const char *key, double value,
	       const char *text)
{
	put(out, in, key, json_object_new_double_s(value, text));
}

/* A string object that prints as the text given, without quotes. */
static struct json_object *verbatim(const char *text)
{
	struct json_object *object = json_object_new_string("");
	char *copy = object ? strdup(text) : NULL;

	if (!copy) {
		json_object_put(object);
		return NULL;
	}
	json_object_set_serializer(object, json_object_userdata_to_json_string, copy,
				   json_object_free_userdata);
	return object;
}

void js_nodes(struct out *out, struct json_object *in, const char *key,
	      const struct tier_nodeset *set)
{
	SCOPED_STRBUF struct strbuf row = { 0 };
	int ret = strbuf_puts(&row, "[");

	for_each_node(node, set)
		if (!ret)
			ret = strbuf_printf(&row, "%s%d", row.len > 1 ? ", " : "", node);
	if (ret || strbuf_puts(&row, "]"))
		out->lost = true;
	else
		put(out, in, key, verbatim(row.text));
}

void js_append_row(struct out *out, struct json_object *list, const char *row)
{
	append(out, list, verbatim(row));
}
