// SPDX-License-Identifier: GPL-2.0-or-later
// Single conclusions that no whole machine shows alone: what counts when one file of
// 2s-pmem (DRAM 0-1, pmem 2-3) is missing, masked or says something else.
#include "machine.h"
#include "unit.h"

#define NODE_DIR  "/sys/devices/system/node/"
/* What is not there is not ranked either. */
#define NO_MEMORY (TIER_NODE_HAS_MEMORY | TIER_NODE_KNOWS_RANK)
#define DAX \
	"/sys/devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region0/dax0.0/dax0.0"
#define DEMOTION "/sys/kernel/mm/numa/demotion_enabled"
#define WEIGHTS	 "/sys/kernel/mm/mempolicy/weighted_interleave/"

struct row {
	struct test_file file;
	bool is_bad;	/* a note bad-file names it */
	uint32_t lost;	/* flags that node 0 then lacks */
	uint32_t added; /* and that it has, besides what it had */
};

static const struct row rows[] = {
	/* CPUs: has_cpu still tells that there are some. */
	{ { NODE_DIR "node0/cpulist", "banana\n", 0 }, true, 0, 0 },
	{ { NODE_DIR "node0/cpulist", "0-8192\n", 0 }, true, 0, 0 },
	{ { NODE_DIR "node0/cpulist", "0,\n", 0 }, true, 0, 0 },
	{ { NODE_DIR "node0/cpulist", "0 1\n", 0 }, true, 0, 0 },
	{ { NODE_DIR "node0/cpulist", NULL, -EACCES }, true, 0, 0 },
	{ { NODE_DIR "node0/cpulist", NULL, -ENOENT }, false, 0, 0 },
	{ { NODE_DIR "node0/cpulist", "\n", 0 },
	  false,
	  TIER_NODE_HAS_CPUS | TIER_NODE_KNOWS_NEAR_MEMORY,
	  0 },
	{ { NODE_DIR "has_cpu", "\n", 0 }, false, 0, 0 },
	/* Weights. */
	{ { WEIGHTS "node0", "0\n", 0 }, true, TIER_NODE_KNOWS_WEIGHT, 0 },
	{ { WEIGHTS "node0", "256\n", 0 }, true, TIER_NODE_KNOWS_WEIGHT, 0 },
	{ { WEIGHTS "node0", "4294967297\n", 0 }, true, TIER_NODE_KNOWS_WEIGHT, 0 },
	{ { WEIGHTS "node0", NULL, -ENOENT }, false, TIER_NODE_KNOWS_WEIGHT, 0 },
	{ { WEIGHTS "node0", "255\n", 0 }, false, 0, 0 },
	/* Memory: the list of nodes, or MemTotal where that is missing. */
	{ { NODE_DIR "has_memory", NULL, -ENOENT }, false, 0, 0 },
	{ { NODE_DIR "has_memory", "1-3\n", 0 }, false, NO_MEMORY, 0 },
	{ { NODE_DIR "has_memory", "banana\n", 0 }, true, 0, 0 },
	{ { NODE_DIR "node0/meminfo", "Node 0 MemTotal: 0 kB\nNode 0 MemFree: 0 kB\n",
	    0 },
	  false,
	  NO_MEMORY,
	  0 },
	{ { NODE_DIR "node0/meminfo", NULL, -ENOENT },
	  false,
	  TIER_NODE_KNOWS_TOTAL | TIER_NODE_KNOWS_FREE,
	  0 },
	{ { NODE_DIR "node0/meminfo", "Node 0 MemTotal: 4096 kB\n", 0 },
	  true,
	  TIER_NODE_KNOWS_FREE,
	  0 },
	{ { NODE_DIR "node0/meminfo",
	    "Node 0 MemTotal: 99999999999999999999 kB\nNode 0 MemFree: 0 kB\n", 0 },
	  true,
	  TIER_NODE_KNOWS_TOTAL,
	  0 },
	{ { NODE_DIR "node0/meminfo",
	    "Node 0 MemTotal: 4096 kB\nNode 0 MemFree: 4097 kB\n", 0 },
	  true,
	  TIER_NODE_KNOWS_FREE,
	  0 },
	{ { NODE_DIR "node0/meminfo",
	    "Node 0 MemTotal: 4096 kB\nNode 0 MemFree: 4096 kB\n", 0 },
	  false,
	  0,
	  0 },
	/* Movable: in the one list and not in the other. */
	{ { NODE_DIR "has_normal_memory", "1\n", 0 }, false, 0, TIER_NODE_MOVABLE_ONLY },
	{ { NODE_DIR "has_normal_memory", NULL, -ENOENT }, false, 0, 0 },
	/* Who may use it. */
	{ { "/proc/self/status", "Mems_allowed_list:\t1-3\n", 0 },
	  false,
	  TIER_NODE_ALLOWED,
	  0 },
	{ { "/proc/self/status", "Name:\tcat\n", 0 }, true, TIER_NODE_ALLOWED, 0 },
	{ { NODE_DIR "online", "1-3\n", 0 },
	  false,
	  TIER_NODE_ONLINE | TIER_NODE_KNOWS_NEAR_MEMORY,
	  0 },
	{ { NODE_DIR "online", NULL, -ENOENT }, false, 0, 0 },
	{ { NODE_DIR "online", "0-x\n", 0 }, true, 0, 0 },
	/* Devices. */
	{ { DAX "/target_node", "1024\n", 0 }, true, 0, 0 },
	{ { DAX "/target_node", "-7\n", 0 }, false, 0, 0 },
	/* The kernel's tiers. */
	{ { "/sys/devices/virtual/memory_tiering/memory_tier4/nodelist", "1\n", 0 },
	  false,
	  TIER_NODE_KNOWS_KERNEL_TIER,
	  0 },
};

