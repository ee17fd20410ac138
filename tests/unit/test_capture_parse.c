// SPDX-License-Identifier: GPL-2.0-or-later
// The text of a capture: what is accepted, and where and why the rest is refused.
#include "capture_parse.h"

#include "fault.h"
#include "unit.h"

#define HEAD "tierkit-capture 1\n"

/* The one entry of a capture. */
static void test_capture_parse__content(void **state)
{
	static const struct {
		const char *text;
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "file /a\n", "", 0 },
		{ "file /a\n\tone\n", "one\n", 4 },
		{ "file /a\n\tone\\\n", "one", 3 },
		{ "file /a\n\tone\n\ttwo\\\n", "one\ntwo", 7 },
		{ "file /a\n\t\n\t\n", "\n\n", 2 },
		{ "file /a\n\t\\\n", "", 0 },
		{ "file /a\n\t\ttab\n", "\ttab\n", 5 },
		{ "file /a\n\t\\\\\n", "\\\n", 2 },
		{ "file /a\n\tend\\\\\\\n", "end\\", 4 },
		{ "file /a\n\t\\x00\\xff\\x0A\n", "\0\xff\n\n", 4 },
		{ "file /a\n\t# no comment\n", "# no comment\n", 13 },
		{ "file /a\n\tone\n# comment\n\n\ttwo\n", "one\ntwo\n", 8 },
		{ "# comment\n\nfile /a\n\tone\n\n# end\n", "one\n", 4 },
		{ "link /a\n\t../b\n", "../b", 4 },
		{ "link /a\n\t/b\\x09c\n", "/b\tc", 4 },
	};

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SCOPED_STRBUF struct strbuf text = { 0 };
		struct tier_diag diag = { 0 };
		struct capture capture;

		assert_int_equal(strbuf_printf(&text, HEAD "%s", rows[i].text), 0);
		if (capture_parse(text.text, text.len, &capture, &diag))
			fail_msg("'%s': %s", rows[i].text, diag.message);
		assert_int_equal(capture.count, 1);
		assert_string_equal(capture.entries[0].path, "/a");
		assert_int_equal(capture.entries[0].len, rows[i].len);
		assert_memory_equal(capture.entries[0].bytes, rows[i].bytes, rows[i].len);
		arena_free(&capture.arena);
	}
}

