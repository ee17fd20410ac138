// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads JSON with json-c's tokener: the only place that does. Knows no format and no file.
#include "json_text.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "diag.h"

static int check_end(struct json_tokener *tokener, struct tier_diag *diag)
{
	enum json_tokener_error error = json_tokener_get_error(tokener);

	return error == json_tokener_success ? 0 :
					       diag_set(diag, -EINVAL, "no JSON: %s",
							json_tokener_error_desc(error));
}

int json_from_text(const char *text, size_t len, const struct json_bounds *bounds,
		   struct json_object **document, struct tier_diag *diag)
{
	struct json_tokener *tokener;
	int ret;

	*document = NULL;
	if (len > bounds->bytes)
		return diag_set(diag, -EINVAL, "larger than any file of this kind");
	if (strlen(text) != len)
		return diag_set(diag, -EINVAL, "no JSON: it holds a NUL");
	tokener = json_tokener_new_ex(bounds->depth);
	if (!tokener)
		return -ENOMEM;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	/* With its NUL, which ends a number or a null. */
	*document = json_tokener_parse_ex(tokener, text, (int)len + 1);
	ret = check_end(tokener, diag);
	json_tokener_free(tokener);
	if (ret) {
		json_object_put(*document);
		*document = NULL;
	}
	return ret;
}

int json_check_schema(struct json_object *schema, int64_t known, struct tier_diag *diag)
{
	if (json_object_is_type(schema, json_type_int) &&
	    json_object_get_int64(schema) == known)
		return 0;
	return diag_set(diag, -EINVAL, "schema: only %" PRId64 " is known", known);
}