static void test_conclude__flags(void **state)
{
	struct machine whole = machine_fixture("2s-pmem");
	uint32_t flags = topology_node(whole.t, 0)->flags;
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct test_file files[] = { row->file, { 0 } };
		struct machine machine = machine_patched("2s-pmem", files);
		uint32_t expected = (flags & ~row->lost) | row->added;
		uint32_t got = topology_node(machine.t, 0)->flags;
		const struct tier_note *note = find_note(machine.t, "bad-file");
		struct tier_diag diag = { 0 };

		if (got != expected)
			ROW_FAILS(failures, "%s '%s': flags %x, not %x\n", row->file.path,
				  row->file.content, got, expected);
		if (row->is_bad != (note && strstr(note->text, row->file.path)))
			ROW_FAILS(failures, "%s '%s': note: %s\n", row->file.path,
				  row->file.content, note ? note->text : "none");
		if (tier_topology_check(machine.t, &diag))
			ROW_FAILS(failures, "%s '%s': %s\n", row->file.path,
				  row->file.content, diag.message);
		machine_close(&machine);
	}
	machine_close(&whole);
	assert_rows(failures);
}

/* A node that is known to have CPUs, but not which, is still DRAM and near itself. */
static void test_conclude__masked_cpus(void **state)
{
	static const struct test_file files[] = {
		{ NODE_DIR "node0/cpulist", NULL, -EACCES },
		{ 0 },
	};
	struct machine machine = machine_patched("2s-pmem", files);
	const struct tier_node_info *node = topology_node(machine.t, 0);

	(void)state;
	assert_int_equal(node->kind, TIER_KIND_DRAM);
	assert_string_equal(node->cpus, "");
	assert_string_equal(set_text(&node->near_nodes), "0");
	machine_close(&machine);
}

/* Only where all hold movable memory alone; of a node that is not there, who knows. */
static void test_conclude__only_movable(void **state)
{
	static const struct {
		const char *nodes;
		bool only_movable;
	} cases[] = {
		{ "2", true },	  { "2-3", true }, { "1", false }, { "1-2", false },
		{ "2,9", false }, { "9", false },  { "", false },
	};
	static const struct test_file files[] = {
		{ NODE_DIR "has_normal_memory", "0-1\n", 0 },
		{ 0 },
	};
	struct machine machine = machine_patched("2s-pmem", files);
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tier_nodeset nodes;

		assert_int_equal(tier_nodeset_parse(cases[i].nodes, &nodes, NULL), 0);
		if (topology_only_movable(machine.t, &nodes) != cases[i].only_movable)
			ROW_FAILS(failures, "'%s': not %d\n", cases[i].nodes,
				  cases[i].only_movable);
	}
	machine_close(&machine);
	assert_rows(failures);
}

#define MEMINFO(node)                                     \
	{                                                 \
		NODE_DIR "node" node "/meminfo",          \
			"Node " node " MemTotal: 64 kB\n" \
			"Node " node " MemFree: 4 kB\n",  \
			0                                 \
	}
#define INITIATOR(class, node)                                                           \
	{                                                                                \
		NODE_DIR "node2/access" class "/initiators/node" node "/uevent", "\n", 0 \
	}