static void test_capture_parse__sorts(void **state)
{
	static const char *const expected[] = {
		"/a", "/b/x", "/b/x2", "/b-1", "/b.1", "/c", "/c1/x",
	};
	static const char text[] = HEAD "file /c1/x\nfile /b.1\nfile /b/x2\ndir /a\n"
					"file /b-1\nfile /c\nfile /b/x\n";
	struct capture capture;

	(void)state;
	assert_int_equal(capture_parse(text, sizeof(text) - 1, &capture, NULL), 0);

	assert_int_equal(capture.count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_string_equal(capture.entries[i].path, expected[i]);
	arena_free(&capture.arena);
}

/* A difference is found wherever it is, the end of the shorter path included. */
static void test_capture_parse__sorts_what_begins_alike(void **state)
{
	static const char ends[][4] = { "", "/x", "-", "a" };

	(void)state;
	for (int len = 1; len < 40; len++) {
		SCOPED_STRBUF struct strbuf text = { 0 };
		struct capture capture;

		assert_int_equal(strbuf_puts(&text, HEAD), 0);
		for (size_t i = ARRAY_SIZE(ends); i-- > 0;)
			assert_int_equal(strbuf_printf(&text, "dir /%0*d%s\n", len, 0,
						       ends[i]),
					 0);
		assert_int_equal(capture_parse(text.text, text.len, &capture, NULL), 0);
		for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
			assert_string_equal(capture.entries[i].path + 1 + len, ends[i]);
		arena_free(&capture.arena);
	}
}

static void test_capture_parse__paths_have_escapes(void **state)
{
	static const char text[] = HEAD "file /a\\x20\nfile /b\\\\c d\n";
	struct capture capture;

	(void)state;
	assert_int_equal(capture_parse(text, sizeof(text) - 1, &capture, NULL), 0);

	assert_string_equal(capture.entries[0].path, "/a ");
	assert_string_equal(capture.entries[1].path, "/b\\c d");
	arena_free(&capture.arena);
}

/* Bytes behind the end are not looked at. */
static void test_capture_parse__needs_no_terminator(void **state)
{
	static const char text[] = HEAD "file /a\n\tone\n\ttwo\nfile";
	struct capture capture;

	(void)state;
	assert_int_equal(capture_parse(text, sizeof(text) - 5, &capture, NULL), 0);

	assert_int_equal(capture.count, 1);
	assert_memory_equal(capture.entries[0].bytes, "one\ntwo\n", 8);
	arena_free(&capture.arena);
}

static void test_capture_parse__accepts_no_entries(void **state)
{
	struct capture capture;

	(void)state;

	assert_int_equal(capture_parse(HEAD, sizeof(HEAD) - 1, &capture, NULL), 0);
	assert_int_equal(capture.count, 0);
	arena_free(&capture.arena);
}

static const struct {
	const char *text;
	unsigned int line;
	unsigned int column;
	const char *words;
} bad[] = {
	/* the first line */
	{ "", 1, 1, "does not begin" },
	{ "tierkit", 1, 1, "does not begin" },
	{ "tierkit-capture 2\n", 1, 17, "only version 1" },
	{ "tierkit-capture 1 \n", 1, 17, "only version 1" },
	{ "tierkit-capture 1\r\n", 1, 17, "only version 1" },
	{ "tierkit-capture 1", 1, 18, "cut off" },
	{ " tierkit-capture 1\n", 1, 1, "does not begin" },
	/* headers */
	{ HEAD "nonsense\n", 2, 1, "expected 'file'" },
	{ HEAD "file\n", 2, 5, "expected a path" },
	{ HEAD "file \n", 2, 5, "blank at the end" },
	{ HEAD "file /a \n", 2, 8, "blank at the end" },
	{ HEAD "File /a\n", 2, 1, "expected 'file'" },
	{ HEAD "files /a\n", 2, 1, "expected 'file'" },
	{ HEAD " file /a\n", 2, 1, "expected 'file'" },
	{ HEAD "file  /a\n", 2, 6, "is not absolute" },
	{ HEAD "file a\n", 2, 6, "is not absolute" },
	{ HEAD "file sys/a\n", 2, 6, "is not absolute" },
	{ HEAD "file /\n", 2, 6, "an empty component" },
	{ HEAD "file /a/\n", 2, 6, "an empty component" },
	{ HEAD "file //a\n", 2, 6, "an empty component" },
	{ HEAD "file /a//b\n", 2, 6, "an empty component" },
	{ HEAD "file /a/../b\n", 2, 6, "'.' or '..'" },
	{ HEAD "file /..\n", 2, 6, "'.' or '..'" },
	{ HEAD "file /./a\n", 2, 6, "'.' or '..'" },
	{ HEAD "file /a/.\n", 2, 6, "'.' or '..'" },
	{ HEAD "file /a\\x00b\n", 2, 6, "NUL byte" },
	{ HEAD "file /a\\\n", 2, 8, "only a file may end" },
	/* bytes and escapes */
	{ HEAD "file /a\r\n", 2, 8, "\\x0d" },
	{ HEAD "file /a\n\tone\r\n", 3, 5, "\\x0d" },
	{ HEAD "file /a\n\t\xc3\xa9\n", 3, 2, "\\xc3" },
	{ HEAD "file /a\n\t\x7f\n", 3, 2, "\\x7f" },
	{ HEAD "file /a\n\t\\n\n", 3, 2, "a backslash must be" },
	{ HEAD "file /a\n\t\\x4\n", 3, 2, "a backslash must be" },
	{ HEAD "file /a\n\t\\x4g\n", 3, 2, "a backslash must be" },
	{ HEAD "file /a\n\tab\\X41\n", 3, 4, "a backslash must be" },
	/* bodies */
	{ HEAD "\tone\n", 2, 1, "belongs to no entry" },
	{ HEAD "# comment\n\tone\n", 3, 1, "belongs to no entry" },
	{ HEAD "file /a\n\tone\\\n\ttwo\n", 3, 5, "only the last line" },
	{ HEAD "file /a\n\tone", 3, 5, "cut off" },
	{ HEAD "file /a\n\tone\nfile /b", 4, 8, "cut off" },
	{ HEAD "dir /a\n\tone\n", 3, 1, "one line too many for a dir" },
	{ HEAD "link /a\n", 2, 1, "the line behind it is missing" },
	{ HEAD "link /a\nfile /b\n", 2, 1, "the line behind it is missing" },
	{ HEAD "link /a\n\t\n", 3, 2, "expected a word" },
	{ HEAD "link /a\n\tb\\\n", 3, 3, "only a file may end" },
	{ HEAD "link /a\n\tb\n\tc\n", 4, 1, "one line too many for a link" },
	{ HEAD "link /a\n\t\\x00\n", 3, 2, "NUL byte" },
	{ HEAD "fail /a\n", 2, 1, "the line behind it is missing" },
	{ HEAD "fail /a\n\tENOPE\n", 3, 2, "'ENOPE' is no error" },
	{ HEAD "fail /a\n\teacces\n", 3, 2, "'eacces' is no error" },
	{ HEAD "fail /a\n\tENOENT\n", 3, 2, "'ENOENT' is no error" },
	{ HEAD "fail /a\n\tEIO\n\tEIO\n", 4, 1, "one line too many for a fail" },
	/* the tree */
	{ HEAD "file /a\nfile /b\nfile /a\n", 4, 1, "/a is here a second time" },
	{ HEAD "link /a\n\tb\ndir /a\n", 4, 1, "/a is here a second time" },
	{ HEAD "file /a/b\nfile /a\n", 2, 1, "below /a, which is a file" },
	{ HEAD "file /a\nfile /a/b/c\n", 3, 1, "below /a, which is a file" },
	{ HEAD "fail /a\n\tEIO\nfile /a/b\n", 4, 1, "below /a, which is a fail" },
	{ HEAD "link /a\n\tb\nfile /a/b\nfile /a-1\n", 4, 1,
	  "below /a, which is a link" },
};

static void test_capture_parse__refuses_with_place_and_words(void **state)
{
	int failures = 0;

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct tier_diag diag = { 0 };
		struct capture capture;
		/* An exact copy lets a sanitizer see one byte too far. */
		size_t len = strlen(bad[i].text);
		char *text = memcpy(malloc(len + !len), bad[i].text, len);
		int ret = capture_parse(text, len, &capture, &diag);

		if (ret != -EINVAL || diag.line != bad[i].line ||
		    diag.column != bad[i].column || !strstr(diag.message, bad[i].words))
			ROW_FAILS(failures, "'%s': %d, %u:%u: %s\n", bad[i].text, ret,
				  diag.line, diag.column, diag.message);
		if (!ret)
			arena_free(&capture.arena);
		free(text);
	}
	assert_rows(failures);
}

