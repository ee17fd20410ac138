// SPDX-License-Identifier: GPL-2.0-or-later
// Results: out as JSON and back the same, refused where they are not exactly that.
#include <math.h>

#include "diag.h"
#include "measured.h"
#include "report.h"
#include "result.h"
#include "unit.h"

static struct row some_row(const char *test, bool hidden)
{
	struct row row = { .variant = "2:1",
			   .place = "node:0=3,2=1",
			   .pages = "4k",
			   .kernels = "sse2x4",
			   .cpu_node = 1,
			   .threads = 2,
			   .bytes = 1 << 20,
			   .unit = UNIT_BYTES_PER_SEC,
			   .bus_factor = 1.5,
			   .pages_proved = 256,
			   .lines_proved = 16384,
			   .disturbance = { .off_cpu = 0.25,
					    .preemptions = 3,
					    .migrations = 4,
					    .speed_spread = 0.125,
					    .stolen = 0.5,
					    .cpu_stall = NAN,
					    .memory_stall = 0.03125 } };

	snprintf(row.test, sizeof(row.test), "%s", test);
	if (hidden) {
		row.flags = ROW_HIDDEN;
		row.estimate.median = 4711;
		return row;
	}
	row.flags = ROW_NOISY | ROW_WIDE | ROW_IN_CACHE;
	row.values = calloc(6, sizeof(*row.values));
	assert_non_null(row.values);
	for (int i = 0; i < 6; i++)
		row.values[i] = 1e10 + i;
	row.estimate = stats_estimate(row.values, 6, STATS_CONFIDENCE);
	return row;
}

static struct run some_run(void)
{
	struct run run = { .date = "2026-11-28T14:00:00Z",
			   .version = "0.1.0",
			   .kernel = "6.12.0",
			   .signature = "2-nodes-0123",
			   .kernels = "avx2",
			   .advice = "node 0 only is best" };
	struct row first = some_row("bandwidth", false), second = some_row("ratio", true);

	assert_int_equal(run_add(&run, &first), 0);
	assert_int_equal(run_add(&run, &second), 0);
	return run;
}

static void test_result__json_and_back(void **state)
{
	SCOPED_STRBUF struct strbuf first = { 0 }, second = { 0 };
	struct run run = some_run(), again;
	struct tier_diag diag = { 0 };
	int ret;

	(void)state;
	assert_int_equal(result_to_json(&run, &first), 0);
	ret = result_from_json(first.text, first.len, &again, &diag);
	if (ret)
		fail_msg("%s", diag.message);
	assert_int_equal(again.count, 2);
	assert_true(row_is_same(&run.rows[0], &again.rows[0]));
	assert_false(row_is_same(&run.rows[0], &again.rows[1]));
	assert_true(again.rows[0].estimate.median == run.rows[0].estimate.median);
	assert_int_equal(again.rows[0].estimate.count, 6);
	assert_string_equal(again.rows[0].kernels, "sse2x4");
	assert_int_equal(again.rows[0].flags, ROW_NOISY | ROW_WIDE | ROW_IN_CACHE);
	assert_int_equal(result_to_json(&again, &second), 0);
	assert_string_equal(strbuf_text(&first), strbuf_text(&second));
	run_free(&run);
	run_free(&again);
}

/* What an emulator measured is nowhere, in no form. */
static void test_result__hidden_figures(void **state)
{
	static int (*const forms[])(const struct run *,
				    struct strbuf *) = { result_to_json, result_to_csv,
							 result_to_table };
	struct run run = some_run();
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		SCOPED_STRBUF struct strbuf out = { 0 };

		assert_int_equal(forms[i](&run, &out), 0);
		if (strstr(strbuf_text(&out), "4711") ||
		    strstr(strbuf_text(&out), "4.71"))
			ROW_FAILS(failures, "form %zu tells: %s\n", i, strbuf_text(&out));
	}
	run_free(&run);
	assert_rows(failures);
}

static void test_result__table(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct run run = some_run();

	(void)state;
	assert_int_equal(result_to_table(&run, &out), 0);
	assert_string_equal(
		strbuf_text(&out),
		"TEST       VARIANT  CPUS  MEMORY        PAGES  MEDIAN     95 %                  "
		"  ON THE BUS  NOTES\n"
		"bandwidth  2:1      1x2   node:0=3,2=1  4k     10.0 GB/s  10.0 GB/s .. 10.0 "
		"GB/s  15.0 GB/s   proved noisy wide in-cache pages-moved "
		"stolen memory-stalls\n"
		"ratio      2:1      1x2   node:0=3,2=1  4k     -          -                     "
		"  -           proved emulated pages-moved "
		"stolen memory-stalls\n");
	run_free(&run);
}

