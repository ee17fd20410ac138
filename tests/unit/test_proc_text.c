// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of /proc as kernels write them, and as they never should.
#include "numa_maps.h"
#include "proc_text.h"
#include "unit.h"

static void test_proc_text__maps(void **state)
{
	static const struct {
		const char *line;
		int result;
		uint64_t start, end;
		bool is_private;
		const char *name;
	} rows[] = {
		{ "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n", 1, 0x7f0000000000,
		  0x7f0000001000, true, "" },
		{ "7f0000000000-7f0000001000 rw-s 00000000 00:01 1  /memfd:a b\n", 1,
		  0x7f0000000000, 0x7f0000001000, false, "/memfd:a b" },
		{ "55d0-55d1 r--p 00000000 fe:00 1234         [heap]\n", 1, 0x55d0,
		  0x55d1, true, "[heap]" },
		{ "ffffffffff600000-ffffffffff601000 --xp 0 00:00 0 [vsyscall]", 1,
		  0xffffffffff600000, 0xffffffffff601000, true, "[vsyscall]" },
		{ "", 0, 0, 0, false, "" },
		{ "banana\n", -EINVAL, 0, 0, false, "" },
		{ "1000\n", -EINVAL, 0, 0, false, "" },
		{ "1000-\n", -EINVAL, 0, 0, false, "" },
		{ "-1000 rw-p 0 00:00 0\n", -EINVAL, 0, 0, false, "" },
		{ "2000-1000 rw-p 0 00:00 0\n", -EINVAL, 0, 0, false, "" },
		{ "1000-1000 rw-p 0 00:00 0\n", -EINVAL, 0, 0, false, "" },
		{ "1000-2000 rw-p 0 00:00\n", -EINVAL, 0, 0, false, "" },
		{ "10000000000000000-20000000000000000 rw-p 0 00:00 0\n", -EINVAL, 0, 0,
		  false, "" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mapping mapping = { 0 };
		const char *cursor = rows[i].line;
		int ret = maps_next(&cursor, &mapping);

		if (ret != rows[i].result)
			ROW_FAILS(failures, "row %zu: %d\n", i, ret);
		if (ret == 1 &&
		    (mapping.start != rows[i].start || mapping.end != rows[i].end ||
		     mapping.is_private != rows[i].is_private ||
		     mapping.name_len != strlen(rows[i].name) ||
		     memcmp(mapping.name, rows[i].name, mapping.name_len)))
			ROW_FAILS(failures, "row %zu: '%.*s'\n", i, (int)mapping.name_len,
				  mapping.name);
	}
	assert_rows(failures);
}

static void test_proc_text__words_for_mappings(void **state)
{
	static const struct {
		const char *word;
		bool is_it;
	} rows[] = {
		{ "[heap]", true },	 { "[hea", false },
		{ "heap", false },	 { "", false },
		{ "5000-6000", true },	 { "4000-5001", true },
		{ "5fff-7000", true },	 { "4000-5000", false },
		{ "6000-7000", false },	 { "6000-5000", false },
		{ "5000-6000 ", false }, { "5000", true },
		{ "5fff", true },	 { "6000", false },
		{ "4fff", false },	 { "4000-ffffffffffffffff", true },
	};
	const struct mapping mapping = { .start = 0x5000,
					 .end = 0x6000,
					 .is_private = true,
					 .name = "[heap]",
					 .name_len = 6 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (mapping_is(&mapping, rows[i].word) != rows[i].is_it)
			ROW_FAILS(failures, "'%s'\n", rows[i].word);
	assert_rows(failures);
}

static void test_proc_text__started(void **state)
{
	static const struct {
		const char *text;
		uint64_t started;
	} rows[] = {
		{ "7 (cat) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 0 4711 19\n",
		  4711 },
		{ "7 (a) 9 (b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 0 4711 19\n",
		  4711 },
		{ "7 (cat) S 1 2 3\n", 0 },
		{ "7 (cat) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 0 x\n", 0 },
		{ "7 cat\n", 0 },
		{ "", 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (stat_started(rows[i].text) != rows[i].started)
			ROW_FAILS(failures, "row %zu\n", i);
	assert_rows(failures);
}

static void test_proc_text__status(void **state)
{
	static const char text[] = "Name:\tfill\nUmask:\t0022\nState:\tS (sleeping)\n"
				   "VmSize:\t  204800 kB\nRssAnon:\t       8 kB\n"
				   "Mems_allowed:\t0000000f\nMems_allowed_list:\t0,2-3\n";
	struct tier_nodeset nodes;
	uint64_t bytes;

	(void)state;
	assert_true(status_bytes(text, "RssAnon", &bytes));
	assert_int_equal(bytes, 8192);
	assert_false(status_bytes(text, "RssFile", &bytes));
	assert_false(status_bytes(text, "State", &bytes));
	assert_true(status_allowed_nodes(text, &nodes));
	assert_int_equal(tier_nodeset_count(&nodes), 3);
	assert_false(status_allowed_nodes("Mems_allowed_list:\tx\n", &nodes));
	assert_false(status_allowed_nodes("", &nodes));
	assert_true(status_has_memory(text));
	assert_false(status_has_memory("Name:\tkthreadd\n"));
	assert_false(status_is_zombie(text));
	assert_true(status_is_zombie("State:\tZ (zombie)\n"));
	assert_false(status_is_zombie("State:\t\n"));
}

static void test_proc_text__numbers_of_status(void **state)
{
	static const char text[] = "TracerPid:\t17\nUid:\t1000\t0\t0\t0\nSeccomp:\t2\n"
				   "SigPnd:\t0000000000000200\nShdPnd:\tx\n";
	uint64_t value = 0;

	(void)state;
	assert_true(status_number(text, "TracerPid", &value) && value == 17);
	assert_true(status_number(text, "Uid", &value) && value == 1000);
	assert_true(status_number(text, "Seccomp", &value) && value == 2);
	assert_false(status_number(text, "Threads", &value));
	assert_true(status_signals(text, "SigPnd", &value) && value == 0x200);
	assert_false(status_signals(text, "ShdPnd", &value));
	assert_false(status_signals(text, "SigBlk", &value));
}

static void test_proc_text__cpu_of_stat(void **state)
{
	static const char text[] =
		"7 (a) 3) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 "
		"23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 5 40 41";
	uint64_t cpu = 0;

	(void)state;
	assert_true(stat_cpu(text, &cpu));
	assert_int_equal(cpu, 5);
	assert_false(stat_cpu("7 (a) S 1 2 3", &cpu));
	assert_false(stat_cpu("", &cpu));
}

static void test_proc_text__flags_of_stat(void **state)
{
	static const struct {
		const char *text;
		bool is_one;
		uint64_t flags;
	} rows[] = {
		{ "7 (a) b) S 1 7 7 0 -1 4194560 99 0", true, 4194560 },
		{ "7 (iou-wrk-7) S 1 7 7 0 -1 16 99 0", true, TASK_IO_WORKER },
		{ "7 (a) S 1 7 7 0 -1", false, 0 },
		{ "7 (a) S 1 7 7 0 -1 x", false, 0 },
		{ "", false, 0 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t flags = 0;

		if (stat_flags(rows[i].text, &flags) != rows[i].is_one ||
		    flags != rows[i].flags)
			ROW_FAILS(failures, "'%s'\n", rows[i].text);
	}
	assert_rows(failures);
}

static void test_proc_text__huge_mappings(void **state)
{
	static const char text[] =
		"7f0000000000 default anon=1 N0=1 kernelpagesize_kB=4\n"
		"7f0000200000 default file=/anon_hugepage\\040(deleted) huge anon=1 N0=1 "
		"kernelpagesize_kB=2048\n"
		"7f0040000000 default file=/huge N0=1 kernelpagesize_kB=4\n"
		"7f0080000000 default huge N0=1 kernelpagesize_kB=1048576\n";
	const char *cursor = text;
	uint64_t start, bytes;

	(void)state;
	assert_int_equal(numa_maps_next_huge(&cursor, &start, &bytes), 1);
	assert_int_equal(start, 0x7f0000200000);
	assert_int_equal(bytes, 2 << 20);
	assert_int_equal(numa_maps_next_huge(&cursor, &start, &bytes), 1);
	assert_int_equal(start, 0x7f0080000000);
	assert_int_equal(bytes, 1 << 30);
	assert_int_equal(numa_maps_next_huge(&cursor, &start, &bytes), 0);
	cursor = "zz default huge N0=1 kernelpagesize_kB=2048\n";
	assert_int_equal(numa_maps_next_huge(&cursor, &start, &bytes), -EINVAL);
	/* Without pages it has no size, and nothing to move. */
	cursor = "7f0000000000 default huge\n"
		 "7f0040000000 default huge N0=1 kernelpagesize_kB=2048\n";
	assert_int_equal(numa_maps_next_huge(&cursor, &start, &bytes), 1);
	assert_int_equal(start, 0x7f0040000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proc_text__maps),
		cmocka_unit_test(test_proc_text__words_for_mappings),
		cmocka_unit_test(test_proc_text__started),
		cmocka_unit_test(test_proc_text__status),
		cmocka_unit_test(test_proc_text__numbers_of_status),
		cmocka_unit_test(test_proc_text__flags_of_stat),
		cmocka_unit_test(test_proc_text__cpu_of_stat),
		cmocka_unit_test(test_proc_text__huge_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
