// SPDX-License-Identifier: GPL-2.0-or-later
// What memory controllers count, on two sockets whose sysfs was written by hand as
// Documentation/ABI/testing/sysfs-bus-event_source-devices-events and -format describe it.
#include <string.h>

#include "fake_perf.h"
#include "fault.h"
#include "unit.h"
#include "watched.h"

#define PMU  "/sys/bus/event_source/devices/"
#define CPU  "/sys/devices/system/cpu/cpu"
#define NODE "/sys/devices/system/node/node"

#define READS  0x0304
#define WRITES 0x0c04

/* An event that counts lines of 64 bytes. */
#define EVENT(pmu, name, text)                                               \
	{ PMU pmu "/events/" name, text "\n", 0 },                           \
		{ PMU pmu "/events/" name ".scale", "6.103515625e-5\n", 0 }, \
	{                                                                    \
		PMU pmu "/events/" name ".unit", "MiB\n", 0                  \
	}
#define DEVICE(pmu, type)                                                      \
	{ PMU pmu "/type", type "\n", 0 }, { PMU pmu "/cpumask", "0,2\n", 0 }, \
		{ PMU pmu "/format/event", "config:0-7\n", 0 },                \
	{                                                                      \
		PMU pmu "/format/umask", "config:8-15\n", 0                    \
	}
#define CHANNEL(pmu, type)                                                      \
	DEVICE(pmu, type),                                                      \
		{ PMU pmu "/events/clockticks", "event=0xff,umask=0x00\n", 0 }, \
		EVENT(pmu, "cas_count_read", "event=0x04,umask=0x03"),          \
		EVENT(pmu, "cas_count_write", "event=0x04,umask=0x0c")
#define SOCKETS                                                         \
	{ "/proc/uptime", "1\n", 0 }, { NODE "0/cpulist", "0-1\n", 0 }, \
		{ NODE "1/cpulist", "2-3\n", 0 },                       \
		{ CPU "0/topology/physical_package_id", "0\n", 0 },     \
		{ CPU "1/topology/physical_package_id", "0\n", 0 },     \
		{ CPU "2/topology/physical_package_id", "1\n", 0 },     \
	{                                                               \
		CPU "3/topology/physical_package_id", "1\n", 0          \
	}

/* Two channels on each; a node without CPUs near the second. */
static const struct test_file xeon[] = {
	SOCKETS,
	{ PMU "cpu/type", "4\n", 0 },
	CHANNEL("uncore_imc_0", "30"),
	CHANNEL("uncore_imc_1", "31"),
	{ NODE "2/cpulist", "\n", 0 },
	{ NODE "2/distance", "28 17 10\n", 0 },
	{ "/sys/devices/system/node/online", "0-2\n", 0 },
	{ "/sys/devices/system/node/has_memory", "0-2\n", 0 },
	{ 0 },
};

/* The same traffic under two names, and that of DDR-T apart. */
static const struct test_file free_running[] = {
	SOCKETS,
	CHANNEL("uncore_imc_0", "30"),
	DEVICE("uncore_imc_free_running_0", "40"),
	EVENT("uncore_imc_free_running_0", "read", "event=0xff,umask=0x20"),
	EVENT("uncore_imc_free_running_0", "write", "event=0xff,umask=0x21"),
	EVENT("uncore_imc_free_running_0", "ddrt_read", "event=0xff,umask=0x30"),
	EVENT("uncore_imc_free_running_0", "ddrt_write", "event=0xff,umask=0x31"),
	{ NODE "2/cpulist", "\n", 0 },
	{ NODE "2/distance", "28 17 10\n", 0 },
	{ "/sys/devices/system/node/online", "0-2\n", 0 },
	{ 0 },
};

