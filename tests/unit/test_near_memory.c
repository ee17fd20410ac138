// SPDX-License-Identifier: GPL-2.0-or-later
// Which memory CPUs get that have none of their own to use: by latency where that decides,
// else by distance, else nobody knows. Node 0 has CPUs and no memory, nodes 1 and 2 have
// memory; a case says what is known of the ways.
#include "machine.h"
#include "unit.h"

#define NODE_DIR "/sys/devices/system/node/"
#define MEMORY(node)                                      \
	{                                                 \
		NODE_DIR "node" node "/meminfo",          \
			"Node " node " MemTotal: 64 kB\n" \
			"Node " node " MemFree: 4 kB\n",  \
			0                                 \
	}
#define CPUS(node, list)                                      \
	{                                                     \
		NODE_DIR "node" node "/cpulist", list "\n", 0 \
	}
#define DISTANCE(row)                                  \
	{                                              \
		NODE_DIR "node0/distance", row "\n", 0 \
	}
/* By distance, as only node 0 has CPUs. */
#define NEAR_0(node)                                              \
	{                                                         \
		NODE_DIR "node" node "/distance", "17 20 20\n", 0 \
	}
#define ACCESS(node, class) NODE_DIR "node" node "/access" class "/initiators/"
#define SEEN(node, class, from)                                    \
	{                                                          \
		ACCESS(node, class) "node" from "/uevent", "\n", 0 \
	}
#define LATENCY(node, class, ns)                               \
	{                                                      \
		ACCESS(node, class) "read_latency", ns "\n", 0 \
	}
#define BANDWIDTH(node, mib)                                    \
	{                                                       \
		ACCESS(node, "1") "read_bandwidth", mib "\n", 0 \
	}
#define ALLOWED(list)                                                    \
	{                                                                \
		"/proc/self/status", "Mems_allowed_list:\t" list "\n", 0 \
	}

#define MOST_FILES 8

struct row {
	struct test_file files[MOST_FILES];
	const char *words; /* the user's */
	int memory;	   /* -1: not known */
	enum tier_source source;
	const char *says;
};

