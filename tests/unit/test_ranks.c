// SPDX-License-Identifier: GPL-2.0-or-later
// Ranks and kinds by figures that are known in part: like is compared with like. What
// whole machines show is in test_traps.c.
#include "machine.h"
#include "unit.h"

/* "0:1 1:0": nodes with their ranks, '-' for none. */
static void render(const struct tier_topology *t, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_node_info *node = &t->nodes[i];

		len += (size_t)snprintf(text + len, size - len, "%s%u:", i ? " " : "",
					node->node);
		if (node->flags & TIER_NODE_KNOWS_RANK)
			len += (size_t)snprintf(text + len, size - len, "%u", node->rank);
		else
			len += (size_t)snprintf(text + len, size - len, "-");
	}
}

static void test_ranks__figures(void **state)
{
	static const struct {
		const char *machine;
		const char *node_words;
		const char *ranks;
	} rows[] = {
		/* Two nodes of DRAM without figures of their own. */
		{ "2s", "", "0:0 1:0" },
		{ "2s", "node:0 read_latency=100ns; node:1 read_latency=200ns",
		  "0:0 1:1" },
		{ "2s", "node:0 read_latency=200ns; node:1 read_latency=100ns",
		  "0:1 1:0" },
		/* 10 % is alike, a little more is not. */
		{ "2s", "node:0 read_latency=1000ns; node:1 read_latency=1100ns",
		  "0:0 1:0" },
		{ "2s", "node:0 read_latency=1000ns; node:1 read_latency=1101ns",
		  "0:0 1:1" },
		{ "2s", "node:0 read_bandwidth=10GB/s; node:1 read_bandwidth=11GB/s",
		  "0:0 1:0" },
		{ "2s", "node:0 read_bandwidth=10GB/s; node:1 read_bandwidth=12GB/s",
		  "0:1 1:0" },
		/* Latency over bandwidth, as the kernel has it. */
		{ "2s",
		  "node:0 read_latency=100ns read_bandwidth=10GB/s;"
		  "node:1 read_latency=200ns read_bandwidth=40GB/s",
		  "0:1 1:0" },
		/* The one that both have. */
		{ "2s",
		  "node:0 read_latency=100ns read_bandwidth=10GB/s;"
		  "node:1 read_latency=200ns",
		  "0:0 1:1" },
		{ "2s",
		  "node:0 read_latency=100ns read_bandwidth=10GB/s;"
		  "node:1 read_bandwidth=40GB/s",
		  "0:1 1:0" },
		/* Reading with reading: writing is slow, and known of one alone. */
		{ "2s",
		  "node:0 read_bandwidth=100GB/s write_bandwidth=20GB/s;"
		  "node:1 read_bandwidth=80GB/s",
		  "0:0 1:1" },
		{ "2s",
		  "node:0 read_latency=100ns write_latency=900ns;"
		  "node:1 read_latency=200ns",
		  "0:0 1:1" },
		/* Of both the mean, where both are known. */
		{ "2s",
		  "node:0 read_bandwidth=100GB/s write_bandwidth=20GB/s;"
		  "node:1 read_bandwidth=80GB/s write_bandwidth=80GB/s",
		  "0:1 1:0" },
		{ "2s",
		  "node:0 read_bandwidth=100GB/s write_bandwidth=40GB/s;"
		  "node:1 read_bandwidth=60GB/s write_bandwidth=60GB/s",
		  "0:0 1:1" },
		/* Nothing in common is still better than nothing. */
		{ "2s", "node:0 read_latency=100ns; node:1 write_latency=300ns",
		  "0:0 1:1" },
		/* One with figures is before and after nobody: kinds decide. */
		{ "2s", "node:0 read_latency=100ns", "0:0 1:0" },
		{ "2s", "node:0 read_latency=100ns; node:1 kind=pmem", "0:0 1:1" },
		{ "2s", "node:1 read_latency=100ns kind=pmem", "0:0 1:1" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_of_root(fixture_root(rows[i].machine),
							 rows[i].node_words);
		char ranks[128];

		render(machine.t, ranks, sizeof(ranks));
		if (strcmp(ranks, rows[i].ranks))
			ROW_FAILS(failures, "'%s': %s\n", rows[i].node_words, ranks);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* ---- taking a place among those with figures ------------------------------------------ */

#define NODES 4

/* Nodes 0-3 with memory, of which only node 0 has CPUs and so a kind; the kernel's tiers
 * are "ID LIST". */
static struct root *four_nodes(const char *const tiers[])
{
	static char paths[2 * NODES + 4][96], texts[2 * NODES + 4][96];
	struct test_file files[ARRAY_SIZE(paths) + 1] = { { 0 } };
	size_t count = 0;

	for (int node = 0; node < NODES; node++) {
		sprintf(paths[count], "/sys/devices/system/node/node%d/meminfo", node);
		sprintf(texts[count++],
			"Node %d MemTotal: 64 kB\nNode %d MemFree: 4 kB\n", node, node);
		sprintf(paths[count], "/sys/devices/system/node/node%d/cpulist", node);
		strcpy(texts[count++], node ? "\n" : "0-3\n");
	}
	for (; *tiers; tiers++) {
		const char *list = strchr(*tiers, ' ') + 1;

		sprintf(paths[count],
			"/sys/devices/virtual/memory_tiering/memory_tier%.*s/nodelist",
			(int)(list - 1 - *tiers), *tiers);
		sprintf(texts[count++], "%s\n", list);
	}
	for (size_t i = 0; i < count; i++)
		files[i] = (struct test_file){ paths[i], texts[i], 0 };
	return files_root(files);
}

static void test_ranks__places(void **state)
{
	static const struct {
		const char *tiers[5];
		const char *node_words;
		const char *ranks;
	} rows[] = {
		/* By the kernel alone, where it tells nodes apart. */
		{ { "4 0", "22 1-2", "50 3" }, "", "0:0 1:1 2:1 3:2" },
		{ { "22 0", "4 3", "1 1-2" }, "", "0:2 1:0 2:0 3:1" },
		{ { "4 0-3" }, "", "0:0 1:- 2:- 3:-" },
		{ { "4 0-2" }, "", "0:0 1:- 2:- 3:-" },
		/* One that the kernel does not know stays without a place. */
		{ { "4 0", "22 1" }, "", "0:0 1:1 2:- 3:-" },
		/* Beside an equal, */
		{ { "1 3", "4 0-1", "22 2" },
		  "node:3 read_latency=50ns; node:0 read_latency=100ns",
		  "0:1 1:1 2:2 3:0" },
		/* between, so that others move on, */
		{ { "4 0", "22 1-2", "50 3" },
		  "node:0 read_latency=100ns; node:3 read_latency=900ns",
		  "0:0 1:1 2:1 3:2" },
		/* before all, */
		{ { "1 1-2", "4 0", "50 3" },
		  "node:0 read_latency=100ns; node:3 read_latency=900ns",
		  "0:1 1:0 2:0 3:2" },
		/* behind all, */
		{ { "4 0", "22 3", "50 1-2" },
		  "node:0 read_latency=100ns; node:3 read_latency=900ns",
		  "0:0 1:2 2:2 3:1" },
		/* and behind whoever is before, where the kernel contradicts itself. */
		{ { "4 0-1", "22 2-3" },
		  "node:0 read_latency=100ns; node:3 read_latency=50ns",
		  "0:1 1:1 2:2 3:0" },
		/* Equals in two tiers: the first that is not too early. */
		{ { "4 0-2", "22 3" },
		  "node:0 read_latency=100ns; node:1 read_latency=300ns",
		  "0:0 1:1 2:0 3:2" },
		/* By kind, in the same way. */
		{ { NULL },
		  "node:1 kind=hbm; node:2 kind=cxl; node:3 kind=pmem",
		  "0:1 1:0 2:2 3:3" },
		{ { NULL }, "node:1-2 kind=pmem; node:3 kind=dram", "0:0 1:1 2:1 3:0" },
		{ { NULL },
		  "node:0 read_latency=100ns; node:1 kind=cxl;"
		  "node:3 kind=pmem read_latency=300ns",
		  "0:0 1:1 2:- 3:2" },
		{ { NULL }, "node:1 kind=gpu; node:2 kind=cxl", "0:0 1:- 2:1 3:-" },
		/* The kernel first, then kinds: node 3 is in none of its tiers, and all that
		 * is known of it is that DRAM is faster. */
		{ { "4 0", "22 1-2" }, "node:3 kind=pmem", "0:0 1:2 2:2 3:1" },
		{ { "4 0", "22 1-2" },
		  "node:2 kind=cxl; node:3 kind=pmem",
		  "0:0 1:1 2:1 3:2" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine =
			machine_of_root(four_nodes(rows[i].tiers), rows[i].node_words);
		struct tier_diag diag = { 0 };
		char ranks[128];

		render(machine.t, ranks, sizeof(ranks));
		if (strcmp(ranks, rows[i].ranks))
			ROW_FAILS(failures, "row %zu, '%s': %s\n", i, rows[i].node_words,
				  ranks);
		if (tier_topology_check(machine.t, &diag))
			ROW_FAILS(failures, "row %zu: %s\n", i, diag.message);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* Memory that is alone is the fastest, whatever it is. */
static void test_ranks__alone(void **state)
{
	static const struct test_file files[] = {
		{ "/sys/devices/system/node/node3/meminfo",
		  "Node 3 MemTotal: 64 kB\nNode 3 MemFree: 4 kB\n", 0 },
		{ "/sys/devices/system/node/node5/cpulist", "0-3\n", 0 },
		{ "/sys/devices/system/node/node5/meminfo",
		  "Node 5 MemTotal: 0 kB\nNode 5 MemFree: 0 kB\n", 0 },
		{ 0 },
	};
	struct machine machine = machine_of_root(files_root(files), NULL);
	char ranks[64];

	(void)state;
	render(machine.t, ranks, sizeof(ranks));

	assert_string_equal(ranks, "3:0 5:-");
	assert_string_equal(topology_node(machine.t, 3)->rank_why.text,
			    "the only node with memory");
	assert_string_equal(topology_node(machine.t, 5)->rank_why.text,
			    "no memory to rank");
	machine_close(&machine);
}

/* ---- hwloc's tiers ---------------------------------------------------------------------- */

static const char *hwloc_tiers[NODES];

static int look(struct root *root, struct facts *facts)
{
	(void)root;
	for (unsigned int i = 0; i < NODES; i++) {
		struct node_fact *node = facts_add_node(facts, i);

		assert_non_null(node);
		if (!hwloc_tiers[i])
			continue;
		node->hwloc_tier = arena_strdup(&facts->arena, hwloc_tiers[i]);
		assert_non_null(node->hwloc_tier);
	}
	return 0;
}

static void test_ranks__hwloc(void **state)
{
	static const struct witness_ops hwloc = { .name = "hwloc", .load = look };
	static const struct {
		const char *hwloc_tiers[NODES];
		const char *tiers[3]; /* the kernel's */
		const char *ranks;
	} rows[] = {
		{ { "1", "0", "2", "2" }, { NULL }, "0:1 1:0 2:2 3:2" },
		/* The kernel's come before. */
		{ { "1", "0", "2", "2" }, { "4 0", "22 1-3" }, "0:0 1:1 2:1 3:1" },
		{ { "1", "0", "2", "2" }, { "4 0-3" }, "0:1 1:0 2:2 3:2" },
		/* What is no number is no tier. */
		{ { "0", "x", "", "1024" }, { NULL }, "0:0 1:- 2:- 3:-" },
		{ { "0", "1023", "-1", NULL }, { NULL }, "0:0 1:1 2:- 3:-" },
		/* One for all says nothing. */
		{ { "0", "0", "0", "0" }, { NULL }, "0:0 1:- 2:- 3:-" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct topology_source source = { .root = four_nodes(rows[i].tiers),
						  .hwloc = &hwloc };
		struct tier_topology *t;
		char ranks[128];

		memcpy(hwloc_tiers, rows[i].hwloc_tiers, sizeof(hwloc_tiers));
		assert_int_equal(topology_read(&source, &t, NULL), 0);
		render(t, ranks, sizeof(ranks));
		if (strcmp(ranks, rows[i].ranks))
			ROW_FAILS(failures, "row %zu: %s\n", i, ranks);
		tier_topology_unref(t);
		root_close(source.root);
	}
	assert_rows(failures);
}

/* Node 1 of hmem-undecided is memory of which nothing but figures can tell more. */
static void test_ranks__kinds_by_figures(void **state)
{
	static const struct {
		const char *node_words;
		enum tier_kind kind;
		const char *says;
	} rows[] = {
		{ "", TIER_KIND_UNKNOWN, "no figures decide" },
		{ "node:0 read_bandwidth=100GB/s; node:1 read_bandwidth=151GB/s",
		  TIER_KIND_HBM, "1.5 times the bandwidth of DRAM" },
		{ "node:0 read_bandwidth=100GB/s; node:1 read_bandwidth=150GB/s",
		  TIER_KIND_UNKNOWN, "1.50 times DRAM's bandwidth" },
		{ "node:0 write_bandwidth=10GB/s; node:1 write_bandwidth=30GB/s",
		  TIER_KIND_HBM, "3.0 times the bandwidth of DRAM" },
		/* Reading with reading. */
		{ "node:0 read_bandwidth=100GB/s write_bandwidth=20GB/s;"
		  "node:1 read_bandwidth=120GB/s",
		  TIER_KIND_UNKNOWN, "1.20 times DRAM's bandwidth" },
		/* Not with writing, and not with latency. */
		{ "node:0 write_bandwidth=10GB/s; node:1 read_bandwidth=100GB/s",
		  TIER_KIND_UNKNOWN, "no figures decide" },
		{ "node:0 read_latency=100ns; node:1 read_latency=10ns",
		  TIER_KIND_UNKNOWN, "no figures decide" },
		/* Without DRAM there is nothing to hold it against. */
		{ "node:0 read_bandwidth=10GB/s kind=cxl; node:1 read_bandwidth=99GB/s",
		  TIER_KIND_UNKNOWN, "no figures decide" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_of_root(fixture_root("hmem-undecided"),
							 rows[i].node_words);
		const struct tier_node_info *node = topology_node(machine.t, 1);

		if (node->kind != rows[i].kind ||
		    !strstr(node->kind_why.text, rows[i].says))
			ROW_FAILS(failures, "'%s': %s: %s\n", rows[i].node_words,
				  tier_kind_name(node->kind), node->kind_why.text);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* Figures of memory that is not there tell nothing. */
static void test_ranks__no_kind_without_memory(void **state)
{
	static const struct test_file files[] = {
		{ "/sys/devices/system/node/node1/meminfo",
		  "Node 1 MemTotal: 0 kB\nNode 1 MemFree: 0 kB\n", 0 },
		{ 0 },
	};
	struct root *root = patched_root(fixture_root("hmem-undecided"), files);
	struct machine machine = machine_of_root(root, "node:0 read_bandwidth=10GB/s;"
						       "node:1 read_bandwidth=99GB/s");

	(void)state;
	assert_int_equal(topology_node(machine.t, 1)->kind, TIER_KIND_UNKNOWN);
	assert_string_equal(topology_node(machine.t, 1)->kind_why.text,
			    "no memory there");
	machine_close(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranks__figures),
		cmocka_unit_test(test_ranks__places),
		cmocka_unit_test(test_ranks__alone),
		cmocka_unit_test(test_ranks__hwloc),
		cmocka_unit_test(test_ranks__kinds_by_figures),
		cmocka_unit_test(test_ranks__no_kind_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
