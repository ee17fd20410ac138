// SPDX-License-Identifier: GPL-2.0-or-later
// Every word of the selectors on machines where it means something, and what is said
// where it means nothing.
#include "machine.h"
#include "unit.h"

struct row {
	const char *machine;
	const char *selector;
	const char *nodes;
};

/* Rows of one machine follow each other, so that it is loaded once. */
static const struct row meanings[] = {
	/* Two sockets with pmem: two kinds, two tiers. */
	{ "2s-pmem", "dram", "0-1" },
	{ "2s-pmem", "pmem", "2-3" },
	{ "2s-pmem", "all", "0-3" },
	{ "2s-pmem", "fastest", "0-1" },
	{ "2s-pmem", "slowest", "2-3" },
	{ "2s-pmem", "fast", "0-1" },
	{ "2s-pmem", "slow", "2-3" },
	{ "2s-pmem", "tier:0", "0-1" },
	{ "2s-pmem", "tier:1", "2-3" },
	{ "2s-pmem", "tier:0,tier:1", "0-3" },
	{ "2s-pmem", "node:3", "3" },
	{ "2s-pmem", "node:0,2", "0,2" },
	{ "2s-pmem", "node:0,2-3", "0,2-3" },
	{ "2s-pmem", "node:0,2,dram", "0-2" },
	{ "2s-pmem", "dram,node:3", "0-1,3" },
	{ "2s-pmem", "dram,pmem", "0-3" },
	{ "2s-pmem", "dram,dram", "0-1" },
	{ "2s-pmem", "!pmem", "0-1" },
	{ "2s-pmem", "!node:0", "1-3" },
	{ "2s-pmem", "!node:0,2", "1,3" },
	{ "2s-pmem", "!node:0-2,!dram", "3" },
	{ "2s-pmem", "all,!node:3", "0-2" },
	{ "2s-pmem", "dram,!node:0", "1" },
	{ "2s-pmem", "dram,!node:0,2", "1" },
	/* From left to right: what is taken away may come back. */
	{ "2s-pmem", "!dram,node:0", "0,2-3" },
	{ "2s-pmem", "node:0,!dram,dram", "0-1" },
	{ "2s-pmem", "!gpu", "0-3" },
	{ "2s-pmem", "all,gpu", "0-3" },
	/* DRAM in the middle. */
	{ "hbm-and-cxl", "hbm", "1" },
	{ "hbm-and-cxl", "cxl", "2" },
	{ "hbm-and-cxl", "fastest", "1" },
	{ "hbm-and-cxl", "slowest", "2" },
	{ "hbm-and-cxl", "fast", "0-1" },
	{ "hbm-and-cxl", "slow", "2" },
	{ "hbm-and-cxl", "tier:1", "0" },
	{ "hbm-and-cxl", "fast,!fastest", "0" },
	{ "hbm-and-cxl", "!dram", "1-2" },
	/* One tier is both ends. */
	{ "laptop", "fastest", "0" },
	{ "laptop", "slowest", "0" },
	{ "laptop", "fast", "0" },
	/* GPU memory only when named. */
	{ "gpu-power9", "all", "0,8" },
	{ "gpu-power9", "gpu", "250-255" },
	{ "gpu-power9", "!node:0", "8" },
	{ "gpu-power9", "node:250", "250" },
	{ "gpu-power9", "dram,gpu", "0,8,250-255" },
	{ "gpu-power9", "fastest", "0,8" },
	{ "gpu-power9", "slowest", "0,8" },
	{ "gpu-power9", "gpu,!node:250-254", "255" },
	/* A task that may use half of the machine. */
	{ "cpuset-restricted", "dram", "0" },
	{ "cpuset-restricted", "all", "0,2" },
	{ "cpuset-restricted", "slowest", "2" },
	{ "cpuset-restricted", "tier:1", "2" },
	{ "cpuset-restricted", "!dram", "2" },
	{ "cpuset-restricted", "node:1", "1" },
	/* Nodes without memory, and such as are not there yet, by number alone. */
	{ "empty-node", "node:1", "1" },
	{ "empty-node", "cxl", "1" },
	{ "empty-node", "!cxl", "0" },
	{ "empty-node", "all", "0" },
	{ "dax-devdax", "node:2", "2" },
	{ "dax-devdax", "all", "0-1" },
	{ "memoryless-cpu", "node:1,3", "1,3" },
	{ "memoryless-cpu", "dram", "0,2" },
	/* No DRAM: what is beside the CPUs stands for it. */
	{ "hbm-only-told", "dram", "0-3" },
	{ "hbm-only-told", "hbm", "0-3" },
	{ "hbm-only-told", "fast", "0-3" },
	/* Without a rank, whatever needs no order. */
	{ "cpuless-firmware", "dram", "0" },
	{ "cpuless-firmware", "all", "0-1" },
	{ "cpuless-firmware", "tier:0", "0" },
	{ "cpuless-firmware", "!dram", "1" },
	{ "sparse-ids", "slow", "34,45,72-73" },
	{ "no-node0", "fastest", "1" },
};