static const struct row rows[] = {
	/* Nothing but distance. */
	{ { DISTANCE("10 21 17") },
	  NULL,
	  2,
	  TIER_SOURCE_KERNEL,
	  "node0/distance: 17, the" },
	{ { DISTANCE("10 17 21") }, NULL, 1, TIER_SOURCE_KERNEL, "17, the least" },
	{ { DISTANCE("10 20 20") },
	  NULL,
	  1,
	  TIER_SOURCE_KERNEL,
	  "node0/distance: 20, the same to nodes 1-2: the lowest number" },
	{ { { 0 } }, NULL, -1, TIER_SOURCE_NONE, "neither latency nor distance" },
	{ { DISTANCE("x") }, NULL, -1, TIER_SOURCE_NONE, "neither latency nor distance" },

	/* Latency from these CPUs counts more than distance; bandwidth does not count. */
	{ { DISTANCE("10 13 17"), SEEN("1", "1", "0"), LATENCY("1", "1", "110"),
	    SEEN("2", "1", "0"), LATENCY("2", "1", "100") },
	  NULL,
	  2,
	  TIER_SOURCE_ACCESS1,
	  "a read latency of 100 ns, the least" },
	{ { DISTANCE("10 17 13"), SEEN("1", "0", "0"), LATENCY("1", "0", "100"),
	    SEEN("2", "0", "0"), LATENCY("2", "0", "100") },
	  NULL,
	  1,
	  TIER_SOURCE_ACCESS0,
	  "a read latency of 100 ns, the same to nodes 1-2: the lowest number" },
	{ { DISTANCE("10 17 13"), SEEN("1", "1", "0"), BANDWIDTH("1", "90000"),
	    SEEN("2", "1", "0"), BANDWIDTH("2", "10000") },
	  NULL,
	  2,
	  TIER_SOURCE_KERNEL,
	  "distance: 13" },
	{ { DISTANCE("10 17 13") },
	  "node:1 read_latency=80ns; node:2 read_latency=300ns",
	  2,
	  TIER_SOURCE_KERNEL,
	  "distance: 13" },
	{ { DISTANCE("10 17 17"), NEAR_0("1"), NEAR_0("2") },
	  "node:1 read_latency=300ns; node:2 read_latency=80ns",
	  2,
	  TIER_SOURCE_USER,
	  "a read latency of 80 ns, the least" },

	/* One of two is not seen from here. If its own CPUs get less, these might. */
	{ { DISTANCE("10 11 17"), CPUS("1", "1"), SEEN("1", "1", "1"),
	    LATENCY("1", "1", "80"), SEEN("2", "1", "0"), LATENCY("2", "1", "300") },
	  NULL,
	  1,
	  TIER_SOURCE_KERNEL,
	  "distance: 11" },
	{ { DISTANCE("10 11 17"), CPUS("1", "1"), SEEN("1", "1", "1"),
	    LATENCY("1", "1", "300"), SEEN("2", "1", "0"), LATENCY("2", "1", "80") },
	  NULL,
	  2,
	  TIER_SOURCE_ACCESS1,
	  "80 ns" },
	{ { DISTANCE("10 11 17"), SEEN("2", "1", "0"), LATENCY("2", "1", "80") },
	  NULL,
	  1,
	  TIER_SOURCE_KERNEL,
	  "distance: 11" },
	/* Both are its CPUs' own, and these are as near as those. */
	{ { DISTANCE("10 11 11"), CPUS("1", "1"), SEEN("1", "1", "0"),
	    SEEN("1", "1", "1"), LATENCY("1", "1", "80"), SEEN("2", "1", "0"),
	    LATENCY("2", "1", "300") },
	  NULL,
	  1,
	  TIER_SOURCE_ACCESS1,
	  "80 ns" },

	/* Only memory that may be used. */
	{ { DISTANCE("10 21 17"), ALLOWED("0-1") }, NULL, 1, TIER_SOURCE_KERNEL, ": 21" },
	{ { DISTANCE("10 21 17"), ALLOWED("0") },
	  NULL,
	  -1,
	  TIER_SOURCE_NONE,
	  "neither latency" },
	{ { DISTANCE("10 21 17"), ALLOWED("0-1"), SEEN("1", "1", "0"),
	    LATENCY("1", "1", "110"), SEEN("2", "1", "0"), LATENCY("2", "1", "100") },
	  NULL,
	  1,
	  TIER_SOURCE_ACCESS1,
	  "110 ns, the least" },

	/* Its own, when it has some. */
	{ { DISTANCE("10 21 17"), MEMORY("0") }, NULL, 0, TIER_SOURCE_KERNEL, "own" },
	{ { DISTANCE("10 21 17"), MEMORY("0"), ALLOWED("1-2") },
	  NULL,
	  2,
	  TIER_SOURCE_KERNEL,
	  ": 17" },
};

static struct machine machine_of_row(const struct row *row)
{
	struct test_file files[MOST_FILES + 5] = {
		MEMORY("1"), /* nodes with memory, and node 0 by its CPUs */
		MEMORY("2"),
		CPUS("0", "0"),
		CPUS("2", ""),
	};
	size_t count = 4;

	for (size_t i = 0; i < MOST_FILES && row->files[i].path; i++)
		files[count++] = row->files[i];
	return machine_of_root(files_root(files), row->words);
}

static int memory_of(const struct machine *machine, unsigned int node)
{
	const struct tier_node_info *info = topology_node(machine->t, node);

	return info->flags & TIER_NODE_KNOWS_NEAR_MEMORY ? (int)info->near_memory : -1;
}

static void test_near_memory__rows(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct machine machine = machine_of_row(row);
		const struct tier_evidence *why =
			&topology_node(machine.t, 0)->near_memory_why;
		struct tier_diag diag = { 0 };

		if (memory_of(&machine, 0) != row->memory || why->source != row->source ||
		    !strstr(why->text, row->says))
			ROW_FAILS(failures, "row %zu: %d, %s, '%s'\n", i,
				  memory_of(&machine, 0), tier_source_name(why->source),
				  why->text);
		if (tier_topology_check(machine.t, &diag))
			ROW_FAILS(failures, "row %zu: %s\n", i, diag.message);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* Memory without CPUs has no need of other memory. */
static void test_near_memory__no_cpus(void **state)
{
	struct machine machine = machine_of_row(&rows[0]);

	(void)state;
	assert_int_equal(memory_of(&machine, 2), -1);
	assert_says(topology_node(machine.t, 2)->near_memory_why.text, "no CPUs");
	machine_close(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near_memory__rows),
		cmocka_unit_test(test_near_memory__no_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