/* What the kernel did not tell, and what an older result does not have, is not 0. */
static void test_result__unknown_disturbance(void **state)
{
	static const char old[] = "{\"schema\": 1, \"rows\": [{\"test\": \"x\", "
				  "\"unit\": \"ns\", \"off_cpu\": 0.5}]}";
	SCOPED_STRBUF struct strbuf json = { 0 };
	struct run run = some_run(), again;
	struct tier_diag diag = { 0 };
	const struct disturbance *found;

	(void)state;
	snprintf(run.huge_pages, sizeof(run.huge_pages), "madvise");
	run.rows[0].disturbance.mhz_low = 2400.5;
	run.rows[0].disturbance.mhz_rated = NAN;
	snprintf(run.rows[0].disturbance.mhz_unknown,
		 sizeof(run.rows[0].disturbance.mhz_unknown), "no cpufreq");
	assert_int_equal(result_to_json(&run, &json), 0);
	assert_says(json.text, "\"mhz_rated\": null");
	assert_says(json.text, "\"cpu_stall\": null");
	run_free(&run);
	assert_int_equal(result_from_json(json.text, json.len, &again, &diag), 0);
	found = &again.rows[0].disturbance;
	assert_true(found->stolen == 0.5 && found->memory_stall == 0.03125);
	assert_true(isnan(found->cpu_stall));
	assert_true(found->mhz_low == 2400.5 && isnan(found->mhz_rated));
	assert_string_equal(found->mhz_unknown, "no cpufreq");
	assert_string_equal(again.huge_pages, "madvise");
	assert_string_equal(again.balancing, "");
	run_free(&again);

	assert_int_equal(result_from_json(old, sizeof(old) - 1, &again, &diag), 0);
	found = &again.rows[0].disturbance;
	assert_true(found->off_cpu == 0.5 && isnan(found->stolen) &&
		    isnan(found->cpu_stall) && isnan(found->memory_stall) &&
		    isnan(found->mhz_low) && isnan(found->mhz_high));
	run_free(&again);
}

static void test_result__disturbed(void **state)
{
	static const struct {
		struct disturbance found;
		bool disturbed;
	} rows[] = {
		{ { .stolen = NAN, .cpu_stall = NAN, .memory_stall = NAN }, false },
		{ { .off_cpu = 0.009,
		    .speed_spread = 0.09,
		    .stolen = 0.009,
		    .memory_stall = 0.009,
		    .others = 0.24 },
		  false },
		/* A guest of KVM without a neighbour, twice, and beside one that keeps a CPU busy. */
		{ { .off_cpu = 0.0012, .speed_spread = 0.050, .cpu_stall = 0.0001 },
		  false },
		{ { .off_cpu = 0.0090, .speed_spread = 0.007, .cpu_stall = 0.0170 },
		  false },
		{ { .off_cpu = 0.2595, .speed_spread = 0.012, .cpu_stall = 0.3643 },
		  true },
		/* That guest while another process copies memory on its other CPU, and without. */
		{ { .off_cpu = 0.0038, .speed_spread = 0.033, .others = 0.753 }, true },
		{ { .off_cpu = 0.0003, .speed_spread = 0.005, .others = 0.101 }, false },
		{ { .off_cpu = 0.02 }, true },
		{ { .speed_spread = 0.2 }, true },
		{ { .stolen = 0.02 }, true },
		/* One tick may be of nearly nothing, and is much of a row in a hurry. */
		{ { .stolen = 0.02, .stolen_tick = 0.02 }, false },
		{ { .stolen = 0.04, .stolen_tick = 0.02 }, true },
		{ { .stolen = 0.008, .stolen_tick = 0.004 }, false },
		{ { .stolen = 0.02, .stolen_tick = NAN }, true },
		{ { .memory_stall = 0.02 }, true },
		{ { .others = 0.26 }, true },
		{ { .others = NAN }, false },
		{ { .mhz_low = NAN, .mhz_high = NAN, .mhz_rated = NAN }, false },
		{ { .mhz_low = 2200, .mhz_high = 2400, .mhz_rated = 3000 }, false },
		{ { .mhz_low = 2000, .mhz_high = 2400, .mhz_rated = 2000 }, true },
		/* Others may wait for CPUs that are not ours. */
		{ { .cpu_stall = 1, .preemptions = 9, .migrations = 9 }, false },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is_disturbed(&rows[i].found) != rows[i].disturbed)
			ROW_FAILS(failures, "row %zu\n", i);
	assert_rows(failures);
}

