// SPDX-License-Identifier: GPL-2.0-or-later
// Growing text: always terminated, unchanged when it cannot grow.
#include "strbuf.h"

#include "fault.h"
#include "unit.h"

static void test_strbuf__empty_is_a_text(void **state)
{
	struct strbuf buf = { 0 };

	(void)state;

	assert_string_equal(strbuf_text(&buf), "");
	strbuf_reset(&buf);
	strbuf_truncate(&buf, 0);
	assert_string_equal(strbuf_text(&buf), "");
	assert_int_equal(strbuf_puts(&buf, ""), 0);
	assert_string_equal(strbuf_text(&buf), "");
	strbuf_free(&buf);
}

static void test_strbuf__grows_over_many_additions(void **state)
{
	SCOPED_STRBUF struct strbuf buf = { 0 };
	size_t expected = 0;

	(void)state;

	for (int i = 0; i < 5000; i++) {
		assert_int_equal(strbuf_printf(&buf, "%d,", i), 0);
		expected += (size_t)snprintf(NULL, 0, "%d,", i);
		assert_int_equal(buf.len, expected);
		assert_int_equal(buf.text[buf.len], '\0');
	}
	assert_memory_equal(buf.text, "0,1,2,3,", 8);
	assert_string_equal(buf.text + buf.len - 5, "4999,");
}

static void test_strbuf__holds_nul_bytes(void **state)
{
	SCOPED_STRBUF struct strbuf buf = { 0 };

	(void)state;
	assert_int_equal(strbuf_add(&buf, "a\0b", 3), 0);
	assert_int_equal(strbuf_puts(&buf, "c"), 0);

	assert_int_equal(buf.len, 4);
	assert_memory_equal(buf.text, "a\0bc", 5);
}

static void test_strbuf__truncates(void **state)
{
	SCOPED_STRBUF struct strbuf buf = { 0 };

	(void)state;
	assert_int_equal(strbuf_puts(&buf, "keep drop"), 0);

	strbuf_truncate(&buf, 4);

	assert_string_equal(strbuf_text(&buf), "keep");
	assert_int_equal(buf.len, 4);
}

static void test_strbuf__refuses_what_overflows(void **state)
{
	SCOPED_STRBUF struct strbuf buf = { 0 };

	(void)state;
	assert_int_equal(strbuf_puts(&buf, "stays"), 0);

	assert_int_equal(strbuf_reserve(&buf, SIZE_MAX), -ENOMEM);
	assert_int_equal(strbuf_reserve(&buf, SIZE_MAX / 2), -ENOMEM);
	assert_string_equal(strbuf_text(&buf), "stays");
}

static int add_three(void *arg)
{
	SCOPED_STRBUF struct strbuf buf = { 0 };
	char large[500];
	int ret;

	(void)arg;
	memset(large, 'x', sizeof(large));
	ret = strbuf_puts(&buf, "first");
	if (ret)
		return strcmp(strbuf_text(&buf), "") ? 1 : ret;
	ret = strbuf_add(&buf, large, sizeof(large));
	if (ret)
		return strcmp(strbuf_text(&buf), "first") ? 1 : ret;
	ret = strbuf_printf(&buf, "%2000d", 1);
	return ret && buf.len != 505 ? 1 : ret;
}

static void test_strbuf__stays_as_it_was_on_failure(void **state)
{
	(void)state;

	assert_int_equal(fault_each(add_three, NULL), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strbuf__empty_is_a_text),
		cmocka_unit_test(test_strbuf__grows_over_many_additions),
		cmocka_unit_test(test_strbuf__holds_nul_bytes),
		cmocka_unit_test(test_strbuf__truncates),
		cmocka_unit_test(test_strbuf__refuses_what_overflows),
		cmocka_unit_test(test_strbuf__stays_as_it_was_on_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
