// SPDX-License-Identifier: GPL-2.0-or-later
// A run as JSON and back; docs/tierbench.md has the format. What is read may come from
// anybody: what is not exactly that is refused. Knows no file.
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "diag.h"
#include "json_text.h"
#include "result.h"

#define DEPTH 6

/* More values of one row are never measured. */
#define VALUES_MOST 100000

enum kind { KIND_WORD, KIND_U32, KIND_U64, KIND_DOUBLE, KIND_BOOL };

struct key {
	const char *name;
	enum kind kind;
	size_t offset;
};

static const struct key run_keys[] = {
	{ "date", KIND_WORD, offsetof(struct run, date) },
	{ "version", KIND_WORD, offsetof(struct run, version) },
	{ "kernel", KIND_WORD, offsetof(struct run, kernel) },
	{ "signature", KIND_WORD, offsetof(struct run, signature) },
	{ "loops", KIND_WORD, offsetof(struct run, kernels) },
	{ "emulator", KIND_WORD, offsetof(struct run, emulator) },
	{ "huge_pages", KIND_WORD, offsetof(struct run, huge_pages) },
	{ "numa_balancing", KIND_WORD, offsetof(struct run, balancing) },
	{ "advice", KIND_WORD, offsetof(struct run, advice) },
	{ "figures_forced", KIND_BOOL, offsetof(struct run, forced) },
};

static const struct key row_keys[] = {
	{ "test", KIND_WORD, offsetof(struct row, test) },
	{ "variant", KIND_WORD, offsetof(struct row, variant) },
	{ "place", KIND_WORD, offsetof(struct row, place) },
	{ "pages", KIND_WORD, offsetof(struct row, pages) },
	{ "loops", KIND_WORD, offsetof(struct row, kernels) },
	{ "cpu_node", KIND_U32, offsetof(struct row, cpu_node) },
	{ "threads", KIND_U32, offsetof(struct row, threads) },
	{ "bytes", KIND_U64, offsetof(struct row, bytes) },
	{ "load_bytes_per_sec", KIND_DOUBLE, offsetof(struct row, load_bytes_per_sec) },
	{ "bus_factor", KIND_DOUBLE, offsetof(struct row, bus_factor) },
	{ "samples", KIND_U64, offsetof(struct row, samples) },
	{ "pages_proved", KIND_U64, offsetof(struct row, pages_proved) },
	{ "lines_proved", KIND_U64, offsetof(struct row, lines_proved) },
	{ "median", KIND_DOUBLE, offsetof(struct row, estimate.median) },
	{ "low", KIND_DOUBLE, offsetof(struct row, estimate.low) },
	{ "high", KIND_DOUBLE, offsetof(struct row, estimate.high) },
	{ "off_cpu", KIND_DOUBLE, offsetof(struct row, disturbance.off_cpu) },
	{ "preemptions", KIND_U64, offsetof(struct row, disturbance.preemptions) },
	{ "migrations", KIND_U64, offsetof(struct row, disturbance.migrations) },
	{ "speed_spread", KIND_DOUBLE, offsetof(struct row, disturbance.speed_spread) },
	{ "stolen", KIND_DOUBLE, offsetof(struct row, disturbance.stolen) },
	{ "stolen_tick", KIND_DOUBLE, offsetof(struct row, disturbance.stolen_tick) },
	{ "cpu_stall", KIND_DOUBLE, offsetof(struct row, disturbance.cpu_stall) },
	{ "memory_stall", KIND_DOUBLE, offsetof(struct row, disturbance.memory_stall) },
	{ "others", KIND_DOUBLE, offsetof(struct row, disturbance.others) },
	{ "mhz_low", KIND_DOUBLE, offsetof(struct row, disturbance.mhz_low) },
	{ "mhz_high", KIND_DOUBLE, offsetof(struct row, disturbance.mhz_high) },
	{ "mhz_rated", KIND_DOUBLE, offsetof(struct row, disturbance.mhz_rated) },
	{ "mhz_unknown", KIND_WORD, offsetof(struct row, disturbance.mhz_unknown) },
};