/* A client: one device without a number, one socket, reads and writes in bytes. */
static const struct test_file client[] = {
	{ "/proc/uptime", "1\n", 0 },
	{ NODE "0/cpulist", "0\n", 0 },
	{ CPU "0/topology/physical_package_id", "0\n", 0 },
	{ PMU "uncore_imc/type", "12\n", 0 },
	{ PMU "uncore_imc/cpumask", "0\n", 0 },
	{ PMU "uncore_imc/format/event", "config:0-7\n", 0 },
	EVENT("uncore_imc", "data_reads", "event=0x01"),
	EVENT("uncore_imc", "data_writes", "event=0x02"),
	{ "/sys/devices/system/node/has_memory", "0\n", 0 },
	{ 0 },
};

/* Sub-NUMA clusters: which half of the socket's controllers is whose is not known. */
static const struct test_file clusters[] = {
	{ CPU "2/topology/physical_package_id", "0\n", 0 },
	{ CPU "3/topology/physical_package_id", "0\n", 0 },
	{ PMU "uncore_imc_0/cpumask", "0\n", 0 },
	{ PMU "uncore_imc_1/cpumask", "0\n", 0 },
	{ "/sys/devices/system/node/has_memory", "0-1\n", 0 },
	{ 0 },
};

static const struct tier_bandwidth_sample *part(uint32_t n)
{
	assert_true(n < sampler.sample.n_bandwidths);
	return &sampler.sample.bandwidths[n];
}

static void look(void)
{
	now_ns += 2000000000;
	sampler.looking.root = root;
	sampler.looking.perf = &fake_perf;
	assert_int_equal(refresh(&sampler, &everybody), 0);
}

static void start(const struct test_file *files, const struct test_file *others)
{
	fake_perf_reset();
	root_close(root);
	root = files_root(files);
	if (others)
		root = patched_root(root, others);
	look();
}

static void test_controllers__opened_as_sysfs_says(void **state)
{
	(void)state;

	start(xeon, NULL);

	assert_int_equal(fake_perf_open(), 8);
	assert_int_equal(fake_counters[0].type, 30);
	assert_int_equal(fake_counters[0].cpu, 0);
	assert_int_equal(fake_counters[0].config.word[0], READS);
	assert_int_equal(fake_counters[1].cpu, 2);
	assert_int_equal(fake_counters[2].config.word[0], WRITES);
	assert_int_equal(fake_counters[4].type, 31);
	assert_int_equal(sampler.sample.bandwidth_error, 0);
	assert_int_equal(sampler.sample.n_bandwidths, 2);
	assert_int_equal(part(0)->known, 0);
}

/* All channels of a socket, within two seconds; opened once only. */
static void test_controllers__rates(void **state)
{
	(void)state;
	start(xeon, NULL);
	look();

	fake_perf_run(READS, 1000, 2000000000, 2000000000);
	fake_perf_run(WRITES, 100, 2000000000, 2000000000);
	look();

	assert_int_equal(fake_perf_opens, 8);
	assert_int_equal(part(0)->known, TIER_BANDWIDTH_KNOWS_READ |
						 TIER_BANDWIDTH_KNOWS_WRITE |
						 TIER_BANDWIDTH_KNOWS_TOTAL);
	assert_true(part(0)->read_per_sec > 63999 && part(0)->read_per_sec < 64001);
	assert_true(part(0)->write_per_sec > 6399 && part(0)->write_per_sec < 6401);
	assert_true(part(1)->total_per_sec > 70399 && part(1)->total_per_sec < 70401);
	assert_string_equal(part(1)->source, "uncore_imc");
}

/* One socket has one node with memory, the other has two whose traffic nobody tells apart. */
static void test_controllers__whose_it_is(void **state)
{
	(void)state;

	start(xeon, NULL);

	assert_int_equal(part(0)->domain, 0);
	assert_int_equal(part(0)->of, TIER_BANDWIDTH_OF_NODE);
	assert_int_equal(part(0)->nodes.bits[0], 1);
	assert_int_equal(part(1)->domain, 1);
	assert_int_equal(part(1)->of, TIER_BANDWIDTH_OF_PACKAGE);
	assert_int_equal(part(1)->nodes.bits[0], 6);
}

