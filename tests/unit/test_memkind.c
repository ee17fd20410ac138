// SPDX-License-Identifier: GPL-2.0-or-later
// memtier's variables as heaps of ours.
#include "memkind.h"
#include "unit.h"

#define TWO(A, B, POLICY) \
	"KIND:DRAM,RATIO:" #A ";KIND:KMEM_DAX,RATIO:" #B ";POLICY:" #POLICY

static const struct {
	const char *tiers, *thresholds;
	enum heap_kind kind;
	unsigned int n_tiers;
	uint32_t weights[2];
	uint64_t low, start, high;
} good[] = {
	{ TWO(1, 4, STATIC_RATIO), NULL, HEAP_RATIO, 2, { 1, 4 }, 0, 0, 0 },
	{ TWO(1, 4, STATIC_RATIO), "INIT_VAL:64", HEAP_RATIO, 2, { 1, 4 }, 0, 0, 0 },
	{ TWO(4000000000, 1000000000, STATIC_RATIO),
	  NULL,
	  HEAP_RATIO,
	  2,
	  { 1000, 250 },
	  0,
	  0,
	  0 },
	{ TWO(1, 4, DYNAMIC_THRESHOLD),
	  NULL,
	  HEAP_AUTO_THRESHOLD,
	  2,
	  { 1, 4 },
	  513,
	  1024,
	  1536 },
	{ TWO(1, 4, DYNAMIC_THRESHOLD),
	  "INIT_VAL:64,MIN_VAL:1,MAX_VAL:10000",
	  HEAP_AUTO_THRESHOLD,
	  2,
	  { 1, 4 },
	  1,
	  64,
	  10000 },
	{ TWO(1, 4, DYNAMIC_THRESHOLD),
	  "MAX_VAL:2000;INIT_VAL:5000",
	  HEAP_AUTO_THRESHOLD,
	  2,
	  { 1, 4 },
	  513,
	  1024,
	  2000 },
	{ "KIND:DRAM,RATIO:1;POLICY:STATIC_RATIO", NULL, HEAP_PREFER, 1, { 0 }, 0, 0, 0 },
	{ "RATIO:2,KIND:KMEM_DAX;POLICY:STATIC_RATIO",
	  NULL,
	  HEAP_PREFER,
	  1,
	  { 0 },
	  0,
	  0,
	  0 },
};

static void test_memkind__good(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct tier_diag diag = { 0 };
		struct heap_spec spec;

		if (memkind_parse(good[i].tiers, good[i].thresholds, &spec, &diag) ||
		    spec.kind != good[i].kind || spec.n_tiers != good[i].n_tiers ||
		    spec.tiers[0].weight != good[i].weights[0] ||
		    spec.tiers[1].weight != good[i].weights[1])
			ROW_FAILS(failures, "%s: %s\n", good[i].tiers, diag.message);
		else if (good[i].high && (spec.low_bytes != good[i].low ||
					  spec.start_bytes != good[i].start ||
					  spec.high_bytes != good[i].high))
			ROW_FAILS(failures, "%s: thresholds\n", good[i].tiers);
	}

	assert_rows(failures);
}

static const struct {
	const char *tiers, *thresholds;
	unsigned int column;
	const char *words;
} bad[] = {
	{ "", NULL, 1, "expected NAME:VALUE" },
	{ "nonsense", NULL, 1, "expected NAME:VALUE" },
	{ "POLICY:STATIC_RATIO", NULL, 1, "expected a tier" },
	{ "KIND:DRAM,RATIO:1", NULL, 18, "expected POLICY:" },
	{ "KIND:DRAM,RATIO:1;", NULL, 19, "expected NAME:VALUE" },
	{ "KIND:DRAM;POLICY:STATIC_RATIO", NULL, 1, "needs KIND: and RATIO:" },
	{ "KIND:DRAM,RATIO:0;POLICY:STATIC_RATIO", NULL, 17, "number above 0" },
	{ "KIND:DRAM,RATIO:1,RATIO:2;POLICY:STATIC_RATIO", NULL, 19, "twice" },
	{ "KIND:DRAM,KIND:DRAM;POLICY:STATIC_RATIO", NULL, 11, "twice" },
	{ "KIND:HBW,RATIO:1;POLICY:STATIC_RATIO", NULL, 6, "DRAM and KMEM_DAX" },
	{ "KIND:FS_DAX,PATH:/mnt,RATIO:1;POLICY:STATIC_RATIO", NULL, 6, "DRAM and" },
	{ "KIND:DRAM,COLOUR:1;POLICY:STATIC_RATIO", NULL, 11, "expected KIND:" },
	{ "KIND:DRAM,RATIO:1;KIND:DRAM,RATIO:2;POLICY:STATIC_RATIO", NULL, 19, "twice" },
	{ TWO(1, 4, CIRCULAR), NULL, 48, "STATIC_RATIO and" },
	{ TWO(1, 4, STATIC_RATIO) ",X:1", NULL, 60, "comes last" },
	{ TWO(1, 4, DYNAMIC_THRESHOLD), "INIT:1", 1, "expected INIT_VAL" },
	{ TWO(1, 4, DYNAMIC_THRESHOLD), "INIT_VAL:", 10, "number above 0" },
	{ TWO(1, 4, DYNAMIC_THRESHOLD), "MIN_VAL:2000", 1, "must grow" },
};

static void test_memkind__bad(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct tier_diag diag = { 0 };
		struct heap_spec spec;

		if (memkind_parse(bad[i].tiers, bad[i].thresholds, &spec, &diag) !=
			    -EINVAL ||
		    diag.column != bad[i].column || !strstr(diag.message, bad[i].words))
			ROW_FAILS(failures, "%s: column %u: %s\n", bad[i].tiers,
				  diag.column, diag.message);
	}

	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memkind__good),
		cmocka_unit_test(test_memkind__bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
