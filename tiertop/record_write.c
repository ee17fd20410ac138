// SPDX-License-Identifier: GPL-2.0-or-later
// A record as one line of JSON. Numbers are written so that reading gives the same again.
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "record.h"

/* Appending goes on after a failure, which is told at the end. */
struct writer {
	struct strbuf *out;
	int error;
	bool needs_comma;
};

static void put(struct writer *writer, const char *text)
{
	if (!writer->error)
		writer->error = strbuf_puts(writer->out, text);
}

static void put_char(struct writer *writer, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	char text[] = { '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15], 0 };

	if (byte >= ' ' && byte < 127 && byte != '"' && byte != '\\') {
		text[0] = (char)byte;
		text[1] = '\0';
	}
	put(writer, text);
}

/* The bytes of a name need not be UTF-8, which JSON must be: each byte above ASCII becomes
 * the character of that number. */
static void put_text(struct writer *writer, const char *text)
{
	put(writer, "\"");
	for (; text && *text; text++)
		put_char(writer, (unsigned char)*text);
	put(writer, "\"");
}

static void put_number(struct writer *writer, double value)
{
	char text[40];

	if (value >= 0 && value < 1e15 && value == (double)(uint64_t)value)
		snprintf(text, sizeof(text), "%" PRIu64, (uint64_t)value);
	else
		snprintf(text, sizeof(text), "%.17g", value);
	put(writer, text);
}

static void put_u64(struct writer *writer, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	put(writer, text);
}

static void key(struct writer *writer, const char *name)
{
	if (writer->needs_comma)
		put(writer, ",");
	writer->needs_comma = true;
	put_text(writer, name);
	put(writer, ":");
}

static void begin(struct writer *writer, const char *bracket)
{
	put(writer, bracket);
	writer->needs_comma = false;
}

static void end(struct writer *writer, const char *bracket)
{
	put(writer, bracket);
	writer->needs_comma = true;
}

static void put_estimate(struct writer *writer, const struct estimate *estimate)
{
	put(writer, "[");
	put_number(writer, estimate->value);
	put(writer, ",");
	put_number(writer, estimate->lowest);
	put(writer, ",");
	put_number(writer, estimate->highest);
	put(writer, "]");
}

static void put_known(struct writer *writer, const struct known *known)
{
	if (known->is_known)
		put_number(writer, known->value);
	else
		put(writer, "null");
}

static void put_field(struct writer *writer, const struct field *field,
		      const void *object)
{
	const void *at = (const char *)object + field->offset;

	key(writer, field->key);
	switch (field->type) {
	case FIELD_TEXT:
		put_text(writer, *(const char *const *)at);
		break;
	case FIELD_INT:
		put_number(writer, *(const int *)at);
		break;
	case FIELD_U64:
		put_u64(writer, *(const uint64_t *)at);
		break;
	case FIELD_DOUBLE:
		put_number(writer, *(const double *)at);
		break;
	case FIELD_KNOWN:
		put_known(writer, at);
		break;
	case FIELD_ESTIMATE:
		put_estimate(writer, at);
		break;
	}
}

static void put_fields(struct writer *writer, const struct field *fields,
		       const void *object)
{
	for (; fields->key; fields++)
		put_field(writer, fields, object);
}

static void put_row(struct writer *writer, const char *name, const uint64_t *row,
		    size_t n)
{
	if (!row)
		return;
	key(writer, name);
	for (size_t i = 0; i < n; i++) {
		put(writer, i ? "," : "[");
		put_u64(writer, row[i]);
	}
	put(writer, "]");
}

static void put_process(struct writer *writer, const struct rec_process *process,
			size_t n)
{
	put_fields(writer, process_fields, process);
	key(writer, "how");
	put_text(writer, placed_words[process->how]);
	if (process->tiers) {
		key(writer, "tiers");
		for (size_t i = 0; i < n; i++) {
			put(writer, i ? "," : "[");
			put_estimate(writer, &process->tiers[i]);
		}
		put(writer, "]");
	}
	if (!process->knows_flows)
		return;
	key(writer, "promoted");
	put_estimate(writer, &process->promoted);
	key(writer, "demoted");
	put_estimate(writer, &process->demoted);
}

static void put_item(struct writer *writer, size_t i)
{
	if (i)
		put(writer, ",");
	begin(writer, "{");
}

/* Few machines have any. */
static void put_bandwidths(struct writer *writer, const struct record *record)
{
	if (!record->n_bandwidths)
		return;
	key(writer, "bandwidths");
	begin(writer, "[");
	for (size_t i = 0; i < record->n_bandwidths; i++) {
		put_item(writer, i);
		put_fields(writer, bandwidth_fields, &record->bandwidths[i]);
		end(writer, "}");
	}
	end(writer, "]");
}

static void put_regions(struct writer *writer, const struct record *record)
{
	key(writer, "regions");
	begin(writer, "[");
	for (size_t i = 0; i < record->n_regions; i++) {
		put_item(writer, i);
		put_fields(writer, region_fields, &record->regions[i]);
		put_row(writer, "tier_bytes", record->regions[i].tiers,
			record->n_tiers + 1);
		end(writer, "}");
	}
	end(writer, "]");
}

static void put_lists(struct writer *writer, const struct record *record)
{
	size_t n = record->n_tiers + 1;

	key(writer, "processes");
	begin(writer, "[");
	for (size_t i = 0; i < record->n_processes; i++) {
		put_item(writer, i);
		put_process(writer, &record->processes[i], n);
		end(writer, "}");
	}
	end(writer, "]");
	key(writer, "groups");
	begin(writer, "[");
	for (size_t i = 0; i < record->n_groups; i++) {
		put_item(writer, i);
		put_fields(writer, group_fields, &record->groups[i]);
		put_row(writer, "anon_bytes", record->groups[i].anon, n);
		put_row(writer, "file_bytes", record->groups[i].file, n);
		end(writer, "}");
	}
	end(writer, "]");
	key(writer, "mappings");
	begin(writer, "[");
	for (size_t i = 0; i < record->n_mappings; i++) {
		put_item(writer, i);
		put_fields(writer, mapping_fields, &record->mappings[i]);
		put_row(writer, "tier_bytes", record->mappings[i].tiers, n);
		end(writer, "}");
	}
	end(writer, "]");
	put_regions(writer, record);
}

int record_write(const struct record *record, struct strbuf *out)
{
	struct writer writer = { .out = out };
	size_t before = out->len;

	begin(&writer, "{");
	key(&writer, "tiertop");
	put_u64(&writer, RECORD_VERSION);
	put_fields(&writer, record_fields, record);
	key(&writer, "tiers");
	begin(&writer, "[");
	for (size_t i = 0; i < record->n_tiers; i++) {
		put_item(&writer, i);
		put_fields(&writer, tier_fields, &record->tiers[i]);
		end(&writer, "}");
	}
	end(&writer, "]");
	put_bandwidths(&writer, record);
	put_lists(&writer, record);
	put(&writer, "}\n");
	if (writer.error)
		strbuf_truncate(out, before);
	return writer.error;
}
