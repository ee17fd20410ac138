// SPDX-License-Identifier: GPL-2.0-or-later
// Texts of sysfs's event_source: terms, the bits they have, and what a count is worth.
#include <errno.h>
#include <string.h>

#include "pmu_text.h"
#include "unit.h"

static void test_terms__each(void **state)
{
	const char *cursor = "event=0x04,umask=3,inv\n";
	struct pmu_term term;

	(void)state;

	assert_int_equal(pmu_next_term(&cursor, &term), 1);
	assert_int_equal(term.len, 5);
	assert_memory_equal(term.name, "event", 5);
	assert_int_equal(term.value, 4);
	assert_int_equal(pmu_next_term(&cursor, &term), 1);
	assert_memory_equal(term.name, "umask", 5);
	assert_int_equal(term.value, 3);
	assert_int_equal(pmu_next_term(&cursor, &term), 1);
	assert_memory_equal(term.name, "inv", 3);
	assert_int_equal(term.value, 1);
	assert_int_equal(pmu_next_term(&cursor, &term), 0);
}

static void test_terms__refused(void **state)
{
	static const struct {
		const char *text;
		int error;
	} rows[] = {
		{ "=4", -EINVAL },	 { ",event=4", -EINVAL },
		{ "event=", -EINVAL },	 { "event=0x", -EINVAL },
		{ "event=?", -EINVAL },	 { "event=4x", -EINVAL },
		{ "event=4,", -EINVAL }, { "event=4 ,umask=1", -EINVAL },
		{ "event=-1", -EINVAL }, { "event=0x10000000000000000", -ERANGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *cursor = rows[i].text;
		struct pmu_term term;

		assert_int_equal(pmu_next_term(&cursor, &term), rows[i].error);
		assert_ptr_equal(cursor, rows[i].text);
	}
}

static void test_place__where_it_says(void **state)
{
	static const struct {
		const char *format;
		uint64_t value;
		struct pmu_config config;
	} rows[] = {
		{ "config:0-7\n", 0x04, { { 0x04 } } },
		{ "config:8-15", 0x03, { { 0x0300 } } },
		{ "config:21", 1, { { 1 << 21 } } },
		{ "config1:0-63", UINT64_MAX, { { 0, UINT64_MAX } } },
		{ "config2:4-5", 2, { { 0, 0, 0x20 } } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pmu_config config = { 0 };

		assert_int_equal(pmu_place(rows[i].format, rows[i].value, &config), 0);
		assert_memory_equal(&config, &rows[i].config, sizeof(config));
	}
}

/* As amd_df has it: eight bits, then four, then two. */
static void test_place__in_several_parts(void **state)
{
	struct pmu_config config = { 0 };

	(void)state;

	assert_int_equal(pmu_place("config:0-7,32-35,59-60\n", 0x2fab, &config), 0);

	assert_true(config.word[0] == (0xabULL | 0xfULL << 32 | 2ULL << 59));
}

static void test_place__keeps_what_was_there(void **state)
{
	struct pmu_config config = { { 0xff04 } };

	(void)state;

	assert_int_equal(pmu_place("config:8-15", 3, &config), 0);

	assert_int_equal(config.word[0], 0x0304);
}

static void test_place__refused(void **state)
{
	static const struct {
		const char *format;
		uint64_t value;
		int error;
	} rows[] = {
		{ "", 0, -EINVAL },
		{ "config", 0, -EINVAL },
		{ "config:", 0, -EINVAL },
		{ "config3:0-7", 0, -EINVAL },
		{ "config:7-0", 0, -EINVAL },
		{ "config:0-64", 0, -EINVAL },
		{ "config:0-", 0, -EINVAL },
		{ "config:0-7,", 0, -EINVAL },
		{ "config:0-7,4", 0, -EINVAL },
		{ "config:0-7x", 0, -EINVAL },
		{ "config:0-7\n\n", 0, -EINVAL },
		{ "config:0-7", 256, -ERANGE },
		{ "config:3", 2, -ERANGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pmu_config config = { { 7 } };

		assert_int_equal(pmu_place(rows[i].format, rows[i].value, &config),
				 rows[i].error);
		assert_int_equal(config.word[0], 7);
	}
}

static void test_bytes__of_one_count(void **state)
{
	static const struct {
		const char *scale, *unit;
		double bytes;
	} rows[] = {
		{ "6.103515625e-5\n", "MiB\n", 64 },
		{ "64", "Bytes", 64 },
		{ "1", "B", 1 },
		{ ".5", "KiB", 512 },
		{ "0.25E+1", "GiB", 2.5 * (1 << 30) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double bytes = 0, off;

		assert_int_equal(pmu_bytes(rows[i].scale, rows[i].unit, &bytes), 0);
		off = bytes / rows[i].bytes - 1;
		assert_true(off > -1e-12 && off < 1e-12);
	}
}

static void test_bytes__refused(void **state)
{
	static const struct {
		const char *scale, *unit;
		int error;
	} rows[] = {
		{ "", "MiB", -EINVAL },
		{ ".", "MiB", -EINVAL },
		{ "-1", "MiB", -EINVAL },
		{ "1,5", "MiB", -EINVAL },
		{ "1e", "MiB", -EINVAL },
		{ "1e-", "MiB", -EINVAL },
		{ "0x4", "MiB", -EINVAL },
		{ "1", "", -EINVAL },
		{ "1", "MB", -EINVAL },
		{ "1", "MiB\nx", -EINVAL },
		{ "1", "MiBs", -EINVAL },
		{ "0", "MiB", -ERANGE },
		{ "1e65", "MiB", -ERANGE },
		{ "1e-40", "B", -ERANGE },
		{ "1e40", "B", -ERANGE },
		{ "nan", "B", -EINVAL },
		{ "1234567890123456789", "B", -ERANGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double bytes = 7;

		assert_int_equal(pmu_bytes(rows[i].scale, rows[i].unit, &bytes),
				 rows[i].error);
		assert_true(bytes == 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terms__each),
		cmocka_unit_test(test_terms__refused),
		cmocka_unit_test(test_place__where_it_says),
		cmocka_unit_test(test_place__in_several_parts),
		cmocka_unit_test(test_place__keeps_what_was_there),
		cmocka_unit_test(test_place__refused),
		cmocka_unit_test(test_bytes__of_one_count),
		cmocka_unit_test(test_bytes__refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
