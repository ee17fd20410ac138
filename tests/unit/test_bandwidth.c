// SPDX-License-Identifier: GPL-2.0-or-later
// What resctrl counts, as rates between two looks, by the nodes of the CPUs that it counts for.
#include "fault.h"
#include "resctrl.h"
#include "unit.h"
#include "watched.h"

#define ALL   "/sys/fs/resctrl/mon_data/"
#define GROUP "/sys/fs/resctrl/batch/mon_data/"
#define CPU   "/sys/devices/system/cpu/cpu"
#define NODE  "/sys/devices/system/node/node"

static const struct test_file first[] = {
	{ "/proc/uptime", "1\n", 0 },
	{ ALL "mon_L3_00/llc_occupancy", "77\n", 0 },
	{ ALL "mon_L3_00/mbm_total_bytes", "1000\n", 0 },
	{ ALL "mon_L3_00/mbm_local_bytes", "500\n", 0 },
	{ ALL "mon_L3_01/mbm_total_bytes", "Unavailable\n", 0 },
	{ ALL "mon_L3_01/mbm_local_bytes", "10\n", 0 },
	{ ALL "mon_L3_02/llc_occupancy", "77\n", 0 },
	{ ALL "mon_MB_00/mbm_total_bytes", "1\n", 0 },
	{ "/sys/fs/resctrl/tasks", "1\n2\n", 0 },
	{ "/sys/fs/resctrl/info/last_cmd_status", "ok\n", 0 },
	{ GROUP "mon_L3_00/mbm_total_bytes", "100\n", 0 },
	{ GROUP "mon_L3_00/mbm_local_bytes", "0\n", 0 },
	{ NODE "0/cpulist", "0-1\n", 0 },
	{ NODE "1/cpulist", "\n", 0 },
	{ NODE "2/cpulist", "2\n", 0 },
	{ CPU "0/cache/index3/id", "0\n", 0 },
	{ CPU "2/cache/index3/id", "1\n", 0 },
	{ 0 },
};

static const struct test_file later[] = {
	{ ALL "mon_L3_00/mbm_total_bytes", "3000\n", 0 },
	{ ALL "mon_L3_00/mbm_local_bytes", "900\n", 0 },
	{ ALL "mon_L3_01/mbm_total_bytes", "70\n", 0 },
	{ ALL "mon_L3_01/mbm_local_bytes", "40\n", 0 },
	{ GROUP "mon_L3_00/mbm_total_bytes", "1100\n", 0 },
	{ 0 },
};

/* The group is gone, and what it had counted; the other cache's counter failed. */
static const struct test_file last[] = {
	{ ALL "mon_L3_00/mbm_total_bytes", "3100\n", 0 },
	{ ALL "mon_L3_00/mbm_local_bytes", "1000\n", 0 },
	{ ALL "mon_L3_01/mbm_total_bytes", "170\n", 0 },
	{ ALL "mon_L3_01/mbm_local_bytes", "Error\n", 0 },
	{ GROUP "mon_L3_00/mbm_total_bytes", NULL, -ENOENT },
	{ GROUP "mon_L3_00/mbm_local_bytes", NULL, -ENOENT },
	{ 0 },
};

static const struct test_file denied[] = {
	{ ALL "mon_L3_00/mbm_total_bytes", NULL, -EACCES },
	{ ALL "mon_L3_00/mbm_local_bytes", NULL, -EACCES },
	{ ALL "mon_L3_01/mbm_total_bytes", NULL, -EACCES },
	{ ALL "mon_L3_01/mbm_local_bytes", NULL, -EACCES },
	{ 0 },
};

static void patch(const struct test_file *files)
{
	if (files)
		root = patched_root(root, files);
	sampler.looking.root = root;
	now_ns += 2000000000;
	assert_int_equal(refresh(&sampler, &everybody), 0);
}

static void mount(void)
{
	root_close(root);
	root = files_root(first);
	patch(NULL);
}

static void test_bandwidth__none_at_first(void **state)
{
	const struct tier_sample *sample = &sampler.sample;

	(void)state;

	mount();

	assert_int_equal(sample->bandwidth_error, 0);
	assert_string_equal(sample->bandwidth_counter, "resctrl");
	assert_int_equal(sample->n_bandwidths, 2);
	assert_int_equal(sample->bandwidths[0].domain, 0);
	assert_int_equal(sample->bandwidths[0].nodes.bits[0], 1);
	assert_int_equal(sample->bandwidths[0].known, 0);
	assert_int_equal(sample->bandwidths[1].domain, 1);
	assert_int_equal(sample->bandwidths[1].nodes.bits[0], 4);
}

/* Within two seconds, those of all groups together. */
static void test_bandwidth__rates(void **state)
{
	const struct tier_bandwidth_sample *rates;

	(void)state;
	mount();

	patch(later);

	rates = sampler.sample.bandwidths;
	assert_int_equal(rates[0].known,
			 TIER_BANDWIDTH_KNOWS_TOTAL | TIER_BANDWIDTH_KNOWS_LOCAL);
	assert_true(rates[0].total_per_sec == 1500);
	assert_true(rates[0].local_per_sec == 200);
	assert_int_equal(rates[0].nodes.bits[0], 1);
	assert_int_equal(rates[1].known, TIER_BANDWIDTH_KNOWS_LOCAL);
	assert_true(rates[1].local_per_sec == 15);
}

static void test_bandwidth__what_was_lost_is_not_known(void **state)
{
	const struct tier_bandwidth_sample *rates;

	(void)state;
	mount();
	patch(later);

	patch(last);

	rates = sampler.sample.bandwidths;
	assert_int_equal(rates[0].known, TIER_BANDWIDTH_KNOWS_LOCAL);
	assert_true(rates[0].local_per_sec == 50);
	assert_int_equal(rates[1].known, TIER_BANDWIDTH_KNOWS_TOTAL);
	assert_true(rates[1].total_per_sec == 50);
}

/* Nothing is said of what may not be read, and never 0. */
static void test_bandwidth__denied(void **state)
{
	(void)state;
	mount();

	patch(denied);

	assert_int_equal(sampler.sample.n_bandwidths, 0);
	assert_int_equal(sampler.sample.bandwidth_error, -ENOENT);
}

static void test_bandwidth__not_mounted(void **state)
{
	(void)state;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(sampler.sample.n_bandwidths, 0);
	assert_int_equal(sampler.sample.bandwidth_error, -ENOENT);
}

static int scenario(void *arg)
{
	(void)arg;
	return watch_twice(NULL);
}

static void test_bandwidth__survives_faults(void **state)
{
	(void)state;
	mount();

	assert_true(fault_each(scenario, NULL) > 30);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_set_up, watch_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bandwidth__none_at_first),
		TEST(test_bandwidth__rates),
		TEST(test_bandwidth__what_was_lost_is_not_known),
		TEST(test_bandwidth__denied),
		TEST(test_bandwidth__not_mounted),
		TEST(test_bandwidth__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