/* Flags of a row, each a bool of its own. */
static const struct {
	const char *name;
	uint32_t flag;
} flag_keys[] = {
	{ "noisy", ROW_NOISY },
	{ "wide", ROW_WIDE },
	{ "in_cache", ROW_IN_CACHE },
	{ "hidden", ROW_HIDDEN },
};

/* Figures that a hidden row does not tell. */
static bool is_figure(const struct key *key)
{
	return key->offset == offsetof(struct row, estimate.median) ||
	       key->offset == offsetof(struct row, estimate.low) ||
	       key->offset == offsetof(struct row, estimate.high) ||
	       key->offset == offsetof(struct row, load_bytes_per_sec);
}

/* ---- out ---------------------------------------------------------------------------- */

/* Texts of rows are printable; a backslash or a quote is made a question mark. */
static int put_word(struct strbuf *out, const char *word)
{
	char clean[ROW_WORD_BYTES];

	snprintf(clean, sizeof(clean), "%s", word);
	for (char *at = clean; *at; at++)
		if ((unsigned char)*at < ' ' || *at == '"' || *at == '\\' || *at >= 0x7f)
			*at = '?';
	return strbuf_printf(out, "\"%s\"", clean);
}

static int put_number(struct strbuf *out, double value)
{
	return isfinite(value) ? strbuf_printf(out, "%.12g", value) :
				 strbuf_puts(out, "null");
}

static int put_value(struct strbuf *out, const struct key *key, const void *slot)
{
	switch (key->kind) {
	case KIND_WORD:
		return put_word(out, slot);
	case KIND_U32:
		return strbuf_printf(out, "%" PRIu32, *(const uint32_t *)slot);
	case KIND_U64:
		return strbuf_printf(out, "%" PRIu64, *(const uint64_t *)slot);
	case KIND_BOOL:
		return strbuf_puts(out, *(const bool *)slot ? "true" : "false");
	default:
		return put_number(out, *(const double *)slot);
	}
}

static int put_key(struct strbuf *out, const char *indent, const struct key *key,
		   const void *object)
{
	int ret = strbuf_printf(out, "%s\"%s\": ", indent, key->name);

	return ret ? ret : put_value(out, key, (const char *)object + key->offset);
}

static int put_values(struct strbuf *out, const struct row *row)
{
	size_t count = row->estimate.count;
	int ret = strbuf_puts(out, ",\n      \"values\": [");

	if (row->flags & ROW_HIDDEN)
		count = 0;
	for (size_t i = 0; !ret && row->values && i < count; i++) {
		ret = i ? strbuf_puts(out, ", ") : 0;
		if (!ret)
			ret = put_number(out, row->values[i]);
	}
	return ret ? ret : strbuf_puts(out, "]\n    }");
}

static int put_row(struct strbuf *out, const struct row *row)
{
	bool hidden = row->flags & ROW_HIDDEN;
	int ret = strbuf_printf(out, "\n    {\n      \"unit\": \"%s\"",
				unit_names[row->unit]);

	for (size_t i = 0; !ret && i < ARRAY_SIZE(row_keys); i++) {
		const struct key *key = &row_keys[i];

		if (hidden && is_figure(key))
			ret = strbuf_printf(out, ",\n      \"%s\": null", key->name);
		else
			ret = put_key(out, ",\n      ", key, row);
	}
	for (size_t i = 0; !ret && i < ARRAY_SIZE(flag_keys); i++)
		ret = strbuf_printf(out, ",\n      \"%s\": %s", flag_keys[i].name,
				    row->flags & flag_keys[i].flag ? "true" : "false");
	return ret ? ret : put_values(out, row);
}