static void test_capture_parse__needs_no_diag(void **state)
{
	struct capture capture;

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(capture_parse(bad[i].text, strlen(bad[i].text), &capture,
					       NULL),
				 -EINVAL);
}

/* Wherever a capture is cut off, it is refused or it is a capture. */
static void test_capture_parse__cut_off_anywhere(void **state)
{
	static const char text[] = HEAD "file /sys/a\n\tone\n\ttwo\\\nlink /sys/b\n\ta\n"
					"fail /proc/iomem\n\tEACCES\ndir /sys/c\n";
	unsigned int accepted = 0;

	(void)state;

	for (size_t len = 0; len < sizeof(text); len++) {
		struct tier_diag diag = { 0 };
		struct capture capture;
		char *part = memcpy(malloc(len + !len), text, len);
		int ret = capture_parse(part, len, &capture, &diag);

		if (!ret) {
			assert_int_equal(part[len - 1], '\n');
			arena_free(&capture.arena);
			accepted++;
		} else {
			assert_true(diag.line && diag.column && diag.message[0]);
		}
		free(part);
	}
	/* Behind the first line, the file's and its two lines, the link, the failure,
	 * the directory. */
	assert_int_equal(accepted, 7);
}

static int parse_some(void *arg)
{
	static const char text[] = HEAD "file /b\n\tone\nfile /a\nlink /c\n\ta\n";
	struct capture capture;
	int ret = capture_parse(text, sizeof(text) - 1, &capture, NULL);

	(void)arg;
	if (!ret)
		arena_free(&capture.arena);
	return ret;
}

static void test_capture_parse__survives_faults(void **state)
{
	(void)state;

	assert_true(fault_each(parse_some, NULL) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capture_parse__content),
		cmocka_unit_test(test_capture_parse__sorts),
		cmocka_unit_test(test_capture_parse__sorts_what_begins_alike),
		cmocka_unit_test(test_capture_parse__paths_have_escapes),
		cmocka_unit_test(test_capture_parse__needs_no_terminator),
		cmocka_unit_test(test_capture_parse__accepts_no_entries),
		cmocka_unit_test(test_capture_parse__refuses_with_place_and_words),
		cmocka_unit_test(test_capture_parse__needs_no_diag),
		cmocka_unit_test(test_capture_parse__cut_off_anywhere),
		cmocka_unit_test(test_capture_parse__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
