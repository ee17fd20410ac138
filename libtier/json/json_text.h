/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text from anybody to json-c's objects, strictly. Knows no format: which keys there are,
 * and what they mean, is its callers' matter. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "strbuf.h"

struct json_object;
struct tier_diag;

/* What a kind of document may be at most. */
struct json_bounds {
	size_t bytes; /* below INT_MAX */
	int depth;    /* of values within each other, the document counted */
};

/*
 * One value of JSON and nothing behind it, of `len` bytes that end in a NUL. *document gets
 * a reference, which is json-c's NULL for `null`.
 * -EINVAL with words (no JSON, a NUL inside, out of bounds), or -ENOMEM: then it is NULL.
 */
int json_from_text(const char *text, size_t len, const struct json_bounds *bounds,
		   struct json_object **document, struct tier_diag *diag) MUST_CHECK;

/* Whether `schema`, which may be NULL, is the only one that is known. -EINVAL with words. */
int json_check_schema(struct json_object *schema, int64_t known,
		      struct tier_diag *diag) MUST_CHECK;

#endif