int result_to_json(const struct run *run, struct strbuf *out)
{
	int ret = strbuf_printf(out, "{\n  \"schema\": %d", RESULT_SCHEMA);

	for (size_t i = 0; !ret && i < ARRAY_SIZE(run_keys); i++)
		ret = put_key(out, ",\n  ", &run_keys[i], run);
	if (!ret)
		ret = strbuf_puts(out, ",\n  \"rows\": [");
	for (size_t i = 0; !ret && i < run->count; i++) {
		ret = i ? strbuf_puts(out, ",") : 0;
		if (!ret)
			ret = put_row(out, &run->rows[i]);
	}
	return ret ? ret : strbuf_puts(out, run->count ? "\n  ]\n}\n" : "]\n}\n");
}

/* ---- in ----------------------------------------------------------------------------- */

static int take_word(char *slot, struct json_object *value, const char *name,
		     struct tier_diag *diag)
{
	const char *text = json_object_get_string(value);
	size_t len = strlen(text);

	if (len >= ROW_WORD_BYTES || len != (size_t)json_object_get_string_len(value))
		return diag_set(diag, -EINVAL, "%s: too long", name);
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] >= 0x7f || text[i] == '"' || text[i] == '\\')
			return diag_set(diag, -EINVAL, "%s: not plain text", name);
	memcpy(slot, text, len + 1);
	return 0;
}

static int take_whole(const struct key *key, void *slot, struct json_object *value,
		      struct tier_diag *diag)
{
	int64_t number = json_object_get_int64(value);
	int64_t most = key->kind == KIND_U32 ? UINT32_MAX : INT64_MAX;

	if (number < 0 || number > most)
		return diag_set(diag, -EINVAL, "%s: out of range", key->name);
	if (key->kind == KIND_U32)
		*(uint32_t *)slot = (uint32_t)number;
	else
		*(uint64_t *)slot = (uint64_t)number;
	return 0;
}

/* A figure: finite, not negative, and below what overflows when it is multiplied. */
static int take_figure(double *slot, struct json_object *value, const char *name,
		       struct tier_diag *diag)
{
	double number;

	if (!json_object_is_type(value, json_type_double) &&
	    !json_object_is_type(value, json_type_int))
		return diag_set(diag, -EINVAL, "%s: expected a number", name);
	number = json_object_get_double(value);
	if (!isfinite(number) || number < 0 || number > 1e18)
		return diag_set(diag, -EINVAL, "%s: out of range", name);
	/* A negative zero becomes the usual one. */
	*slot = number + 0.0;
	return 0;
}

static int take_value(const struct key *key, void *object, struct json_object *value,
		      struct tier_diag *diag)
{
	static const enum json_type types[] = {
		[KIND_WORD] = json_type_string,	 [KIND_U32] = json_type_int,
		[KIND_U64] = json_type_int,	 [KIND_DOUBLE] = json_type_double,
		[KIND_BOOL] = json_type_boolean,
	};
	void *slot = (char *)object + key->offset;

	if (key->kind == KIND_DOUBLE)
		/* null is a figure that is not told. */
		return value ? take_figure(slot, value, key->name, diag) : 0;
	if (!json_object_is_type(value, types[key->kind]))
		return diag_set(diag, -EINVAL, "%s: has another type", key->name);
	if (key->kind == KIND_WORD)
		return take_word(slot, value, key->name, diag);
	if (key->kind == KIND_BOOL) {
		*(bool *)slot = json_object_get_boolean(value);
		return 0;
	}
	return take_whole(key, slot, value, diag);
}

