// SPDX-License-Identifier: GPL-2.0-or-later
// A whole machine looked at again and again: processes that come and go, small ones that are
// counted and a large one that is sampled, what moved, and everything that may be missing.
#include "fault.h"
#include "unit.h"
#include "watched.h"

/* ---- what is found --------------------------------------------------------------------------- */

static void test_sampler__who_is_there(void **state)
{
	(void)state;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(sampler.sample.n_processes, 3);
	assert_string_equal(process(10)->name, "big one");
	assert_string_equal(process(10)->command, "big one --now");
	assert_string_equal(process(10)->cgroup, "/a/b");
	assert_string_equal(process(10)->policy, "prefer (many):0,2");
	assert_int_equal(process(20)->parent, 10);
	assert_int_equal(process(20)->uid, 1000);
	assert_int_equal(process(20)->resident_bytes, 16 * 4096);
	assert_int_equal(open_fds, 3);
}

static void test_sampler__small_is_counted(void **state)
{
	const struct tier_process_sample *small;

	(void)state;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	small = process(20);
	assert_int_equal(small->how, TIER_PLACED_EXACT);
	assert_int_equal(small->tiers[0].bytes, 3 * 4096);
	assert_int_equal(small->tiers[1].bytes, 13 * 4096);
	assert_int_equal(small->tiers[1].lowest_bytes, 13 * 4096);
	assert_int_equal(small->tiers[2].bytes, 0);
	assert_int_equal(process(30)->how, TIER_PLACED_REFUSED);
	assert_int_equal(process(30)->error, -EACCES);
	assert_null(process(30)->tiers);
}

static void test_sampler__large_is_sampled(void **state)
{
	const struct tier_process_sample *big;

	(void)state;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	big = process(10);
	assert_int_equal(big->how, TIER_PLACED_SAMPLED);
	assert_in_range(4096 * 4096 / 4, big->tiers[0].lowest_bytes,
			big->tiers[0].highest_bytes);
	assert_in_range(4096 * 4096 / 4 * 3, big->tiers[1].lowest_bytes,
			big->tiers[1].highest_bytes);
	assert_true(big->tiers[1].lowest_bytes < big->tiers[1].highest_bytes);
	assert_int_equal(big->found, 2000);
	assert_false(big->flags & TIER_PROCESS_KNOWS_FLOWS);
	assert_true(sampler.sample.asked_pages >= 2000);
}

/* 512 of 1024 fast pages, an eighth of all, go down within two seconds. */
static void test_sampler__what_moved(void **state)
{
	const struct tier_process_sample *big;
	const double moved = 512.0 * 4096 / 2;

	(void)state;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	fake_pages_fill(0, 512, 2);
	now_ns += 2000000000;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	big = process(10);
	assert_true(big->flags & TIER_PROCESS_KNOWS_FLOWS);
	assert_true(big->demoted.lowest <= moved && moved <= big->demoted.highest);
	assert_true(big->demoted.lowest > 0);
	assert_true(big->promoted.per_sec == 0);
}

static void test_sampler__nodes_pressure_groups(void **state)
{
	const struct tier_sample *sample = &sampler.sample;

	(void)state;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(sample->n_nodes, 3);
	assert_int_equal(sample->nodes[0].gauge[TIER_GAUGE_FREE], 400 * 1024);
	assert_int_equal(sample->nodes[0].gauge[TIER_GAUGE_HUGE], 2);
	assert_int_equal(sample->nodes[0].rank, 0);
	assert_false(sample->nodes[0].known & 1U << TIER_GAUGE_SLAB);
	assert_int_equal(sample->nodes[1].error, -ENOENT);
	assert_int_equal(sample->nodes[2].rank, 1);
	assert_int_equal(sample->bandwidth_error, -ENOENT);
	assert_int_equal(sample->pressure_error, 0);
	assert_int_equal(sample->pressure_some, 1500);
	assert_int_equal(sample->pressure_full, 250);
	assert_int_equal(sample->n_groups, 3);
	assert_string_equal(sample->groups[0].path, "/");
	assert_int_equal(sample->groups[0].error, -ENOENT);
	assert_string_equal(sample->groups[1].path, "/a");
	assert_int_equal(sample->groups[1].processes, 1);
	assert_int_equal(sample->groups[1].anon_bytes[0], 4096);
	assert_int_equal(sample->groups[1].anon_bytes[1], 8192);
	assert_int_equal(sample->groups[1].anon_bytes[2], 1);
	assert_int_equal(sample->groups[1].file_bytes[0], 100);
	assert_int_equal(sample->groups[2].error, -ENOENT);
}

