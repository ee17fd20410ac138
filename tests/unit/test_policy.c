// SPDX-License-Identifier: GPL-2.0-or-later
// Policy text: every mode, and where a text is wrong.
#include "policy.h"
#include "unit.h"

/* "weighted dram=3 pmem=1": the mode, then each selector with its weight. */
static void render(const struct tier_policy *policy, char *text, size_t size)
{
	size_t len = (size_t)snprintf(text, size, "%s", tier_mode_name(policy->mode));

	for (size_t i = 0; i < policy->count; i++) {
		const struct policy_part *part = &policy->parts[i];

		len += (size_t)snprintf(text + len, size - len, " %s",
					part->selector.text);
		if (part->weight)
			len += (size_t)snprintf(text + len, size - len, "=%u",
						part->weight);
	}
}

static void test_policy__modes(void **state)
{
	static const struct {
		const char *text, *result;
	} rows[] = {
		{ "default", "default" },
		{ "prefer:dram", "prefer dram" },
		{ "bind:dram,hbm", "bind dram,hbm" },
		{ "bind:!pmem", "bind !pmem" },
		{ "interleave:node:0,2-3", "interleave node:0,2-3" },
		{ "interleave:tier:1", "interleave tier:1" },
		{ "weighted:dram=3,pmem=1", "weighted dram=3 pmem=1" },
		{ "weighted:dram=1", "weighted dram=1" },
		{ "weighted:dram=255,pmem=001", "weighted dram=255 pmem=1" },
		{ "weighted:dram,hbm=3,node:2,4-5=1",
		  "weighted dram,hbm=3 node:2,4-5=1" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_diag diag = { 0 };
		struct tier_policy *policy;
		char text[256];

		if (tier_policy_parse(rows[i].text, &policy, &diag)) {
			ROW_FAILS(failures, "'%s': %s\n", rows[i].text, diag.message);
			continue;
		}
		render(policy, text, sizeof(text));
		if (strcmp(text, rows[i].result))
			ROW_FAILS(failures, "'%s': got '%s'\n", rows[i].text, text);
		tier_policy_free(policy);
	}
	assert_rows(failures);
}

static void test_policy__refused(void **state)
{
	static const struct {
		const char *text;
		uint32_t column;
		const char *says;
	} rows[] = {
		{ "", 1, "'' is no policy; there are prefer:, bind:" },
		{ "banana", 1, "'banana' is no policy" },
		{ "Prefer:dram", 1, "'Prefer' is no policy" },
		{ "preferdram", 1, "is no policy" },
		{ "prefer :dram", 1, "is no policy" },
		{ " prefer:dram", 1, "is no policy" },
		{ ":dram", 1, "'' is no policy" },
		{ "dram", 1, "'dram' is no policy" },
		{ "unknown:dram", 1, "'unknown' is no policy" },
		{ "default:dram", 9, "default takes no nodes" },
		{ "prefer", 7, "expected a selector" },
		{ "prefer:", 8, "expected a selector" },
		{ "prefer:dram,", 13, "expected a selector" },
		{ "bind:ram", 6, "'ram' selects nothing" },
		{ "bind:dram,pmm", 11, "'pmm' selects nothing" },
		{ "bind:dram=3", 6, "selects nothing" },
		{ "interleave:prefer:dram", 12, "selects nothing" },
		{ "weighted", 9, "expected SELECTOR=WEIGHT" },
		{ "weighted:", 10, "expected SELECTOR=WEIGHT" },
		{ "weighted:dram", 10, "expected SELECTOR=WEIGHT" },
		{ "weighted:=3", 10, "expected a selector" },
		{ "weighted:dram=", 15, "a weight from 1 to 255" },
		{ "weighted:dram=0", 15, "a weight from 1 to 255" },
		{ "weighted:dram=256", 15, "a weight from 1 to 255" },
		{ "weighted:dram=-1", 15, "a weight from 1 to 255" },
		{ "weighted:dram=0x3", 15, "a weight from 1 to 255" },
		{ "weighted:dram=1.5", 15, "a weight from 1 to 255" },
		{ "weighted:dram=99999999999999999999", 15, "a weight from 1 to 255" },
		{ "weighted:dram=3pmem=1", 15, "a weight from 1 to 255" },
		{ "weighted:dram=3,", 17, "expected SELECTOR=WEIGHT" },
		{ "weighted:dram=3,,pmem=1", 17, "expected a selector" },
		{ "weighted:dram=3,pmem", 17, "expected SELECTOR=WEIGHT" },
		{ "weighted:dram=3,pmm=1", 17, "'pmm' selects nothing" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_diag diag = { 0 };
		struct tier_policy *policy = NULL;
		int ret = tier_policy_parse(rows[i].text, &policy, &diag);

		if (ret != -EINVAL || diag.line != 1 || diag.column != rows[i].column ||
		    !strstr(diag.message, rows[i].says) || policy)
			ROW_FAILS(failures, "'%s': %d, column %u: %s\n", rows[i].text,
				  ret, diag.column, diag.message);
		if (tier_policy_parse(rows[i].text, &policy, NULL) != -EINVAL)
			ROW_FAILS(failures, "'%s': passes without diag\n", rows[i].text);
	}
	assert_rows(failures);
}

static void test_policy__free_takes_null(void **state)
{
	(void)state;
	tier_policy_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy__modes),
		cmocka_unit_test(test_policy__refused),
		cmocka_unit_test(test_policy__free_takes_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
