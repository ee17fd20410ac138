/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON for programs, through json-c. What is not known is null; running out of memory
 * marks the output as lost instead of leaving a hole. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "out.h"
#include "tier.h"

#define JSON_SCHEMA 1

struct errors;
struct json_object;

/* A document that begins with its schema version. */
struct json_object *js_document(struct out *out);
/* Its errors array, then the document as text; the document is freed. */
void js_finish(struct out *out, struct json_object *document,
	       const struct errors *errors);

struct json_object *js_child(struct out *out, struct json_object *in, const char *key);
struct json_object *js_list(struct out *out, struct json_object *in, const char *key);
/* A new object at the end of a list. */
struct json_object *js_item(struct out *out, struct json_object *list);

void js_text(struct out *out, struct json_object *in, const char *key,
	     const char *text); /* NULL: null */
void js_append_text(struct out *out, struct json_object *list, const char *text);
void js_bool(struct out *out, struct json_object *in, const char *key, bool value);
void js_number(struct out *out, struct json_object *in, const char *key, uint64_t value);
void js_null(struct out *out, struct json_object *in, const char *key);
/* The number, or null. */
void js_known(struct out *out, struct json_object *in, const char *key,
	      const uint64_t *value);
/* A number that is not whole, printed as `text`. */
void js_figure(struct out *out, struct json_object *in, const char *key, double value,
	       const char *text);
/* An array of node ids, on one line. */
void js_nodes(struct out *out, struct json_object *in, const char *key,
	      const struct tier_nodeset *set);
/* A list, printed as it is: for long rows of numbers. */
void js_append_row(struct out *out, struct json_object *list, const char *row);

#endif