/* A group comes before those below it, and these before its neighbours. */
static void test_sampler__groups_in_the_order_of_a_tree(void **state)
{
	static const struct test_file neighbour[] = {
		{ "/proc/30/cgroup", "0::/a-b\n", 0 },
		{ 0 },
	};
	static const char *const want[] = { "/", "/a", "/a/b", "/a-b" };

	(void)state;
	root = patched_root(root, neighbour);
	sampler.looking.root = root;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(sampler.sample.n_groups, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_string_equal(sampler.sample.groups[i].path, want[i]);
}

/* Nobody can say how much of what it counts is of which tier. */
static void test_sampler__counter_of_bandwidth(void **state)
{
	static const struct test_file counters[] = {
		{ "/sys/bus/event_source/devices/cpu/type", "4", 0 },
		{ "/sys/bus/event_source/devices/uncore_imc_1/type", "20", 0 },
		{ 0 },
	};
	struct root *counting = files_root(counters);

	(void)state;
	sampler.looking.root = counting;
	sampler.sample = (struct tier_sample){ 0 };

	assert_int_equal(sampler_publish(&sampler, 0), 0);

	assert_int_equal(sampler.sample.bandwidth_error, -EOPNOTSUPP);
	assert_string_equal(sampler.sample.bandwidth_counter, "uncore_imc_1");
	root_close(counting);
}

static void test_sampler__mappings_of_one(void **state)
{
	const struct allowance counted = { .pid = 20, .pages = 2000 };
	const struct allowance sampled = { .pid = 10, .pages = 2000 };
	const struct tier_mapping_sample *heap;
	double bytes;

	(void)state;

	assert_int_equal(refresh(&sampler, &counted), 0);
	assert_int_equal(sampler.sample.n_mappings, 2);
	heap = &sampler.sample.mappings[1];
	assert_string_equal(heap->name, "[heap]");
	assert_string_equal(heap->policy, "bind:2");
	assert_int_equal(heap->tier_bytes[1], 12 * 4096);
	assert_int_equal(sampler.sample.node_places[2].bytes, 13 * 4096);

	assert_int_equal(refresh(&sampler, &sampled), 0);
	assert_int_equal(sampler.sample.n_mappings, 1);
	heap = &sampler.sample.mappings[0];
	assert_null(heap->policy);
	bytes = (double)heap->tier_bytes[0] + (double)heap->tier_bytes[1];
	assert_true(bytes > 0.99 * 4096 * 4096 && bytes < 1.01 * 4096 * 4096);
	assert_int_equal(heap->found, 2000);
}

/* ---- coming and going -------------------------------------------------------------------------- */

static void test_sampler__number_that_went_to_another(void **state)
{
	(void)state;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	statm_of_10 = "no statm";

	assert_int_equal(refresh(&sampler, &everybody), 0);

	/* Met anew: nothing of the old one is left. */
	assert_int_equal(sampler.sample.n_processes, 3);
	assert_false(process(10)->flags & TIER_PROCESS_KNOWS_FLOWS);
	assert_int_equal(open_fds, 3);
}

static void test_sampler__those_that_ended(void **state)
{
	static const struct test_file nobody[] = { { "/proc/uptime", "1\n", 0 }, { 0 } };
	struct root *empty = files_root(nobody);

	(void)state;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	sampler.looking.root = empty;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(sampler.sample.n_processes, 0);
	assert_int_equal(open_fds, 0);
	root_close(empty);
}

/* Between two looks a thread of the kernel ended, and a program got its number. */
static void test_sampler__number_of_a_kernel_thread(void **state)
{
	static const struct test_file program[] = {
		{ "/proc/2/stat", STAT("2 (program) S 1", "900", "65536", "16"), 0 },
		{ "/proc/2/status", STATUS("1000", "64"), 0 },
		{ "/proc/2/numa_maps", SMALL_MAPS, 0 },
		{ 0 },
	};

	(void)state;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	root = patched_root(root, program);
	sampler.looking.root = root;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	assert_int_equal(sampler.sample.n_processes, 3);
	now_ns += 61000000000;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(sampler.sample.n_processes, 4);
	assert_string_equal(process(2)->name, "program");
	assert_int_equal(process(2)->how, TIER_PLACED_EXACT);
}

static void test_sampler__no_such_process(void **state)
{
	const struct allowance nobody = { .pid = 4711, .pages = 64 };
	const struct allowance kernel = { .pid = 2, .pages = 64 };

	(void)state;

	assert_int_equal(sampler_refresh(&sampler, &nobody), -ESRCH);
	assert_int_equal(sampler_refresh(&sampler, &kernel), -EOPNOTSUPP);
}

static void test_sampler__few_descriptors(void **state)
{
	(void)state;
	sampler.descriptors = 1;

	assert_int_equal(refresh(&sampler, &everybody), 0);
	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(open_fds, 1);
	assert_int_equal(sampler.sample.n_processes, 3);
	assert_int_equal(process(20)->how, TIER_PLACED_EXACT);
}

static void test_sampler__time_is_up(void **state)
{
	(void)state;
	cpu_step_ns = 10000000;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	/* The largest, and one of those that are small and new. */
	assert_int_equal(sampler.sample.looks, 2);
	assert_int_equal(sampler.sample.waiting, 1);
	assert_int_equal(process(10)->how, TIER_PLACED_SAMPLED);
	assert_int_equal(process(20)->how, TIER_PLACED_EXACT);
	assert_int_equal(process(30)->how, TIER_PLACED_UNKNOWN);
}

/* However large and old the others are, one after the other gets its turn. */
static void test_sampler__small_ones_do_not_starve(void **state)
{
	(void)state;
	cpu_step_ns = 10000000;

	assert_int_equal(refresh(&sampler, &everybody), 0);
	now_ns += 3600000000000ULL;
	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(process(20)->how, TIER_PLACED_EXACT);
	assert_int_equal(process(30)->how, TIER_PLACED_REFUSED);
}

static void test_sampler__move_pages_is_refused(void **state)
{
	(void)state;
	fake_pages.refusal = -EPERM;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(process(10)->how, TIER_PLACED_REFUSED);
	assert_int_equal(process(10)->error, -EPERM);
	assert_int_equal(process(20)->how, TIER_PLACED_EXACT);
}

static void test_sampler__nothing_is_in_memory(void **state)
{
	(void)state;
	fake_pages_reset();

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(process(10)->how, TIER_PLACED_REFUSED);
	assert_int_equal(process(10)->error, -ENODATA);
}

/* ---- everything fails in turn ------------------------------------------------------------------ */

static struct root *whole;

static int scenario(void *arg)
{
	const struct allowance *allowance = arg;
	struct root *lent = fault_lent_root(whole);
	struct sampler one = { 0 };
	int ret = lent ? watch_begin(&one, lent) : -ENOMEM;

	if (!ret)
		ret = refresh(&one, allowance);
	now_ns += 1000000;
	if (!ret)
		ret = refresh(&one, allowance);
	for (uint32_t i = 0; !ret && i < one.sample.n_processes; i++)
		if (!one.sample.processes[i].name || !one.sample.processes[i].cgroup)
			ret = 1;
	sampler_free(&one);
	root_close(lent);
	if (open_fds)
		ret = 2;
	return ret;
}

static void test_sampler__survives_faults(void **state)
{
	struct allowance all = everybody;
	struct allowance one = { .pid = 20, .pages = 64, .names = true };

	(void)state;
	sampler_free(&sampler);
	sampler = (struct sampler){ 0 };
	open_fds = 0;
	whole = root;

	assert_true(fault_each(scenario, &all) > 30);
	assert_true(fault_each(scenario, &one) > 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_set_up, watch_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sampler__who_is_there),
		TEST(test_sampler__small_is_counted),
		TEST(test_sampler__large_is_sampled),
		TEST(test_sampler__what_moved),
		TEST(test_sampler__nodes_pressure_groups),
		TEST(test_sampler__groups_in_the_order_of_a_tree),
		TEST(test_sampler__counter_of_bandwidth),
		TEST(test_sampler__mappings_of_one),
		TEST(test_sampler__number_that_went_to_another),
		TEST(test_sampler__those_that_ended),
		TEST(test_sampler__number_of_a_kernel_thread),
		TEST(test_sampler__no_such_process),
		TEST(test_sampler__few_descriptors),
		TEST(test_sampler__time_is_up),
		TEST(test_sampler__small_ones_do_not_starve),
		TEST(test_sampler__move_pages_is_refused),
		TEST(test_sampler__nothing_is_in_memory),
		TEST(test_sampler__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