static const struct key *find_key(const struct key *keys, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static int take_values(struct row *row, struct json_object *list, struct tier_diag *diag)
{
	size_t count;
	int ret = 0;

	if (!json_object_is_type(list, json_type_array) || row->values)
		return diag_set(diag, -EINVAL, "values: expected one list");
	count = json_object_array_length(list);
	if (count > VALUES_MOST)
		return diag_set(diag, -EINVAL, "values: too many");
	row->values = calloc(count + 1, sizeof(*row->values));
	if (!row->values)
		return -ENOMEM;
	row->estimate.count = count;
	for (size_t i = 0; !ret && i < count; i++)
		ret = take_figure(&row->values[i], json_object_array_get_idx(list, i),
				  "values", diag);
	return ret;
}

static int take_unit(struct row *row, struct json_object *value, struct tier_diag *diag)
{
	const char *name = json_object_get_string(value);

	for (int unit = UNIT_NS; name && unit < UNITS; unit++)
		if (!strcmp(unit_names[unit], name))
			row->unit = (enum figure_unit)unit;
	return row->unit ? 0 : diag_set(diag, -EINVAL, "unit: not known");
}

/* 1 when `name` is a flag. */
static int take_flag(struct row *row, const char *name, struct json_object *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(flag_keys); i++)
		if (!strcmp(flag_keys[i].name, name)) {
			if (json_object_get_boolean(value))
				row->flags |= flag_keys[i].flag;
			return 1;
		}
	return 0;
}

static int take_row_key(struct row *row, const char *name, struct json_object *value,
			struct tier_diag *diag)
{
	const struct key *key = find_key(row_keys, ARRAY_SIZE(row_keys), name);

	if (key)
		return take_value(key, row, value, diag);
	if (!strcmp(name, "unit"))
		return take_unit(row, value, diag);
	if (!strcmp(name, "values"))
		return take_values(row, value, diag);
	if (take_flag(row, name, value))
		return 0;
	return diag_set(diag, -EINVAL, "'%.40s' is no key of a row", name);
}

static int take_row(struct run *run, struct json_object *object, struct tier_diag *diag)
{
	/* What an older result does not have is not known. */
	struct row row = { .disturbance = { .stolen = NAN,
					    .stolen_tick = NAN,
					    .cpu_stall = NAN,
					    .memory_stall = NAN,
					    .others = NAN,
					    .mhz_low = NAN,
					    .mhz_high = NAN,
					    .mhz_rated = NAN } };
	int ret = 0;

	if (!json_object_is_type(object, json_type_object))
		return diag_set(diag, -EINVAL, "rows: expected objects");
	json_object_object_foreach(object, name, value)
	{
		ret = ret ? ret : take_row_key(&row, name, value, diag);
	}
	if (!ret && (!row.test[0] || !row.unit))
		ret = diag_set(diag, -EINVAL, "a row without test or unit");
	if (!ret)
		return run_add(run, &row);
	free(row.values);
	return ret;
}

static int take_rows(struct run *run, struct json_object *list, struct tier_diag *diag)
{
	int ret = 0;

	if (!json_object_is_type(list, json_type_array))
		return diag_set(diag, -EINVAL, "rows: expected a list");
	for (size_t i = 0; !ret && i < json_object_array_length(list); i++)
		ret = take_row(run, json_object_array_get_idx(list, i), diag);
	return ret;
}

static int take_document(struct run *run, struct json_object *document,
			 struct tier_diag *diag)
{
	struct json_object *schema = NULL, *rows = NULL;
	int ret = 0;

	if (!json_object_is_type(document, json_type_object))
		return diag_set(diag, -EINVAL, "expected an object");
	json_object_object_foreach(document, name, value)
	{
		const struct key *key = find_key(run_keys, ARRAY_SIZE(run_keys), name);

		if (!strcmp(name, "schema"))
			schema = value;
		else if (!strcmp(name, "rows"))
			rows = value;
		else if (!key)
			ret = diag_set(diag, -EINVAL, "'%.40s' is no key of this format",
				       name);
		else if (!ret)
			ret = take_value(key, run, value, diag);
	}
	if (!ret)
		ret = json_check_schema(schema, RESULT_SCHEMA, diag);
	return ret ? ret : take_rows(run, rows, diag);
}

int result_from_json(const char *text, size_t len, struct run *run,
		     struct tier_diag *diag)
{
	static const struct json_bounds bounds = { RESULT_MOST_BYTES, DEPTH };
	struct json_object *document;
	int ret = json_from_text(text, len, &bounds, &document, diag);

	*run = (struct run){ 0 };
	if (!ret)
		ret = take_document(run, document, diag);
	json_object_put(document);
	if (ret)
		run_free(run);
	return ret;
}