static void test_selector__meanings(void **state)
{
	struct machine machine = { 0 };
	const char *loaded = "";
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		const struct row *row = &meanings[i];
		struct tier_nodeset set = { 0 };
		struct tier_diag diag = { 0 };

		if (strcmp(loaded, row->machine)) {
			machine_close(&machine);
			machine = machine_fixture(row->machine);
			loaded = row->machine;
		}
		if (tier_select(machine.t, row->selector, &set, &diag))
			ROW_FAILS(failures, "%s: %s: %s\n", row->machine, row->selector,
				  diag.message);
		else if (strcmp(set_text(&set), row->nodes))
			ROW_FAILS(failures, "%s: %s: got %s\n", row->machine,
				  row->selector, set_text(&set));
	}
	machine_close(&machine);
	assert_rows(failures);
}

static void test_selector__refused(void **state)
{
	static const struct {
		const char *machine;
		const char *selector;
		int error;
		const char *says;
	} rows[] = {
		/* Nothing matches: what would have. */
		{ "2s-pmem", "cxl", -ENXIO,
		  "'cxl' selects no usable memory here: dram is node 0-1, pmem is node "
		  "2-3" },
		{ "2s-pmem", "gpu", -ENXIO, "dram is node 0-1" },
		{ "2s-pmem", "dram,!dram", -ENXIO, "'dram,!dram' selects no usable" },
		{ "2s-pmem", "!all", -ENXIO, "dram is node 0-1" },
		{ "2s-pmem", "!dram,!pmem", -ENXIO, "dram is node 0-1" },
		{ "2s", "slow", -ENXIO, "'slow' selects no usable memory" },
		{ "2s-pmem", "tier:2", -ENXIO,
		  "there is no tier 2; this machine has 2, from 0" },
		{ "2s-pmem", "node:4", -ENXIO, "there is no node 4" },
		{ "2s-pmem", "node:0-3,1023", -ENXIO, "there is no node 1023" },
		{ "2s-pmem", "node:0,9", -ENXIO, "there is no node 9" },
		{ "2s-pmem", "all,!node:9", -ENXIO, "there is no node 9" },
		{ "sparse-ids", "node:0-2,32", -ENXIO, "there is no node 32" },
		{ "no-node0", "node:0", -ENXIO, "there is no node 0" },
		{ "cpuset-restricted", "node:1,!node:1", -ENXIO,
		  "dram is node 0, pmem is node 2; node 1 is dram, but this task may "
		  "not use it" },
		{ "dax-devdax", "pmem", -ENXIO,
		  "dram is node 0-1; node 2 is pmem, but it is not online" },
		{ "gpu-power9", "hbm", -ENXIO,
		  "dram is node 0,8; node 250-255 is gpu, but a GPU's memory is used "
		  "only when named" },
		{ "small-cxl", "pmem", -ENXIO,
		  "dram is node 0, cxl is node 1, unknown is node 2" },
		/* No order to go by. */
		{ "cpuless-firmware", "fastest", -ENODATA,
		  "node 1 has no rank (no figures" },
		{ "cpuless-firmware", "slowest", -ENODATA,
		  "name it by node:1 or tell its kind in TIERKIT_NODES" },
		{ "cpuless-firmware", "fast", -ENODATA, "node 1 has no rank" },
		{ "cpuless-firmware", "dram,slow", -ENODATA, "node 1 has no rank" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_fixture(rows[i].machine);
		struct tier_nodeset set = { { 5 } };
		struct tier_diag diag = { 0 };
		int ret = tier_select(machine.t, rows[i].selector, &set, &diag);

		if (ret != rows[i].error || !strstr(diag.message, rows[i].says) ||
		    set.bits[0] != 5)
			ROW_FAILS(failures, "%s: %s: %d: %s\n", rows[i].machine,
				  rows[i].selector, ret, diag.message);
		if (tier_select(machine.t, rows[i].selector, &set, NULL) != ret)
			ROW_FAILS(failures, "%s: other without diag\n", rows[i].selector);
		machine_close(&machine);
	}
	assert_rows(failures);
}

static void test_selector__bad_text(void **state)
{
	static const struct {
		const char *selector;
		uint32_t column;
		const char *says;
	} rows[] = {
		{ "", 1, "expected a selector" },
		{ ",dram", 1, "expected a selector" },
		{ "dram,", 6, "expected a selector" },
		{ "dram,,pmem", 6, "expected a selector" },
		{ "ram", 1, "'ram' selects nothing; there are dram, hbm" },
		{ "DRAM", 1, "selects nothing" },
		{ "dram pmem", 1, "selects nothing" },
		{ " dram", 1, "selects nothing" },
		{ "dram\n", 1, "selects nothing" },
		{ "dram,pmm", 6, "'pmm' selects nothing" },
		{ "!", 1, "selects nothing" },
		{ "!!dram", 1, "selects nothing" },
		{ "tier", 1, "selects nothing" },
		{ "tier:", 1, "expected a tier's number, 0 is the fastest" },
		{ "tier:x", 1, "expected a tier's number" },
		{ "tier:-1", 1, "expected a tier's number" },
		{ "tier:0x1", 1, "expected a tier's number" },
		{ "tier:1\n", 1, "expected a tier's number" },
		{ "tier:0-1", 1, "expected a tier's number" },
		{ "tier:1024", 1, "expected a tier's number" },
		{ "tier:99999999999999999999", 1, "expected a tier's number" },
		{ "node:", 1, "expected decimal node numbers below 1024" },
		{ "node:0x3", 1, "expected decimal node numbers" },
		{ "node:1024", 1, "expected decimal node numbers" },
		{ "node:2-1", 1, "expected decimal node numbers" },
		{ "node:0\n", 1, "expected decimal node numbers" },
		{ "node:0,2000", 8, "'2000': expected decimal node numbers" },
		{ "node:0,2x", 8, "'2x': expected decimal node numbers" },
		{ "node:0,!2", 8, "a node is named node:2" },
		{ "0", 1, "'0' selects nothing; a node is named node:0" },
		{ "dram,2-3", 6, "a node is named node:2-3" },
		{ "9", 1, "a node is named node:9" },
		{ "tier:0,1", 8, "a node is named node:1" },
		{ "node:0,dram,1", 13, "a node is named node:1" },
		{ "dram,"
		  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		  6, "no selector is that long" },
	};
	struct machine machine = machine_fixture("2s-pmem");
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_nodeset set = { { 5 } };
		struct tier_diag diag = { 0 };
		int ret = tier_select(machine.t, rows[i].selector, &set, &diag);

		if (ret != -EINVAL || diag.line != 1 || diag.column != rows[i].column ||
		    !strstr(diag.message, rows[i].says) || set.bits[0] != 5)
			ROW_FAILS(failures, "'%s': %d, column %u: %s\n", rows[i].selector,
				  ret, diag.column, diag.message);
	}
	machine_close(&machine);
	assert_rows(failures);
}

