// SPDX-License-Identifier: GPL-2.0-or-later
// The grammar of heaps: what it takes, what it refuses and where, and that a resolved
// line means the same when it is read again.
#include "heap_spec.h"
#include "unit.h"

/* A machine of its own: dram is 0-1, pmem 2-3, cxl 4, and node: as it stands. */
static int select_here(void *arg, const char *selector, struct tier_nodeset *nodes,
		       struct tier_diag *diag)
{
	static const char *const words[][2] = {
		{ "dram", "0-1" },
		{ "pmem", "2-3" },
		{ "cxl", "4" },
		{ "none", "" },
	};

	(void)arg;
	if (!strncmp(selector, "node:", 5))
		return tier_nodeset_parse(selector + 5, nodes, diag);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(selector, words[i][0]))
			return tier_nodeset_parse(words[i][1], nodes, diag);
	return -ENODATA;
}

static const struct heap_resolver here = { select_here, NULL };

static const struct {
	const char *text, *line;
} good[] = {
	{ "prefer:dram", "prefer:node:0-1" },
	{ "bind:pmem", "bind:node:2-3" },
	{ "interleave:node:0,2", "interleave:node:0,2" },
	{ "ratio:dram=3,pmem=1", "ratio:node:0-1=3,node:2-3=1" },
	{ "ratio:node:0,2=70,cxl=20,node:1=10", "ratio:node:0,2=70,node:4=20,node:1=10" },
	{ "threshold:4K:dram<pmem", "threshold:4096:node:0-1<node:2-3" },
	{ "threshold:512,1M:dram<cxl<pmem",
	  "threshold:512,1048576:node:0-1<node:4<node:2-3" },
	{ "auto-threshold:dram=1,pmem=4",
	  "auto-threshold:16-1099511627776:node:0-1=1,node:2-3=4" },
	{ "auto-threshold:1K-2M:dram=1,pmem=4",
	  "auto-threshold:1024-2097152:node:0-1=1,node:2-3=4" },
	{ "limit:dram=8G", "limit:node:0-1=8589934592" },
	{ "limit:dram=1G,cxl=1.5G", "limit:node:0-1=1073741824,node:4=1610612736" },
	{ "prefer:dram;limit:dram=1M", "prefer:node:0-1;limit:node:0-1=1048576" },
	{ "ratio:dram=3,pmem=1;limit:pmem=2M",
	  "ratio:node:0-1=3,node:2-3=1;limit:node:2-3=2097152" },
};

static void test_heap_spec__good(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct tier_diag diag = { 0 };
		struct heap_spec spec, again;
		char line[HEAP_LINE], twice[HEAP_LINE];

		if (heap_spec_parse(good[i].text, &spec, &diag) ||
		    heap_spec_resolve(&spec, &here, &diag)) {
			ROW_FAILS(failures, "%s: %s\n", good[i].text, diag.message);
			continue;
		}
		heap_spec_format(&spec, line, sizeof(line));
		if (strcmp(line, good[i].line))
			ROW_FAILS(failures, "%s: %s\n", good[i].text, line);
		if (heap_spec_parse(line, &again, &diag) ||
		    heap_spec_resolve(&again, &here, &diag))
			ROW_FAILS(failures, "%s: %s\n", line, diag.message);
		heap_spec_format(&again, twice, sizeof(twice));
		if (strcmp(line, twice))
			ROW_FAILS(failures, "%s became %s\n", line, twice);
	}

	assert_rows(failures);
}

static const struct {
	const char *text;
	unsigned int column;
	const char *words;
} bad[] = {
	{ "", 1, "no heap policy" },
	{ "prefer", 1, "no heap policy" },
	{ "weighted:dram=1", 1, "no heap policy" },
	{ "prefer:", 8, "expected a selector" },
	{ "prefer:dram;", 13, "no heap policy" },
	{ "prefer:dram;bind:pmem", 13, "one policy" },
	{ "limit:dram=1G;prefer:dram", 15, "limits come last" },
	{ "ratio:dram", 7, "expected SELECTOR=WEIGHT" },
	{ "ratio:dram=3", 13, "two tiers" },
	{ "ratio:dram=0,pmem=1", 12, "weight from 1" },
	{ "ratio:dram=1001,pmem=1", 12, "weight from 1" },
	{ "ratio:dram=3x,pmem=1", 12, "weight from 1" },
	{ "ratio:dram=3,=1", 14, "expected a selector" },
	{ "ratio:dram=3,dram=1", 14, "twice" },
	{ "ratio:a=1,b=1,c=1,d=1,e=1", 23, "at most 4" },
	{ "threshold:dram<pmem", 11, "expected SIZE:" },
	{ "threshold:0:dram<pmem", 11, "expected a size" },
	{ "threshold:x:dram<pmem", 11, "expected a size" },
	{ "threshold:4K,4K:a<b<c", 14, "must grow" },
	{ "threshold:4K:dram", 18, "fewer tiers" },
	{ "threshold:4K:dram<pmem<cxl", 24, "more tiers" },
	{ "threshold:1,2,3,4:a<b", 17, "too many sizes" },
	{ "threshold:4K:dram<", 19, "expected a selector" },
	{ "auto-threshold:1K:dram=1,pmem=1", 16, "LOW-HIGH" },
	{ "auto-threshold:1K-1K:dram=1,pmem=1", 19, "must grow" },
	{ "auto-threshold:a=1,b=1,c=1", 27, "two tiers" },
	{ "limit:dram", 7, "expected SELECTOR=SIZE" },
	{ "limit:dram=", 12, "expected a size" },
	{ "limit:dram=99999999999T", 12, "expected a size" },
	{ "prefer:dram;limit:pmem=1G", 19, "does not name" },
	{ "prefer:dram;limit:dram=1G,dram=2G", 27, "already" },
};