/* How sure a figure is, and whether something came between, are two things. */
static void test_result__doubts(void **state)
{
	/* Medians of laps of `quick` in a guest of KVM, alone and beside who copies memory. */
	static const struct {
		struct estimate found;
		struct disturbance between;
		uint32_t doubts;
	} rows[] = {
		{ { 100, 98, 102, 6 }, { .off_cpu = 0.0003, .others = 0.101 }, 0 },
		{ { 100, 94.2, 105.8, 6 },
		  { .off_cpu = 0.0003, .others = 0.101 },
		  ROW_WIDE },
		{ { 100, 98, 102, 6 }, { .off_cpu = 0.0038, .others = 0.753 }, ROW_NOISY },
		{ { 100, 94.4, 105.6, 6 },
		  { .off_cpu = 0.0038, .others = 0.753 },
		  ROW_NOISY | ROW_WIDE },
		/* Of nothing nothing is sure. */
		{ { .median = 0 }, { .off_cpu = 0 }, ROW_WIDE },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row row = { .estimate = rows[i].found,
					 .disturbance = rows[i].between };

		if (row_doubts(&row) != rows[i].doubts)
			ROW_FAILS(failures, "row %zu: %u\n", i, row_doubts(&row));
	}
	assert_rows(failures);
}

/* Pages that move have a rate, two places, and nothing on a bus that is known. */
static void test_result__table_of_moves(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 }, json = { 0 };
	struct run run = { .date = "2026-11-28T14:00:00Z" }, again;
	struct row row = { .test = "migrate",
			   .variant = "move",
			   .place = "node:0 to node:2",
			   .pages = "thp",
			   .threads = 1,
			   .bytes = 1 << 20,
			   .unit = UNIT_PAGES_PER_SEC,
			   .pages_proved = 256,
			   .estimate = { 250000, 240000, 260000, 0 } };

	(void)state;
	assert_int_equal(run_add(&run, &row), 0);
	assert_int_equal(result_to_table(&run, &out), 0);
	assert_string_equal(
		strbuf_text(&out),
		"TEST     VARIANT  CPUS  MEMORY            PAGES  MEDIAN        95 %             "
		"             NOTES\n"
		"migrate  move     0x1   node:0 to node:2  thp    250 kpages/s  240 kpages/s .. "
		"260 kpages/s  proved\n");
	assert_int_equal(result_to_json(&run, &json), 0);
	assert_int_equal(result_from_json(json.text, json.len, &again, NULL), 0);
	assert_true(row_is_same(&run.rows[0], &again.rows[0]));
	run_free(&run);
	run_free(&again);
}

