// SPDX-License-Identifier: GPL-2.0-or-later
// The stable words for enums, and words for errors.
#include <limits.h>

#include "errors.h"
#include "unit.h"

static const char *kind(int value)
{
	return tier_kind_name((enum tier_kind)value);
}

static const char *source(int value)
{
	return tier_source_name((enum tier_source)value);
}

static const char *usability(int value)
{
	return tier_usability_name((enum tier_usability)value);
}

static const char *dax_mode(int value)
{
	return tier_dax_mode_name((enum tier_dax_mode)value);
}

static const char *mode(int value)
{
	return tier_mode_name((enum tier_mode)value);
}

/* One row per enum: a script or a JSON reader may rely on each of these words. */
static const struct {
	const char *(*name)(int value);
	const char *words[16];
} enums[] = {
	{ kind, { "unknown", "dram", "hbm", "cxl", "pmem", "gpu" } },
	{ source,
	  { "none", "user", "nvidia", "dax-path", "hwloc", "movable", "firmware",
	    "performance", "access1", "access0", "kernel-tier", "kind-order", "kernel",
	    "measured" } },
	{ usability, { "unknown", "yes", "not-allowed", "no-memory", "offline", "gpu" } },
	{ dax_mode, { "unknown", "disabled", "devdax", "system-ram" } },
	{ mode, { "unknown", "default", "prefer", "bind", "interleave", "weighted" } },
};

static void test_names__enums(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(enums); i++) {
		int value = 0;

		for (; enums[i].words[value]; value++)
			assert_string_equal(enums[i].name(value), enums[i].words[value]);
		assert_string_equal(enums[i].name(value), "unknown");
		assert_string_equal(enums[i].name(-1), "unknown");
		assert_string_equal(enums[i].name(INT_MAX), "unknown");
		assert_string_equal(enums[i].name(INT_MIN), "unknown");
	}
}

static void test_names__lists(void **state)
{
	(void)state;
	assert_string_equal(tier_word(TIER_WORDS_KIND, TIER_KIND_PMEM), "pmem");
	assert_string_equal(tier_word(TIER_WORDS_UNKNOWN, 0), "unknown");
	assert_string_equal(tier_word((enum tier_words)(TIER_WORDS_MODE + 1), 1),
			    "unknown");
	assert_string_equal(tier_word((enum tier_words) - 1, 1), "unknown");
}

static void test_names__errors(void **state)
{
	static const struct {
		int error;
		const char *words;
	} rows[] = {
		{ -ENODATA, "not known" },
		{ -ENXIO, "nothing matches" },
		{ -EOPNOTSUPP, "not this machine, so nothing is changed" },
		{ -EAGAIN, "Resource temporarily unavailable" },
		{ -EFBIG, "larger than any file of its kind" },
		{ -ENOENT, "No such file or directory" },
		{ ENOENT, "No such file or directory" },
		{ -99999, "unknown error" },
		{ INT_MAX, "unknown error" },
		{ INT_MIN, "unknown error" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(tier_strerror(rows[i].error), rows[i].words);
}

/* What the kernel says is not what we mean by the same number. */
static void test_names__errors_of_the_system(void **state)
{
	static const struct {
		int error;
		const char *words;
	} rows[] = {
		{ -ENXIO, "No such device or address" },
		{ -ENODATA, "No data available" },
		{ -EOPNOTSUPP, "Operation not supported" },
		{ -EFBIG, "larger than any file of its kind" },
		{ EAGAIN, "Resource temporarily unavailable" },
		{ INT_MIN, "unknown error" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(errno_words(rows[i].error), rows[i].words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names__enums),
		cmocka_unit_test(test_names__lists),
		cmocka_unit_test(test_names__errors),
		cmocka_unit_test(test_names__errors_of_the_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
