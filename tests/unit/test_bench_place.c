// SPDX-License-Identifier: GPL-2.0-or-later
// Memory that is not where it was asked for is always noticed, and what is, never refused.
#include "place.h"
#include "processor.h"
#include "unit.h"

/* Pages by node, node 1023 standing for absent ones. */
static struct tier_page_counts counts_of(const uint64_t *pages)
{
	struct tier_page_counts counts = { .page_bytes = 4096 };

	for (size_t i = 0; i < 4; i++)
		counts.node[i] = pages[i];
	counts.absent = pages[4];
	counts.unknown = pages[5];
	return counts;
}

static void test_place__check(void **state)
{
	static const struct {
		const char *what;
		unsigned int weight[3]; /* of nodes 0, 1 and 2 */
		bool any_of_them;
		const char *policy;
		uint64_t pages[6]; /* nodes 0 to 3, absent, unknown */
		bool holds;
	} rows[] = {
		{ "all there", { 1 }, false, NULL, { 1000 }, true },
		{ "one fell back", { 1 }, false, NULL, { 999, 1 }, false },
		{ "one is nowhere", { 1 }, false, NULL, { 999, 0, 0, 0, 1 }, false },
		{ "one is not told", { 1 }, false, NULL, { 999, 0, 0, 0, 0, 1 }, false },
		{ "nothing", { 1 }, false, NULL, { 0 }, false },
		{ "3:1", { 3, 1 }, false, NULL, { 30000, 10000 }, true },
		{ "3:1, last turn not whole",
		  { 3, 1 },
		  false,
		  NULL,
		  { 30002, 10000 },
		  true },
		{ "3:1, off by too much", { 3, 1 }, false, NULL, { 30004, 9996 }, false },
		/* A policy's counter begins anywhere: 75.0 +- 0.1 %. */
		{ "75.09 %", { 3, 1 }, false, "weighted", { 75090, 24910 }, true },
		{ "75.11 %", { 3, 1 }, false, "weighted", { 75110, 24890 }, false },
		{ "1:3 instead", { 3, 1 }, false, "weighted", { 25000, 75000 }, false },
		{ "any of two", { 1, 1 }, true, "prefer", { 7, 993 }, true },
		{ "a third one", { 1, 1 }, true, "prefer", { 7, 992, 1 }, false },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SCOPED_STRBUF struct strbuf why = { 0 };
		struct tier_page_counts counts = counts_of(rows[i].pages);
		struct place place = { 0 };
		int ret;

		for (unsigned int n = 0; n < 3; n++)
			if (rows[i].weight[n])
				assert_int_equal(place_add(&place, n, rows[i].weight[n]),
						 0);
		place.any_of_them = rows[i].any_of_them;
		place.policy = rows[i].policy;
		ret = place_check(&place, &counts, &why);
		if (ret != (rows[i].holds ? 0 : -EIO))
			ROW_FAILS(failures, "%s: %d\n", rows[i].what, ret);
		if (ret && !strstr(strbuf_text(&why), "not placed as asked (node:0=1"))
			if (!strstr(strbuf_text(&why), "not placed as asked (node:0=3"))
				ROW_FAILS(failures, "%s: %s\n", rows[i].what,
					  strbuf_text(&why));
	}
	assert_rows(failures);
}

static void test_place__says_where_pages_are(void **state)
{
	static const uint64_t pages[] = { 5, 0, 7, 0, 2, 1 };
	SCOPED_STRBUF struct strbuf why = { 0 };
	struct tier_page_counts counts = counts_of(pages);
	struct place place = place_node(0);

	(void)state;
	assert_int_equal(place_check(&place, &counts, &why), -EIO);
	assert_string_equal(
		strbuf_text(&why),
		"not placed as asked (node:0): of 15 pages, 5 on node 0, 7 on "
		"node 2, 2 nowhere, 1 unknown");
}

static void test_place__pages_by_turns(void **state)
{
	static const unsigned int wanted[] = { 4, 4, 4, 9, 4, 4, 4, 9 };
	struct place place = { 0 };

	(void)state;
	assert_int_equal(place_add(&place, 4, 3), 0);
	assert_int_equal(place_add(&place, 9, 1), 0);
	assert_string_equal(place.text, "node:4=3,9=1");
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_int_equal(place_of_page(&place, i), wanted[i]);
	for (unsigned int i = 2; i < PLACE_NODES; i++)
		assert_int_equal(place_add(&place, i, 1), 0);
	assert_int_equal(place_add(&place, 1, 1), -E2BIG);
}

static void test_processor__emulators(void **state)
{
	(void)state;
	assert_string_equal(emulator_of("TCGTCGTCGTCG"), "QEMU TCG");
	assert_null(emulator_of("KVMKVMKVM\0\0\0"));
	assert_null(emulator_of("Microsoft Hv"));
}

/* 32 MiB in 16 ways of 64 bytes are 32768 sets; 64 KiB in 8 ways are 128. */
static void test_processor__caches(void **state)
{
	(void)state;
	assert_int_equal(cache_bytes_of(15U << 22 | 63, 32767), 32 << 20);
	assert_int_equal(cache_bytes_of(7U << 22 | 63, 127), 64 << 10);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place__check),
		cmocka_unit_test(test_place__says_where_pages_are),
		cmocka_unit_test(test_place__pages_by_turns),
		cmocka_unit_test(test_processor__emulators),
		cmocka_unit_test(test_processor__caches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
