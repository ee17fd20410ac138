// SPDX-License-Identifier: GPL-2.0-or-later
// What of a text is one value of JSON within its bounds, and with which words the rest is
// refused.
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "json_text.h"
#include "tier.h"
#include "unit.h"

static const struct json_bounds bounds = { 32, 3 };

static void test_json_text__refusals(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: all of it */
		const char *words;
	} rows[] = {
		{ "", 0, "no JSON: " },
		{ " ", 0, "no JSON: " },
		{ "{", 0, "no JSON: " },
		{ "{\"a\": 1} 2", 0, "no JSON: " },
		{ "{\"a\": 1,}", 0, "no JSON: " },
		{ "[1] // one", 0, "no JSON: " },
		{ "[[[[1]]]]", 0, "no JSON: " },
		{ "[1\0]", 4, "no JSON: it holds a NUL" },
		{ "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1]", 0, "larger than any" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t len = rows[i].len ? rows[i].len : strlen(rows[i].text);
		struct json_object *document = (struct json_object *)&bounds;
		struct tier_diag diag = { 0 };

		assert_int_equal(json_from_text(rows[i].text, len, &bounds, &document,
						&diag),
				 -EINVAL);

		assert_null(document);
		assert_ptr_equal(strstr(diag.message, rows[i].words), diag.message);
	}
}

static void test_json_text__values(void **state)
{
	static const struct {
		const char *text;
		enum json_type type;
	} rows[] = {
		{ "null", json_type_null },
		{ "7", json_type_int },
		{ "7.5\n", json_type_double },
		{ "true", json_type_boolean },
		{ "\"seven\"", json_type_string },
		{ "[[7]]", json_type_array },
		/* Even strictly, json-c takes both sorts of quotes. */
		{ " {'a': 7} ", json_type_object },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct json_object *document = NULL;

		assert_int_equal(json_from_text(rows[i].text, strlen(rows[i].text),
						&bounds, &document, NULL),
				 0);

		assert_int_equal(json_object_get_type(document), rows[i].type);
		json_object_put(document);
	}
}

static void test_json_text__schema(void **state)
{
	static const struct {
		const char *text;
		int ret;
	} rows[] = {
		{ "1", 0 },	      { "2", -EINVAL },	   { "1.0", -EINVAL },
		{ "\"1\"", -EINVAL }, { "null", -EINVAL }, { "[1]", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct json_object *schema = NULL;
		struct tier_diag diag = { 0 };

		assert_int_equal(json_from_text(rows[i].text, strlen(rows[i].text),
						&bounds, &schema, NULL),
				 0);

		assert_int_equal(json_check_schema(schema, 1, &diag), rows[i].ret);
		assert_string_equal(diag.message,
				    rows[i].ret ? "schema: only 1 is known" : "");
		json_object_put(schema);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_text__refusals),
		cmocka_unit_test(test_json_text__values),
		cmocka_unit_test(test_json_text__schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