/* The ends are those of what may be used. */
static void test_selector__order_of_usable_nodes(void **state)
{
	static const struct {
		const char *allowed;
		const char *fastest, *slowest;
	} rows[] = {
		{ "0-3", "0-1", "2-3" },
		{ "2-3", "2-3", "2-3" },
		{ "0,1", "0-1", "0-1" },
		{ "1-2", "1", "2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char status[64];
		struct test_file files[] = { { "/proc/self/status", status, 0 }, { 0 } };
		struct machine machine;
		struct tier_nodeset set;

		snprintf(status, sizeof(status), "Mems_allowed_list:\t%s\n",
			 rows[i].allowed);
		machine = machine_patched("2s-pmem", files);
		assert_int_equal(tier_select(machine.t, "fastest", &set, NULL), 0);
		assert_string_equal(set_text(&set), rows[i].fastest);
		assert_int_equal(tier_select(machine.t, "slowest", &set, NULL), 0);
		assert_string_equal(set_text(&set), rows[i].slowest);
		machine_close(&machine);
	}
}

/* A selector with much to say leaves room for why it is refused. */
static void test_selector__long_text_in_messages(void **state)
{
	static const char selector[] =
		"node:0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
		"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
		"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,!all";
	struct machine machine = machine_fixture("cpuset-restricted");
	struct tier_diag diag = { 0 };
	struct tier_nodeset set;

	(void)state;
	assert_int_equal(tier_select(machine.t, selector, &set, &diag), -ENXIO);

	assert_says(
		diag.message,
		"...' selects no usable memory here: dram is node 0, pmem is node 2; node 1 "
		"is dram, but this task may not use it");
	machine_close(&machine);
}

/* Where nothing may be used, the reasons stand alone. */
static void test_selector__nothing_usable_at_all(void **state)
{
	static const struct test_file files[] = {
		{ "/proc/self/status", "Mems_allowed_list:\t9\n", 0 }, { 0 }
	};
	struct machine machine = machine_patched("2s-pmem", files);
	struct tier_diag diag = { 0 };
	struct tier_nodeset set;

	(void)state;
	assert_int_equal(tier_select(machine.t, "dram", &set, &diag), -ENXIO);

	assert_says(diag.message, "here: node 0-1 is dram, but this task may not use it");
	machine_close(&machine);
}

/* With more to say than fits, whole entries go, never half of one. */
static void test_selector__entries_that_do_not_fit(void **state)
{
	static const struct test_file files[] = {
		{ "/proc/self/status", "Mems_allowed_list:\t0,2,34,45\n", 0 },
		{ 0 },
	};
	struct root *root = patched_root(fixture_root("sparse-ids"), files);
	struct machine machine = machine_of_root(root,
						 "node:2 kind=hbm; node:45 kind=pmem;"
						 "node:33 kind=gpu");
	struct tier_diag diag = { 0 };
	struct tier_nodeset set;

	(void)state;
	assert_int_equal(tier_select(machine.t, "!all", &set, &diag), -ENXIO);

	/* Left out: node 72-73 is cxl, node 33 is gpu. */
	assert_string_equal(
		diag.message,
		"'!all' selects no usable memory here: dram is node 0, hbm is "
		"node 2, cxl is node 34, pmem is node 45; node 1 is dram, but "
		"this task may not use it (Mems_allowed_list)");
	machine_close(&machine);
}

/* A machine with CPUs on nodes without memory: there are fast and slow tiers, but
 * nothing that is known to be DRAM to measure them by. */
static void test_selector__fast_needs_dram(void **state)
{
	static const struct test_file files[] = {
		{ .path = "/sys/devices/system/node/node0/cpulist", .content = "\n" },
		{ .path = "/sys/devices/system/node/node1/cpulist", .content = "\n" },
		{ .path = "/sys/devices/system/node/has_cpu", .content = "\n" },
		{ 0 },
	};
	static const char *const words[] = { "fast", "slow" };
	struct machine machine = machine_patched("2s-pmem", files);
	struct tier_nodeset set;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct tier_diag diag = { 0 };

		assert_int_equal(tier_select(machine.t, words[i], &set, &diag), -ENODATA);
		assert_says(diag.message, "fastest and slowest can be told");
	}
	assert_int_equal(tier_select(machine.t, "fastest", &set, NULL), 0);
	assert_string_equal(set_text(&set), "0-1");
	machine_close(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_selector__meanings),
		cmocka_unit_test(test_selector__refused),
		cmocka_unit_test(test_selector__bad_text),
		cmocka_unit_test(test_selector__order_of_usable_nodes),
		cmocka_unit_test(test_selector__long_text_in_messages),
		cmocka_unit_test(test_selector__nothing_usable_at_all),
		cmocka_unit_test(test_selector__entries_that_do_not_fit),
		cmocka_unit_test(test_selector__fast_needs_dram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
