// SPDX-License-Identifier: GPL-2.0-or-later
// Which nodes tierbench places memory on, and from whose CPUs it looks: what its matrix goes
// through, on captured machines.
#include "bench.h"
#include "unit.h"

#define NODES_MOST 8

/* What would be told on stderr, but for what fills it in. */
static char said[200];

int say(int status, const char *object, const char *why, ...)
{
	snprintf(said, sizeof(said), "%s: %s", object, why);
	return status;
}

int say_error(const char *object, const char *what, int error)
{
	(void)error;
	return say(STATUS_FAILED, object, "%s", what);
}

static struct host open_captured(const char *name)
{
	char root[256];
	struct tier_ctx_config config = { .root = root };
	struct host host = { 0 };
	struct tier_diag diag = { 0 };

	snprintf(root, sizeof(root), TEST_FIXTURES "/%s/capture", name);
	if (tier_ctx_new(&host.ctx, &config, sizeof(config), &diag))
		fail_msg("%s: %s", root, diag.message);
	assert_int_equal(
		tier_topology_load(host.ctx, TIER_LOAD_CHEAP, &host.topology, NULL), 0);
	/* This process may run on all of them. */
	memset(&host.allowed, 0xff, sizeof(host.allowed));
	return host;
}

static bool are(const struct tier_nodeset *nodes, const int *wanted)
{
	int node = -1;

	for (; *wanted >= 0; wanted++)
		if ((node = tier_nodeset_next(nodes, node)) != *wanted)
			return false;
	return tier_nodeset_next(nodes, node) < 0;
}

/* Nodes without CPUs are only looked at, nodes without memory only look. */
static void test_nodes__memory_and_cpus(void **state)
{
	static const struct {
		const char *machine;
		int memory[NODES_MOST], cpus[NODES_MOST];
	} rows[] = {
		{ "memoryless-cpu", { 0, 2, -1 }, { 0, 1, 2, 3, -1 } },
		{ "qemu-sparse-6.12", { 0, 2, 4, 6, -1 }, { 0, 2, -1 } },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host host = open_captured(rows[i].machine);
		struct tier_nodeset memory, cpus;

		assert_int_equal(host_nodes(&host, "all", &memory), 0);
		host_cpu_nodes(&host, &cpus);
		if (!are(&memory, rows[i].memory) || !are(&cpus, rows[i].cpus))
			ROW_FAILS(failures, "%s\n", rows[i].machine);
		host_close(&host);
	}
	assert_rows(failures);
}

/* A node without memory has CPUs to look from, and cannot be asked for. */
static void test_nodes__without_memory(void **state)
{
	struct host host = open_captured("memoryless-cpu");
	struct tier_nodeset nodes;
	int cpus[4];

	(void)state;
	assert_int_equal(host_cpus(&host, 1, cpus, 4), 2);
	assert_int_equal(cpus[0], 2);
	assert_int_equal(cpus[1], 3);
	assert_int_equal(host_nodes(&host, "node:1", &nodes), STATUS_NOT_FOUND);
	assert_string_equal(said, "node 1: nothing can be placed there: %s");
	assert_int_equal(host_nearest(&host, 2), 2);
	host_close(&host);
}

/* CPUs that are forbidden are none, and a node with no others looks at nothing. */
static void test_nodes__forbidden_cpus(void **state)
{
	struct host host = open_captured("memoryless-cpu");
	struct tier_nodeset cpus;
	int found[4];

	(void)state;
	for (size_t cpu = 2; cpu < 7; cpu++)
		CPU_CLR_S(cpu, sizeof(host.allowed), (cpu_set_t *)&host.allowed);
	host_cpu_nodes(&host, &cpus);
	assert_true(are(&cpus, (const int[]){ 0, 3, -1 }));
	assert_int_equal(host_cpus(&host, 3, found, 4), 1);
	assert_int_equal(found[0], 7);
	/* The memory of 2 is nearest to 3 then. */
	assert_int_equal(host_nearest(&host, 2), 3);
	host_close(&host);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nodes__memory_and_cpus),
		cmocka_unit_test(test_nodes__without_memory),
		cmocka_unit_test(test_nodes__forbidden_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