/* A node without memory has no traffic, and one that is as near to both may be either's. */
static void test_controllers__whose_that_may_be(void **state)
{
	static const struct test_file none_there[] = {
		{ "/sys/devices/system/node/has_memory", "0-1\n", 0 },
		{ 0 },
	};
	static const struct test_file between[] = {
		{ NODE "2/distance", "17 17 10\n", 0 },
		{ 0 },
	};

	(void)state;

	start(xeon, none_there);
	assert_int_equal(part(1)->of, TIER_BANDWIDTH_OF_NODE);
	assert_int_equal(part(1)->nodes.bits[0], 2);

	controllers_close(&sampler);
	start(xeon, between);
	assert_int_equal(part(0)->of, TIER_BANDWIDTH_OF_PACKAGE);
	assert_int_equal(part(0)->nodes.bits[0], 5);
	assert_int_equal(part(1)->nodes.bits[0], 6);
}

static void test_controllers__clusters_are_one_part(void **state)
{
	(void)state;

	start(xeon, clusters);

	assert_int_equal(sampler.sample.n_bandwidths, 1);
	assert_int_equal(part(0)->of, TIER_BANDWIDTH_OF_PACKAGE);
	assert_int_equal(part(0)->nodes.bits[0], 3);
}

/* A node of memory that came while we looked. */
static void test_controllers__nodes_change(void **state)
{
	static const struct test_file before[] = {
		{ "/sys/devices/system/node/has_memory", "0-1\n", 0 },
		{ 0 },
	};
	static const struct test_file after[] = {
		{ "/sys/devices/system/node/has_memory", "0-2\n", 0 },
		{ 0 },
	};

	(void)state;
	start(xeon, before);
	assert_int_equal(part(1)->of, TIER_BANDWIDTH_OF_NODE);

	root = patched_root(root, after);
	look();

	assert_int_equal(part(1)->of, TIER_BANDWIDTH_OF_PACKAGE);
	assert_int_equal(fake_perf_opens, 8);
}

/* What two names count is counted once, and persistent memory apart. */
static void test_controllers__pmem_apart(void **state)
{
	(void)state;

	start(free_running, NULL);

	assert_int_equal(fake_perf_open(), 8);
	assert_int_equal(sampler.sample.n_bandwidths, 4);
	assert_string_equal(part(0)->source, "uncore_imc");
	assert_string_equal(part(3)->source, "uncore_imc_free_running");
	assert_int_equal(part(2)->of, TIER_BANDWIDTH_OF_PMEM);
	assert_int_equal(part(2)->nodes.bits[0], 0);
	assert_int_equal(part(3)->of, TIER_BANDWIDTH_OF_PMEM);
	assert_int_equal(part(3)->nodes.bits[0], 4);
}

static void test_controllers__client(void **state)
{
	(void)state;

	start(client, NULL);
	fake_perf_run(1, 50, 1000, 1000);
	look();

	assert_int_equal(sampler.sample.n_bandwidths, 1);
	assert_int_equal(part(0)->of, TIER_BANDWIDTH_OF_NODE);
	assert_true(part(0)->read_per_sec > 1599 && part(0)->read_per_sec < 1601);
}

/* A counter that ran for a quarter of the time saw a quarter; one that never ran saw nothing,
 * and that is not 0. */
static void test_controllers__multiplexed(void **state)
{
	(void)state;
	start(xeon, NULL);
	look();

	fake_perf_run(READS, 1000, 500000000, 2000000000);
	fake_perf_run(WRITES, 0, 0, 2000000000);
	look();

	assert_int_equal(part(0)->known, TIER_BANDWIDTH_KNOWS_READ);
	assert_true(part(0)->read_per_sec > 255999 && part(0)->read_per_sec < 256001);
	fake_perf_run(READS, 0, 2000000000, 2000000000);
	fake_perf_run(WRITES, 100, 2000000000, 2000000000);
	look();
	look();
	assert_int_equal(part(0)->known, TIER_BANDWIDTH_KNOWS_READ |
						 TIER_BANDWIDTH_KNOWS_WRITE |
						 TIER_BANDWIDTH_KNOWS_TOTAL);
}