static void test_heap_spec__bad(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct tier_diag diag = { 0 };
		struct heap_spec spec;

		if (heap_spec_parse(bad[i].text, &spec, &diag) != -EINVAL ||
		    diag.line != 1 || diag.column != bad[i].column ||
		    !strstr(diag.message, bad[i].words))
			ROW_FAILS(failures, "%s: column %u: %s\n", bad[i].text,
				  diag.column, diag.message);
	}

	assert_rows(failures);
}

static void test_heap_spec__too_long(void **state)
{
	char text[HEAP_SELECTOR + 32] = "prefer:";
	struct tier_diag diag = { 0 };
	struct heap_spec spec;

	(void)state;
	memset(text + 7, 'x', HEAP_SELECTOR);

	assert_int_equal(heap_spec_parse(text, &spec, &diag), -EINVAL);
	text[7 + HEAP_SELECTOR - 1] = '\0';
	assert_int_equal(heap_spec_parse(text, &spec, &diag), 0);
}

static void test_heap_spec__nodes(void **state)
{
	struct tier_diag diag = { 0 };
	struct heap_spec spec;

	(void)state;
	assert_int_equal(heap_spec_parse("prefer:nonsense", &spec, &diag), 0);
	assert_int_equal(heap_spec_resolve(&spec, &here, &diag), -ENODATA);
	assert_int_equal(heap_spec_parse("prefer:none", &spec, &diag), 0);
	assert_int_equal(heap_spec_resolve(&spec, &here, &diag), -ENXIO);

	assert_int_equal(heap_spec_parse("ratio:dram=1,node:1-2=1", &spec, &diag), 0);
	assert_int_equal(heap_spec_resolve(&spec, &here, &diag), 0);
	assert_int_equal(heap_spec_check_apart(&spec, &diag), -EINVAL);
	assert_says(diag.message, "node 1 is in two tiers");
}

/* A line that does not fit is cut, and its length told, wherever the cut is. */
static void test_heap_spec__short_buffer(void **state)
{
	static const char whole[] = "ratio:node:0-1=3,node:2-3=1;limit:node:0-1=1024";
	struct heap_spec spec;
	char line[sizeof(whole) + 8];

	(void)state;
	assert_int_equal(
		heap_spec_parse("ratio:dram=3,pmem=1;limit:dram=1K", &spec, NULL), 0);
	assert_int_equal(heap_spec_resolve(&spec, &here, NULL), 0);
	for (size_t size = 0; size < sizeof(line); size++) {
		size_t fits = size < sizeof(whole) ? size : sizeof(whole);

		memset(line, '#', sizeof(line));
		assert_int_equal(heap_spec_format(&spec, line, size), sizeof(whole) - 1);
		if (size)
			assert_int_equal(strlen(line), fits - 1);
		assert_memory_equal(line, whole, size ? fits - 1 : 0);
		assert_int_equal(line[size], '#');
		if (size + 1 == sizeof(line))
			break;
	}
}

static void test_heap_spec__parts(void **state)
{
	static const struct {
		const char *text;
		bool parts;
	} rows[] = {
		{ "prefer:dram", false },
		{ "bind:dram", false },
		{ "interleave:dram", false },
		{ "ratio:dram=1,pmem=1", true },
		{ "threshold:1:dram<pmem", true },
		{ "limit:dram=1G", true },
		{ "prefer:dram;limit:dram=1G", true },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct heap_spec spec;

		if (heap_spec_parse(rows[i].text, &spec, NULL) ||
		    heap_spec_parts_objects(&spec) != rows[i].parts)
			ROW_FAILS(failures, "%s\n", rows[i].text);
	}

	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heap_spec__good),
		cmocka_unit_test(test_heap_spec__bad),
		cmocka_unit_test(test_heap_spec__too_long),
		cmocka_unit_test(test_heap_spec__nodes),
		cmocka_unit_test(test_heap_spec__short_buffer),
		cmocka_unit_test(test_heap_spec__parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
