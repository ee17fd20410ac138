// SPDX-License-Identifier: GPL-2.0-or-later
// Policies as kernels write them into numa_maps, and as they never should.
#include "machine.h"
#include "policies.h"
#include "unit.h"

static void test_policies__words(void **state)
{
	static const struct {
		const char *line;
		const char *policy;
		enum tier_mode mode;
		const char *nodes;
		bool is_cut;
	} rows[] = {
		{ "default", "default", TIER_MODE_DEFAULT, "", false },
		{ "default heap anon=3", "default", TIER_MODE_DEFAULT, "", false },
		{ "local stack", "local", TIER_MODE_UNKNOWN, "", false },
		{ "prefer:1 anon=3", "prefer:1", TIER_MODE_PREFER, "1", false },
		{ "prefer=static:1", "prefer=static:1", TIER_MODE_PREFER, "1", false },
		{ "prefer (many)=static:0,2 file=/a", "prefer (many)=static:0,2",
		  TIER_MODE_PREFER, "0,2", false },
		{ "prefer (many):0-1", "prefer (many):0-1", TIER_MODE_PREFER, "0-1",
		  false },
		{ "bind=static|balancing:0-3 N0=1", "bind=static|balancing:0-3",
		  TIER_MODE_BIND, "0-3", false },
		{ "interleave:0-1", "interleave:0-1", TIER_MODE_INTERLEAVE, "0-1",
		  false },
		{ "weighted interleave=relative:0 N0=1", "weighted interleave=relative:0",
		  TIER_MODE_WEIGHTED, "0", false },
		/* A mode of kernels to come. */
		{ "striped:0 N0=1", "striped:0", TIER_MODE_UNKNOWN, "0", false },
		/* Mode names that only begin like ours. */
		{ "defaults", "defaults", TIER_MODE_UNKNOWN, "", false },
		/* 63 bytes: the kernel's buffer is full, and 3 may have been 34. */
		{ "interleave:0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34,36,3 N0=1",
		  "interleave:0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34,36,3",
		  TIER_MODE_INTERLEAVE,
		  "0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34,36", true },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *line = rows[i].line;
		struct policy_words policy;

		if (policy_words_parse(line, line + strlen(line), &policy)) {
			ROW_FAILS(failures, "'%s' does not parse\n", line);
			continue;
		}
		if (policy.len != strlen(rows[i].policy) ||
		    memcmp(policy.text, rows[i].policy, policy.len) ||
		    policy.mode != rows[i].mode || policy.is_cut != rows[i].is_cut ||
		    strcmp(set_text(&policy.nodes), rows[i].nodes))
			ROW_FAILS(failures, "'%s': '%.*s', mode %d, node %s, cut %d\n",
				  line, (int)policy.len, policy.text, policy.mode,
				  set_text(&policy.nodes), policy.is_cut);
	}
	assert_rows(failures);
}

static void test_policies__no_words(void **state)
{
	static const char *const rows[] = {
		"",
		" ",
		":0",
		"bind:x",
		"bind:0,",
		"bind:1024",
		"bind:0-",
		"bind:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25",
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy_words policy;

		if (policy_words_parse(rows[i], rows[i] + strlen(rows[i]), &policy) !=
		    -EINVAL)
			ROW_FAILS(failures, "'%s' parses\n", rows[i]);
	}
	assert_rows(failures);
}

static void test_policies__lines(void **state)
{
	const char *at =
		"55d0 bind:0 heap anon=3 N0=3 kernelpagesize_kB=4\n7f00 default\n";
	struct policy_line line;

	(void)state;
	assert_int_equal(policy_lines_next(&at, &line), 1);
	assert_int_equal(line.start, 0x55d0);
	assert_int_equal(line.policy.mode, TIER_MODE_BIND);
	assert_int_equal(line.len,
			 strlen("55d0 bind:0 heap anon=3 N0=3 kernelpagesize_kB=4"));
	assert_int_equal(policy_lines_next(&at, &line), 1);
	assert_int_equal(line.start, 0x7f00);
	assert_int_equal(line.policy.mode, TIER_MODE_DEFAULT);
	assert_int_equal(policy_lines_next(&at, &line), 0);
}

static void test_policies__no_lines(void **state)
{
	static const char *const rows[] = { "\n", "55d0\n", "banana default\n",
					    "55d0  \n",
					    "123456789012345678901 default\n" };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *at = rows[i];
		struct policy_line line;

		if (policy_lines_next(&at, &line) != -EINVAL)
			ROW_FAILS(failures, "'%s' is a line\n", rows[i]);
	}
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policies__words),
		cmocka_unit_test(test_policies__no_words),
		cmocka_unit_test(test_policies__lines),
		cmocka_unit_test(test_policies__no_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
