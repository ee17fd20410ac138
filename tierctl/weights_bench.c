// SPDX-License-Identifier: GPL-2.0-or-later
// What a benchmark measured, as JSON, to a wish: docs/switches.md has the format. What is
// not exactly that is refused, as weights are the whole system's. Pure: knows no file.
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "diag.h"
#include "json_text.h"
#include "weights.h"

#define FILE_SCHEMA 1
#define FILE_DEPTH  4

/* Above any bandwidth, and below where a double is no longer exact. */
#define BANDWIDTH_MOST (INT64_C(1) << 53)
#define WEIGHT_MOST    255

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
		return diag_set(diag, -EINVAL, "'%.40s' is no key of a node", name);
	if (!value && key->has)
		return 0;
	if (!json_object_is_type(value, json_type_int))
		return diag_set(diag, -EINVAL, "%s: expected a whole number", name);
	number = json_object_get_int64(value);
	if (number < key->least || number > key->most)
		return diag_set(diag, -EINVAL, "%s: expected %" PRId64 " to %" PRId64,
				name, key->least, key->most);
	memcpy((char *)entry + key->offset, &number, sizeof(number));
	entry->has |= key->has;
	entry->has_node |= !key->has;
	return 0;
}

static int take_node(struct json_object *object, struct entry *entry,
		     struct tier_diag *diag)
{
	*entry = (struct entry){ 0 };
	if (!json_object_is_type(object, json_type_object))
		return diag_set(diag, -EINVAL, "nodes: expected objects");
	json_object_object_foreach(object, name, value)
	{
		int ret = take_value(entry, name, value, diag);

		if (ret)
			return ret;
	}
	if (!entry->has_node)
		return diag_set(diag, -EINVAL, "a node without its number");
	if (!entry->has)
		return diag_set(diag, -EINVAL,
				"node %" PRId64 ": neither bandwidth nor weight",
				entry->node);
	if (entry->has & HAS_WEIGHT && entry->has != HAS_WEIGHT)
		return diag_set(diag, -EINVAL,
				"node %" PRId64 ": bandwidth or weight, not both",
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
			return diag_set(diag, -EINVAL,
					"node %" PRId64
					" has other figures than the first "
					"one, so they cannot be compared",
					entry.node);
		if (tier_nodeset_has(measured, (unsigned int)entry.node))
			return diag_set(diag, -EINVAL, "node %" PRId64 " is there twice",
					entry.node);
		(void)tier_nodeset_add(measured, (unsigned int)entry.node);
		ret = add_entry(&entry, wish);
		if (ret)
			return ret;
	}
	return first ? 0 : diag_set(diag, -EINVAL, "nodes: there are none");
}

static int take_document(struct json_object *document, struct strbuf *wish,
			 struct tier_nodeset *measured, struct tier_diag *diag)
{
	struct json_object *schema = NULL, *nodes = NULL;
	int ret;

	if (!json_object_is_type(document, json_type_object))
		return diag_set(diag, -EINVAL, "expected an object");
	json_object_object_foreach(document, name, value)
	{
		if (!strcmp(name, "schema"))
			schema = value;
		else if (!strcmp(name, "nodes"))
			nodes = value;
		else if (strcmp(name, "about") != 0)
			return diag_set(diag, -EINVAL, "'%.40s' is no key of this format",
					name);
	}
	ret = json_check_schema(schema, FILE_SCHEMA, diag);
	if (ret)
		return ret;
	if (!json_object_is_type(nodes, json_type_array))
		return diag_set(diag, -EINVAL, "nodes: expected a list");
	return take_nodes(nodes, wish, measured, diag);
}

int weights_from_text(const char *text, size_t len, struct strbuf *wish,
		      struct tier_nodeset *measured, struct tier_diag *diag)
{
	static const struct json_bounds bounds = { WEIGHTS_FILE_MOST, FILE_DEPTH };
	struct json_object *document;
	int ret = json_from_text(text, len, &bounds, &document, diag);

	tier_nodeset_zero(measured);
	if (!ret)
		ret = take_document(document, wish, measured, diag);
	json_object_put(document);
	return ret;
}