static void test_result__figures(void **state)
{
	static const struct {
		enum figure_unit unit;
		double value;
		const char *text;
	} rows[] = {
		{ UNIT_NS, 83.14, "83.1 ns" },
		{ UNIT_NS, 411.5, "412 ns" },
		{ UNIT_BYTES_PER_SEC, 17.24e9, "17.2 GB/s" },
		{ UNIT_BYTES_PER_SEC, 999.6e6, "1.00 GB/s" },
		{ UNIT_BYTES_PER_SEC, 12, "12.0 B/s" },
		{ UNIT_PAGES_PER_SEC, 123456, "123 kpages/s" },
		{ UNIT_BLOCKS_PER_SEC, 12.3e6, "12.3 Mblocks/s" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[FIGURE_BYTES];

		if (strcmp(figure_text(rows[i].unit, rows[i].value, buf), rows[i].text) !=
		    0)
			ROW_FAILS(failures, "%s is not %s\n", buf, rows[i].text);
	}
	assert_rows(failures);
}

static void add_told(struct run *run, const char *test, double load, double ns)
{
	struct row row = { .variant = "window",
			   .place = "node:<2>",
			   .unit = UNIT_NS,
			   .load_bytes_per_sec = load,
			   .estimate = { ns, ns, ns, 1 } };

	snprintf(row.test, sizeof(row.test), "%s", test);
	assert_int_equal(run_add(run, &row), 0);
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	for (; (text = strstr(text, part)); text++)
		found++;
	return found;
}

static void test_report__draws(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct run run = some_run();
	struct charts charts;

	(void)state;
	add_told(&run, "loaded", 5e9, 100);
	add_told(&run, "loaded", 10e9, 200);
	add_told(&run, "latency", 0, 80);
	assert_int_equal(charts_find(&run, &charts), 0);
	assert_int_equal(report_to_html(&run, &charts, &out), 0);
	charts_free(&charts);
	/* Half of the width and of the height, then all of both. */
	assert_says(out.text, "points=\"320.0,160.0 580.0,60.0 \"");
	assert_says(out.text, ">80.0 ns</text>");
	assert_int_equal(count(out.text, "<svg"), 2);
	/* What is HTML's own is not taken from a file, and what is hidden stays so. */
	assert_null(strstr(out.text, "<2>"));
	assert_says(out.text, "node:&lt;2&gt;");
	assert_null(strstr(out.text, "4711"));
	run_free(&run);
}

static void test_report__of_nothing(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct run run = { .date = "today" };
	struct charts charts;

	(void)state;
	assert_int_equal(charts_find(&run, &charts), 0);
	assert_int_equal(report_to_html(&run, &charts, &out), 0);
	assert_null(strstr(out.text, "<svg"));
	/* What is not there is said: two curves, two maps. */
	assert_int_equal(count(out.text, "this run did not measure"), 4);
	assert_int_equal(charts_to_gnuplot(&charts, "svg", &out), -ENODATA);
	assert_says(out.text, "Date: today");
}

#define DOCUMENT(rows) "{\"schema\": 1, \"rows\": [" rows "]}"
#define ROW(more)      "{\"test\": \"x\", \"unit\": \"ns\"" more "}"

static void test_result__refuses(void **state)
{
	static const struct {
		const char *text;
		const char *says; /* NULL: it is taken */
	} rows[] = {
		{ DOCUMENT(""), NULL },
		{ DOCUMENT(ROW("")), NULL },
		{ DOCUMENT(ROW(", \"median\": null")), NULL },
		{ "", "no JSON" },
		{ "[]", "expected an object" },
		{ "{}", "schema" },
		{ "{\"schema\": 2, \"rows\": []}", "schema" },
		{ "{\"schema\": 1}", "rows" },
		{ "{\"schema\": 1, \"rows\": [], \"more\": 1}", "'more'" },
		{ DOCUMENT("1"), "objects" },
		{ DOCUMENT("{}"), "without" },
		{ DOCUMENT(ROW(", \"threads\": -1")), "threads" },
		{ DOCUMENT(ROW(", \"threads\": 4294967296")), "threads" },
		{ DOCUMENT(ROW(", \"median\": -1")), "median" },
		{ DOCUMENT(ROW(", \"median\": 1e19")), "median" },
		{ DOCUMENT(ROW(", \"median\": \"1\"")), "median" },
		{ DOCUMENT(ROW(", \"values\": 1")), "values" },
		{ DOCUMENT(ROW(", \"values\": [null]")), "values" },
		{ DOCUMENT(ROW(", \"place\": \"a\\nb\"")), "place" },
		{ DOCUMENT(ROW(", \"place\": \"a\\u0000b\"")), "place" },
		{ DOCUMENT(ROW(", \"speed\": 1")), "'speed'" },
		{ DOCUMENT("{\"test\": \"x\", \"unit\": \"m\"}"), "unit" },
		{ DOCUMENT(ROW("")) "x", "no JSON" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_diag diag = { 0 };
		struct run run;
		int ret =
			result_from_json(rows[i].text, strlen(rows[i].text), &run, &diag);

		if (ret != (rows[i].says ? -EINVAL : 0) ||
		    (rows[i].says && !strstr(diag.message, rows[i].says)))
			ROW_FAILS(failures, "%s: %d %s\n", rows[i].text, ret,
				  diag.message);
		run_free(&run);
	}
	assert_rows(failures);
}

/* ---- for libtier ---------------------------------------------------------------------- */

struct found {
	const char *test, *variant, *place;
	double median;
	uint32_t flags;
};

static void put_measured(const struct found *rows, const char *emulator,
			 struct strbuf *out)
{
	struct run run = some_run();

	snprintf(run.emulator, sizeof(run.emulator), "%s", emulator);
	for (; rows->test; rows++) {
		struct row row = { .flags = rows->flags,
				   .estimate.median = rows->median };

		snprintf(row.test, sizeof(row.test), "%s", rows->test);
		snprintf(row.variant, sizeof(row.variant), "%s", rows->variant);
		snprintf(row.place, sizeof(row.place), "%s", rows->place);
		assert_int_equal(run_add(&run, &row), 0);
	}
	assert_int_equal(result_to_measured(&run, out), 0);
	run_free(&run);
}

#define MEASURED_HEAD                                                              \
	"tierkit-measured 1\ndate 2026-11-28T14:00:00Z\nkernel 6.12.0\nsignature " \
	"2-nodes-0123\n"

static void test_result__measured(void **state)
{
	static const struct {
		struct found found[5];
		const char *emulator, *text;
	} rows[] = {
		{ { { "latency", "window", "node:1", 95.4, 0 },
		    { "bandwidth", "read", "node:0", 17e9, 0 },
		    { "bandwidth", "write", "node:0", 12e9, 0 },
		    { "latency", "window", "node:0", 83.6, 0 } },
		  "",
		  MEASURED_HEAD "node:0 read_bandwidth=17000000000B/s "
				"write_bandwidth=12000000000B/s read_latency=84ns\n"
				"node:1 read_latency=95ns\n" },
		{ { { "latency", "window", "node:0", 95, ROW_NOISY },
		    { "latency", "window", "node:0", 99, 0 } },
		  "",
		  MEASURED_HEAD "doubts noisy\nnode:0 read_latency=95ns\n" },
		{ { { "latency", "window", "node:0", 95, ROW_WIDE } },
		  "",
		  MEASURED_HEAD "doubts wide\nnode:0 read_latency=95ns\n" },
		{ { { "latency", "window", "node:0", 95, ROW_NOISY },
		    { "bandwidth", "read", "node:0", 17e9, ROW_WIDE } },
		  "qemu",
		  MEASURED_HEAD
		  "doubts noisy, wide, emulated by qemu\n"
		  "node:0 read_bandwidth=17000000000B/s read_latency=95ns\n" },
		{ { { "latency", "window", "node:0", 95, ROW_NOISY } },
		  "qemu",
		  MEASURED_HEAD
		  "doubts noisy, emulated by qemu\nnode:0 read_latency=95ns\n" },
		/* Not of memory, not told, or of no figure of a node's. */
		{ { { "latency", "window", "node:0", 95, ROW_IN_CACHE } }, "", "" },
		{ { { "latency", "window", "node:0", 95, ROW_HIDDEN } }, "qemu", "" },
		{ { { "latency", "window", "node:0", 0, 0 } }, "", "" },
		{ { { "latency", "random", "node:0", 95, 0 },
		    { "policy", "read", "node:0", 95, 0 },
		    { "bandwidth", "read", "node:0=3,node:1=1", 95, 0 } },
		  "",
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SCOPED_STRBUF struct strbuf out = { 0 };

		put_measured(rows[i].found, rows[i].emulator, &out);

		assert_string_equal(strbuf_text(&out), rows[i].text);
	}
}

/* The two sides of the format: what is written is what is read. */
static void test_result__measured_is_understood(void **state)
{
	static const struct found rows[] = {
		{ "latency", "window", "node:1", 95.4, ROW_NOISY },
		{ "bandwidth", "read", "node:1", 17123456789, 0 },
		{ 0 },
	};
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct measured measured;
	struct arena arena = { 0 };
	const struct node_word *word;

	(void)state;
	put_measured(rows, "tcg", &out);
	assert_int_equal(measured_parse(&measured, &arena, strbuf_text(&out), NULL), 0);

	assert_string_equal(measured.signature, "2-nodes-0123");
	assert_string_equal(measured.doubts, "noisy, emulated by tcg");
	word = node_words_figure(&measured.words, 1, TIER_READ_BANDWIDTH);
	assert_non_null(word);
	assert_int_equal(word->value[TIER_READ_BANDWIDTH], 17123456789);
	arena_free(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_result__json_and_back),
		cmocka_unit_test(test_result__hidden_figures),
		cmocka_unit_test(test_result__table),
		cmocka_unit_test(test_result__table_of_moves),
		cmocka_unit_test(test_result__figures),
		cmocka_unit_test(test_result__refuses),
		cmocka_unit_test(test_result__unknown_disturbance),
		cmocka_unit_test(test_result__disturbed),
		cmocka_unit_test(test_result__doubts),
		cmocka_unit_test(test_report__draws),
		cmocka_unit_test(test_report__of_nothing),
		cmocka_unit_test(test_result__measured),
		cmocka_unit_test(test_result__measured_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