/* One channel that fails leaves its socket's sum unknown, and the other's as it was. */
static void test_controllers__one_fails(void **state)
{
	(void)state;
	start(xeon, NULL);
	look();

	fake_counters[0].error = -EIO;
	look();

	assert_int_equal(part(0)->known, TIER_BANDWIDTH_KNOWS_WRITE);
	assert_int_equal(part(1)->known, TIER_BANDWIDTH_KNOWS_READ |
						 TIER_BANDWIDTH_KNOWS_WRITE |
						 TIER_BANDWIDTH_KNOWS_TOTAL);
}

/* Less than before: started anew by somebody. */
static void test_controllers__goes_back(void **state)
{
	(void)state;
	start(xeon, NULL);
	fake_perf_run(READS, 1000, 1000, 1000);
	look();

	fake_counters[0].count.value = 10;
	look();

	assert_int_equal(part(0)->known, TIER_BANDWIDTH_KNOWS_WRITE);
}

/* ---- refused, missing, cut short ------------------------------------------------------------- */

static void test_controllers__refused(void **state)
{
	static const int errors[] = { -EACCES, -EPERM, -ENOSYS, -EMFILE, -EINVAL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		uint32_t descriptors = sampler.descriptors;

		fake_perf_error = errors[i];
		fake_perf_reset();
		fake_perf_fails = 3;
		controllers_close(&sampler);
		root_close(root);
		root = files_root(xeon);

		look();

		assert_int_equal(sampler.sample.n_bandwidths, 0);
		assert_int_equal(sampler.sample.bandwidth_error, errors[i]);
		assert_string_equal(sampler.sample.bandwidth_counter, "uncore_imc_0");
		assert_int_equal(fake_perf_open(), 0);
		assert_int_equal(sampler.descriptors, descriptors);
	}
}

/* That the driver went meanwhile is not that there never was one. */
static void test_controllers__gone(void **state)
{
	(void)state;
	root_close(root);
	root = files_root(xeon);
	fake_perf_reset();
	fake_perf_error = -ENOENT;
	fake_perf_fails = 0;

	look();

	assert_int_equal(sampler.sample.bandwidth_error, -ENODEV);
}

/* They count among what may stay open, and come before processes. */
static void test_controllers__no_descriptors_left(void **state)
{
	(void)state;

	sampler.descriptors = 7;
	start(xeon, NULL);
	assert_int_equal(sampler.sample.bandwidth_error, -EMFILE);
	assert_int_equal(fake_perf_open(), 0);

	controllers_close(&sampler);
	sampler.descriptors = 8;
	start(xeon, NULL);
	assert_int_equal(sampler.sample.bandwidth_error, 0);
	assert_int_equal(fake_perf_open(), 8);
	assert_int_equal(sampler.descriptors, 0);
}

static void test_controllers__another_machine(void **state)
{
	(void)state;
	root_close(root);
	root = files_root(xeon);
	sampler.looking.root = root;

	assert_int_equal(refresh(&sampler, &everybody), 0);

	assert_int_equal(sampler.sample.bandwidth_error, -ENXIO);
	assert_int_equal(sampler.sample.n_bandwidths, 0);
}

