// SPDX-License-Identifier: GPL-2.0-or-later
// What a record has of bandwidth, on the screen and in OpenMetrics.
#include <string.h>

#include "formats.h"
#include "unit.h"
#include "views.h"

/* Of controllers, out of a recording; and of an older one, which does not say who counted. */
static void test_bandwidth__of_controllers(void **state)
{
	static const char line[] =
		"{\"tiertop\":1,\"bandwidth_why\":\"\",\"tiers\":[],\"bandwidths\":["
		"{\"domain\":0,\"nodes\":\"0\",\"source\":\"uncore_imc\",\"of\":\"node\","
		"\"total_bytes_per_s\":3145728,\"local_bytes_per_s\":null,"
		"\"read_bytes_per_s\":2097152,\"write_bytes_per_s\":1048576},"
		"{\"domain\":1,\"nodes\":\"1-2\",\"source\":\"uncore_imc\","
		"\"of\":\"package\",\"total_bytes_per_s\":3145728,"
		"\"read_bytes_per_s\":1048576,\"write_bytes_per_s\":2097152},"
		"{\"domain\":1,\"nodes\":\"2\",\"source\":\"uncore_imc_free_running\","
		"\"of\":\"pmem\",\"total_bytes_per_s\":null},"
		"{\"domain\":0,\"nodes\":\"0\",\"total_bytes_per_s\":1048576}]}\n";
	struct strbuf metrics = { 0 }, drawn = { 0 };
	struct record record;
	struct grid grid = { 0 };
	struct ui ui;
	const char *text;

	(void)state;
	assert_int_equal(record_read(line, &record, NULL), 0);

	ui_init(&ui);
	assert_int_equal(ui_take(&ui, &record, true), 0);
	assert_int_equal(grid_size(&grid, 24, 200), 0);
	screen_draw(&grid, &ui, &record);
	assert_int_equal(grid_text(&grid, &drawn), 0);
	text = strbuf_text(&drawn);
	assert_non_null(strstr(text,
			       "  bandwidth of CPUs 1.0M/s  bandwidth of memory 6.0M/s "
			       "(3.0M read, 3.0M written) by uncore_imc"));
	assert_null(strstr(text, "pmem"));
	assert_int_equal(openmetrics_write(&record, &metrics), 0);
	text = strbuf_text(&metrics);
	assert_non_null(strstr(text, "\ntier_memory_read_bytes_per_second{domain=\"1\","
				     "nodes=\"1-2\",of=\"package\","
				     "source=\"uncore_imc\"} 1048576\n"));
	assert_non_null(strstr(text,
			       "\ntier_memory_written_bytes_per_second{domain=\"0\","
			       "nodes=\"0\",of=\"node\",source=\"uncore_imc\"} "
			       "1048576\n"));
	assert_null(strstr(text, "free_running"));
	strbuf_free(&metrics);
	strbuf_free(&drawn);
	grid_free(&grid);
	ui_free(&ui);
	record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bandwidth__of_controllers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
