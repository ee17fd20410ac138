// SPDX-License-Identifier: GPL-2.0-or-later
// JSON from anybody: refused with words, or a value that is within its bounds and comes back
// the same when it is written and read again.
#include <json-c/json.h>

#include "fuzz.h"
#include "json_text.h"

#define DEPTH 6
#define MOST  4096

static const struct json_bounds bounds = { MOST, DEPTH };

/* How deep it is, itself counted. */
static int depth_of(struct json_object *value)
{
	int deepest = 0;

	if (json_object_is_type(value, json_type_array))
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			int depth = depth_of(json_object_array_get_idx(value, i));

			deepest = depth > deepest ? depth : deepest;
		}
	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, name, member)
		{
			int depth = depth_of(member);

			MUST(name);
			deepest = depth > deepest ? depth : deepest;
		}
	}
	return deepest + 1;
}

/* By what is written: NaN, which json-c takes, equals nothing. */
static void round_trip(struct json_object *document)
{
	static const struct json_bounds again = { 64UL * MOST, DEPTH };
	const char *written = json_object_to_json_string(document);
	struct json_object *read;
	struct tier_diag diag = { 0 };

	MUST(!json_from_text(written, strlen(written), &again, &read, &diag));
	MUST(!strcmp(written, json_object_to_json_string(read)));
	json_object_put(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct json_object *document;
	struct tier_diag diag = { 0 };
	int ret;

	/* NULs are a matter of the parser's, so they stay. */
	MUST(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	ret = json_from_text(text, size, &bounds, &document, &diag);
	MUST(!ret || ret == -EINVAL);
	if (ret) {
		MUST(!document);
		fuzz_diag(&diag, text);
	} else {
		MUST(size <= MOST && strlen(text) == size);
		MUST(depth_of(document) <= DEPTH);
		round_trip(document);
	}
	json_object_put(document);
	free(text);
	return 0;
}
