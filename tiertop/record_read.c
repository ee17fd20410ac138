// SPDX-License-Identifier: GPL-2.0-or-later
// A line of JSON back to a record. What it does not name is unknown or empty; what is of another
// type than it should be is an error.
#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "json_text.h"
#include "record.h"

#define LINE_MAX_BYTES (256 << 20)
#define DEPTH	       8

struct reader {
	struct record *record;
	const char *why;
	int error;
};

static void complain(struct reader *reader, int error, const char *why)
{
	if (reader->error)
		return;
	reader->error = error;
	reader->why = why;
}

static void *room(struct reader *reader, size_t count, size_t size)
{
	void *room = arena_array(&reader->record->arena, count ? count : 1, size);

	if (!room)
		complain(reader, -ENOMEM, "out of memory");
	return room;
}

/* Characters that stand for a byte above ASCII become that byte again. */
static const char *take_text(struct reader *reader, struct json_object *value)
{
	const char *text = json_object_get_string(value);
	char *copy, *to;

	if (!json_object_is_type(value, json_type_string)) {
		complain(reader, -EINVAL, "a text is expected");
		return "";
	}
	copy = arena_strdup(&reader->record->arena, text);
	if (!copy) {
		complain(reader, -ENOMEM, "out of memory");
		return "";
	}
	to = copy;
	for (const char *at = copy; *at; at++) {
		unsigned char first = (unsigned char)*at, second = (unsigned char)at[1];

		if ((first & 0xfc) == 0xc0 && (second & 0xc0) == 0x80) {
			*to++ = (char)((first & 3) << 6 | (second & 0x3f));
			at++;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
	return copy;
}

static double take_number(struct reader *reader, struct json_object *value)
{
	double number = json_object_get_double(value);

	if ((!json_object_is_type(value, json_type_int) &&
	     !json_object_is_type(value, json_type_double)) ||
	    !isfinite(number)) {
		complain(reader, -EINVAL, "a number is expected");
		return 0;
	}
	return number;
}

static uint64_t take_u64(struct reader *reader, struct json_object *value)
{
	if (!json_object_is_type(value, json_type_int)) {
		complain(reader, -EINVAL, "a whole number is expected");
		return 0;
	}
	return json_object_get_uint64(value);
}

static int take_int(struct reader *reader, struct json_object *value)
{
	double number = take_number(reader, value);

	if (number < 0 || number > INT32_MAX) {
		complain(reader, -EINVAL, "a number is out of range");
		return 0;
	}
	return (int)number;
}

static void take_estimate(struct reader *reader, struct json_object *value,
			  struct estimate *estimate)
{
	double *parts[] = { &estimate->value, &estimate->lowest, &estimate->highest };

	if (!json_object_is_type(value, json_type_array) ||
	    json_object_array_length(value) != 3) {
		complain(reader, -EINVAL, "an estimate has three numbers");
		return;
	}
	for (size_t i = 0; i < 3; i++)
		*parts[i] = take_number(reader, json_object_array_get_idx(value, i));
}

static void take_field(struct reader *reader, const struct field *field,
		       struct json_object *value, void *at)
{
	switch (field->type) {
	case FIELD_TEXT:
		*(const char **)at = take_text(reader, value);
		break;
	case FIELD_INT:
		*(int *)at = take_int(reader, value);
		break;
	case FIELD_U64:
		*(uint64_t *)at = take_u64(reader, value);
		break;
	case FIELD_DOUBLE:
		*(double *)at = take_number(reader, value);
		break;
	case FIELD_KNOWN:
		/* null is not known */
		if (value)
			*(struct known *)at =
				(struct known){ true, take_number(reader, value) };
		break;
	case FIELD_ESTIMATE:
		take_estimate(reader, value, at);
		break;
	}
}

/* Texts are never NULL, also where the line has none. */
static void take_fields(struct reader *reader, const struct field *field,
			struct json_object *from, void *object)
{
	for (; field->key; field++) {
		void *at = (char *)object + field->offset;
		struct json_object *value;

		if (json_object_object_get_ex(from, field->key, &value))
			take_field(reader, field, value, at);
		else if (field->type == FIELD_TEXT)
			*(const char **)at = "";
	}
}

static uint64_t *take_row(struct reader *reader, struct json_object *from,
			  const char *key)
{
	size_t n = reader->record->n_tiers + 1;
	struct json_object *list;
	uint64_t *row;

	if (!json_object_object_get_ex(from, key, &list))
		return NULL;
	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) != n) {
		complain(reader, -EINVAL,
			 "a row has one number for each tier and one more");
		return NULL;
	}
	row = room(reader, n, sizeof(*row));
	for (size_t i = 0; row && i < n; i++)
		row[i] = take_u64(reader, json_object_array_get_idx(list, i));
	return row;
}

static void take_tier(struct reader *reader, struct json_object *from, size_t i)
{
	take_fields(reader, tier_fields, from, &reader->record->tiers[i]);
}

static void take_how(struct reader *reader, struct json_object *from,
		     struct rec_process *process)
{
	struct json_object *value;
	const char *word;

	if (!json_object_object_get_ex(from, "how", &value))
		return;
	word = take_text(reader, value);
	for (int how = 0; how < 4; how++)
		if (!strcmp(word, placed_words[how]))
			process->how = (enum placed)how;
}