/* Whose CPUs are near: as CPUs are named, as any initiator is, by distance. */
static void test_conclude__near(void **state)
{
	static const struct {
		struct test_file files[3]; /* of node 2, which has no CPUs */
		const char *distance;
		const char *near;
	} cases[] = {
		{ { INITIATOR("1", "0"), INITIATOR("0", "1"), { 0 } }, "20 20 10\n", "0" },
		{ { INITIATOR("0", "1"), { 0 } }, "20 20 10\n", "1" },
		{ { INITIATOR("1", "0"), INITIATOR("1", "1"), { 0 } },
		  "20 30 10\n",
		  "0-1" },
		/* A device is no CPU. */
		{ { INITIATOR("1", "2"), INITIATOR("0", "1"), { 0 } }, "20 20 10\n", "1" },
		{ { INITIATOR("1", "2"), { 0 } }, "20 20 10\n", "0-1" },
		{ { { 0 } }, "20 30 10\n", "0" },
		{ { { 0 } }, "30 20 10\n", "1" },
		{ { { 0 } }, "20 20 10\n", "0-1" },
		{ { { 0 } }, "x\n", "" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct test_file files[7 + 3] = {
			MEMINFO("0"),
			MEMINFO("1"),
			MEMINFO("2"),
			{ NODE_DIR "node0/cpulist", "0\n", 0 },
			{ NODE_DIR "node1/cpulist", "1\n", 0 },
			{ NODE_DIR "node2/cpulist", "\n", 0 },
			{ NODE_DIR "node2/distance", cases[i].distance, 0 },
		};
		struct machine machine;
		const char *near;

		memcpy(files + 7, cases[i].files, sizeof(cases[i].files));
		machine = machine_of_root(files_root(files), NULL);
		near = set_text(&topology_node(machine.t, 2)->near_nodes);
		if (strcmp(near, cases[i].near))
			ROW_FAILS(failures, "case %zu: near '%s'\n", i, near);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* The kernel's switches: what is not told, or not in words that it uses, is unknown. */
static void test_conclude__switches(void **state)
{
	static const struct {
		struct test_file file;
		uint32_t cleared, set;
	} cases[] = {
		{ { DEMOTION, "true\n", 0 }, 0, TIER_KERNEL_DEMOTES },
		{ { DEMOTION, "1\n", 0 }, 0, TIER_KERNEL_DEMOTES },
		{ { DEMOTION, "false\n", 0 }, TIER_KERNEL_DEMOTES, 0 },
		{ { DEMOTION, "maybe\n", 0 },
		  TIER_KERNEL_KNOWS_DEMOTION | TIER_KERNEL_DEMOTES,
		  0 },
		{ { DEMOTION, NULL, -EACCES },
		  TIER_KERNEL_KNOWS_DEMOTION | TIER_KERNEL_DEMOTES,
		  0 },
		{ { "/proc/sys/kernel/numa_balancing", "2\n", 0 },
		  0,
		  TIER_KERNEL_KNOWS_BALANCING },
		{ { "/proc/sys/kernel/numa_balancing", "x\n", 0 },
		  TIER_KERNEL_KNOWS_BALANCING,
		  0 },
		{ { "/sys/devices/system/memory/block_size_bytes", NULL, -ENOENT },
		  TIER_KERNEL_KNOWS_BLOCK,
		  0 },
	};
	static const struct test_file nothing[] = { { 0 } };
	struct machine whole = machine_patched("2s-pmem", nothing);
	struct tier_kernel_info before;
	int failures = 0;

	(void)state;
	tier_kernel_get(whole.t, &before, sizeof(before));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct test_file files[] = { cases[i].file, { 0 } };
		struct machine machine = machine_patched("2s-pmem", files);
		uint32_t flags = (before.flags & ~cases[i].cleared) | cases[i].set;
		struct tier_kernel_info now;

		tier_kernel_get(machine.t, &now, sizeof(now));
		if (now.flags != flags)
			ROW_FAILS(failures, "%s: flags %x, not %x\n", cases[i].file.path,
				  now.flags, flags);
		machine_close(&machine);
	}
	machine_close(&whole);
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conclude__flags),
		cmocka_unit_test(test_conclude__masked_cpus),
		cmocka_unit_test(test_conclude__only_movable),
		cmocka_unit_test(test_conclude__near),
		cmocka_unit_test(test_conclude__switches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
