// SPDX-License-Identifier: GPL-2.0-or-later
// This machine as libnuma sees it, beside our own reading: an independent witness.
#include <numa.h>
#include <numaif.h>
#include <sched.h>

#include "mempolicy.h"
#include "nodeset.h"
#include "platform.h"
#include "unit.h"

static struct facts facts;

static int read_machine(void **state)
{
	struct root *root;

	(void)state;
	if (root_open(NULL, &root, NULL))
		return -1;
	(void)!facts_read_nodes(root, &facts);
	(void)!facts_read_kernel(root, &facts);
	root_close(root);
	return 0;
}

static int free_machine(void **state)
{
	(void)state;
	facts_free(&facts);
	return 0;
}

static void want_numa(void)
{
	if (numa_available() >= 0)
		return;
	print_message("skip: libnuma finds no NUMA policies here\n");
	skip();
}

static struct tier_nodeset from_libnuma(const struct bitmask *mask)
{
	struct tier_nodeset nodes = { 0 };

	for (unsigned int node = 0; node < TIER_MAX_NODES; node++)
		if (numa_bitmask_isbitset(mask, node))
			assert_int_equal(tier_nodeset_add(&nodes, node), 0);
	return nodes;
}

static void test_libnuma__sees_the_same_nodes(void **state)
{
	struct tier_nodeset theirs, ours;

	(void)state;
	want_numa();
	assert_true(facts.has_memory.known && facts.mems_allowed.known);

	theirs = from_libnuma(numa_all_nodes_ptr);
	ours = nodeset_and(&facts.has_memory.nodes, &facts.mems_allowed.nodes);
	assert_true(nodeset_equal(&theirs, &ours));
}

static void test_libnuma__sees_the_same_sizes_and_distances(void **state)
{
	(void)state;
	want_numa();

	for (size_t i = 0; i < facts.n_nodes; i++) {
		const struct node_fact *node = &facts.nodes[i];
		long long size = numa_node_size64((int)node->node, NULL);

		if (size >= 0 && node->total_bytes.known)
			assert_int_equal(node->total_bytes.value, size);
		for (size_t k = 0; node->distance && k < facts.n_nodes; k++)
			assert_int_equal(node->distance[k],
					 numa_distance((int)node->node,
						       (int)facts.nodes[k].node));
	}
}

/* The node of each CPU is the one whose list has it. */
static void test_libnuma__sees_the_same_cpus(void **state)
{
	(void)state;
	want_numa();

	for (size_t i = 0; i < facts.n_nodes; i++) {
		struct tier_nodeset cpus;

		/* The lists have one syntax, and CPUs up to 1023 are enough here. */
		if (!facts.nodes[i].cpus ||
		    tier_nodeset_parse(facts.nodes[i].cpus, &cpus, NULL))
			continue;
		for_each_node(cpu, &cpus)
			assert_int_equal(numa_node_of_cpu(cpu), facts.nodes[i].node);
	}
}

static void test_libnuma__reads_our_policies_back(void **state)
{
	static const struct {
		enum tier_mode mode;
		int kernel_mode;
	} rows[] = {
		{ TIER_MODE_PREFER, MPOL_PREFERRED },
		{ TIER_MODE_BIND, MPOL_BIND },
		{ TIER_MODE_INTERLEAVE, MPOL_INTERLEAVE },
	};
	struct tier_nodeset one = { 0 };

	(void)state;
	want_numa();
	if (mempolicy_has_mode(&sys_linux, TIER_MODE_BIND) != 1) {
		print_message("skip: set_mempolicy is blocked here\n");
		skip();
	}
	assert_int_equal(tier_nodeset_add(&one, (unsigned int)tier_nodeset_next(
							&facts.mems_allowed.nodes, -1)),
			 0);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bitmask *mask = numa_allocate_nodemask();
		struct tier_nodeset theirs;
		int mode;

		assert_int_equal(mempolicy_set(&sys_linux, rows[i].mode, &one), 0);
		assert_int_equal(
			get_mempolicy(&mode, mask->maskp, mask->size + 1, NULL, 0), 0);
		theirs = from_libnuma(mask);
		numa_free_nodemask(mask);
		assert_int_equal(mode, rows[i].kernel_mode | MEMPOLICY_STATIC_NODES);
		assert_true(nodeset_equal(&theirs, &one));
	}
	assert_int_equal(mempolicy_set(&sys_linux, TIER_MODE_DEFAULT, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_libnuma__sees_the_same_nodes),
		cmocka_unit_test(test_libnuma__sees_the_same_sizes_and_distances),
		cmocka_unit_test(test_libnuma__sees_the_same_cpus),
		cmocka_unit_test(test_libnuma__reads_our_policies_back),
	};

	return cmocka_run_group_tests(tests, read_machine, free_machine);
}