static void take_places(struct reader *reader, struct json_object *list,
			struct rec_process *process)
{
	size_t n = reader->record->n_tiers + 1;

	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) != n) {
		complain(reader, -EINVAL,
			 "a process has one estimate for each tier, and "
			 "one more");
		return;
	}
	process->tiers = room(reader, n, sizeof(*process->tiers));
	for (size_t i = 0; process->tiers && i < n; i++)
		take_estimate(reader, json_object_array_get_idx(list, i),
			      &process->tiers[i]);
}

static void take_process(struct reader *reader, struct json_object *from, size_t i)
{
	struct rec_process *process = &reader->record->processes[i];
	struct json_object *value;

	take_fields(reader, process_fields, from, process);
	take_how(reader, from, process);
	if (json_object_object_get_ex(from, "tiers", &value))
		take_places(reader, value, process);
	if (json_object_object_get_ex(from, "promoted", &value)) {
		process->knows_flows = true;
		take_estimate(reader, value, &process->promoted);
		if (json_object_object_get_ex(from, "demoted", &value))
			take_estimate(reader, value, &process->demoted);
	}
	if (i && process->pid <= process[-1].pid)
		complain(reader, -EINVAL,
			 "processes are not in the order of their numbers");
}

static void take_group(struct reader *reader, struct json_object *from, size_t i)
{
	struct rec_group *group = &reader->record->groups[i];

	take_fields(reader, group_fields, from, group);
	group->anon = take_row(reader, from, "anon_bytes");
	group->file = take_row(reader, from, "file_bytes");
	if (!group->anon != !group->file)
		complain(reader, -EINVAL, "a group has both rows or none");
}

static void take_mapping(struct reader *reader, struct json_object *from, size_t i)
{
	struct rec_mapping *mapping = &reader->record->mappings[i];

	take_fields(reader, mapping_fields, from, mapping);
	mapping->tiers = take_row(reader, from, "tier_bytes");
}

static void take_bandwidth(struct reader *reader, struct json_object *from, size_t i)
{
	take_fields(reader, bandwidth_fields, from, &reader->record->bandwidths[i]);
}

static void take_region(struct reader *reader, struct json_object *from, size_t i)
{
	struct rec_region *region = &reader->record->regions[i];

	take_fields(reader, region_fields, from, region);
	region->tiers = take_row(reader, from, "tier_bytes");
}

/* The lists, the tiers first, as the others have a place for each of them. */
static const struct list {
	const char *key;
	size_t size;
	size_t count_at, array_at;
	void (*take)(struct reader *reader, struct json_object *from, size_t i);
} lists[] = {
	{ "tiers", sizeof(struct rec_tier), offsetof(struct record, n_tiers),
	  offsetof(struct record, tiers), take_tier },
	{ "processes", sizeof(struct rec_process), offsetof(struct record, n_processes),
	  offsetof(struct record, processes), take_process },
	{ "groups", sizeof(struct rec_group), offsetof(struct record, n_groups),
	  offsetof(struct record, groups), take_group },
	{ "mappings", sizeof(struct rec_mapping), offsetof(struct record, n_mappings),
	  offsetof(struct record, mappings), take_mapping },
	{ "bandwidths", sizeof(struct rec_bandwidth),
	  offsetof(struct record, n_bandwidths), offsetof(struct record, bandwidths),
	  take_bandwidth },
	{ "regions", sizeof(struct rec_region), offsetof(struct record, n_regions),
	  offsetof(struct record, regions), take_region },
};

static void take_list(struct reader *reader, const struct list *list,
		      struct json_object *from)
{
	char *record = (char *)reader->record;
	size_t *count = (size_t *)(void *)(record + list->count_at);
	struct json_object *array;
	size_t n = 0;
	void *elements;

	if (json_object_object_get_ex(from, list->key, &array)) {
		if (!json_object_is_type(array, json_type_array)) {
			complain(reader, -EINVAL, "a list is expected");
			return;
		}
		n = json_object_array_length(array);
	}
	if (list->take == take_tier && n > RECORD_TIERS) {
		complain(reader, -EINVAL, "too many tiers");
		return;
	}
	elements = room(reader, n, list->size);
	if (!elements)
		return;
	memcpy(record + list->array_at, &elements, sizeof(elements));
	*count = n;
	for (size_t i = 0; i < n && !reader->error; i++) {
		struct json_object *element = json_object_array_get_idx(array, i);

		if (json_object_is_type(element, json_type_object))
			list->take(reader, element, i);
		else
			complain(reader, -EINVAL,
				 "a list has something that is no object");
	}
}

static void take_record(struct reader *reader, struct json_object *from)
{
	struct json_object *version;

	if (!json_object_is_type(from, json_type_object) ||
	    !json_object_object_get_ex(from, "tiertop", &version)) {
		complain(reader, -EINVAL, "no record of tiertop");
		return;
	}
	if (take_u64(reader, version) != RECORD_VERSION) {
		complain(reader, -EINVAL, "a version that this tiertop does not know");
		return;
	}
	take_fields(reader, record_fields, from, reader->record);
	for (size_t i = 0; i < ARRAY_SIZE(lists) && !reader->error; i++)
		take_list(reader, &lists[i], from);
}

int record_read(const char *line, struct record *record, const char **why)
{
	static const struct json_bounds bounds = { LINE_MAX_BYTES, DEPTH };
	struct reader reader = { .record = record };
	struct json_object *parsed;
	int ret = json_from_text(line, strlen(line), &bounds, &parsed, NULL);

	*record = (struct record){ 0 };
	if (ret)
		complain(&reader, ret, ret == -ENOMEM ? "out of memory" : "no JSON");
	else
		take_record(&reader, parsed);
	json_object_put(parsed);
	if (why)
		*why = reader.why;
	return reader.error;
}