static void test_controllers__files(void **state)
{
	static const char *const paths[] = {
		"type",
		"cpumask",
		"format/event",
		"format/umask",
		"events/cas_count_read",
		"events/cas_count_read.scale",
		"events/cas_count_read.unit",
		"events/cas_count_write",
		"events/cas_count_write.scale",
	};
	static const struct {
		const char *content;
		int error, expected;
	} how[] = {
		{ NULL, -ENOENT, -EBADMSG },
		{ NULL, -EACCES, -EACCES },
		{ NULL, -EIO, -EIO },
		{ "", 0, -EBADMSG },
		{ "\n", 0, -EBADMSG },
		{ "config:", 0, -EBADMSG },
		{ "99999999999999999999\n", 0, -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		for (size_t k = 0; k < ARRAY_SIZE(how); k++) {
			char path[128];
			const struct test_file files[] = {
				{ path, how[k].content, how[k].error },
				{ 0 },
			};

			snprintf(path, sizeof(path), PMU "uncore_imc_1/%s", paths[i]);
			controllers_close(&sampler);

			start(xeon, files);

			assert_int_equal(sampler.sample.bandwidth_error, how[k].expected);
			assert_string_equal(sampler.sample.bandwidth_counter,
					    "uncore_imc_1");
			assert_int_equal(fake_perf_opens, 0);
			root_close(root);
			root = files_root(xeon);
		}
}

/* A device without events that we know, and one that has none of its own. */
static void test_controllers__no_event(void **state)
{
	static const struct test_file others[] = {
		{ "/proc/uptime", "1\n", 0 },
		{ PMU "amd_umc_0/type", "20\n", 0 },
		{ PMU "amd_umc_0/cpumask", "0\n", 0 },
		{ PMU "amd_umc_0/format/event", "config:0-7\n", 0 },
		{ 0 },
	};
	static const struct test_file not_ours[] = {
		{ "/proc/uptime", "1\n", 0 },
		{ PMU "uncore_imcx_0/type", "20\n", 0 },
		{ PMU "cpu/type", "4\n", 0 },
		{ 0 },
	};

	(void)state;

	start(others, NULL);
	assert_int_equal(sampler.sample.bandwidth_error, -EOPNOTSUPP);
	assert_string_equal(sampler.sample.bandwidth_counter, "amd_umc_0");

	controllers_close(&sampler);
	start(not_ours, NULL);
	assert_int_equal(sampler.sample.bandwidth_error, -ENOENT);
}

/* Who looks at one process is told nothing of the machine's, and opens nothing for it. */
static void test_controllers__one_process(void **state)
{
	const struct allowance one = { .pid = 20, .pages = 100, .cpu_ns = 1000000 };

	(void)state;
	fake_perf_reset();
	root = patched_root(root, xeon);
	sampler.looking.root = root;
	sampler.looking.perf = &fake_perf;

	assert_int_equal(refresh(&sampler, &one), 0);

	assert_int_equal(fake_perf_opens, 0);
	assert_int_equal(sampler.sample.bandwidth_error, -ENODATA);
}

static int scenario(void *arg)
{
	int ret;

	(void)arg;
	fake_perf_reset();
	ret = watch_twice(&fake_perf);
	assert_int_equal(fake_perf_open(), 0);
	return ret;
}

static void test_controllers__survives_faults(void **state)
{
	(void)state;
	root_close(root);
	root = files_root(free_running);

	assert_true(fault_each(scenario, NULL) > 60);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_set_up, watch_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_controllers__opened_as_sysfs_says),
		TEST(test_controllers__rates),
		TEST(test_controllers__whose_it_is),
		TEST(test_controllers__whose_that_may_be),
		TEST(test_controllers__clusters_are_one_part),
		TEST(test_controllers__nodes_change),
		TEST(test_controllers__pmem_apart),
		TEST(test_controllers__client),
		TEST(test_controllers__multiplexed),
		TEST(test_controllers__one_fails),
		TEST(test_controllers__goes_back),
		TEST(test_controllers__refused),
		TEST(test_controllers__gone),
		TEST(test_controllers__no_descriptors_left),
		TEST(test_controllers__another_machine),
		TEST(test_controllers__files),
		TEST(test_controllers__no_event),
		TEST(test_controllers__one_process),
		TEST(test_controllers__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
