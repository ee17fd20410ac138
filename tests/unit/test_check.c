// SPDX-License-Identifier: GPL-2.0-or-later
// Each invariant of a topology, broken by hand: a check that cannot fail is none.
#include "machine.h"
#include "unit.h"

/* tests/fixtures/2s-pmem: DRAM 0-1 is tier 0, pmem 2-3 is tier 1. */
enum { DRAM_0, DRAM_1, PMEM_2, PMEM_3 };

static void swap_nodes(struct tier_topology *t)
{
	struct tier_node_info first = t->nodes[DRAM_0];

	t->nodes[DRAM_0] = t->nodes[DRAM_1];
	t->nodes[DRAM_1] = first;
}

static void repeat_node(struct tier_topology *t)
{
	t->nodes[PMEM_3].node = 2;
}

static void put_in_two_tiers(struct tier_topology *t)
{
	assert_int_equal(tier_nodeset_add(&t->tiers[1].nodes, 0), 0);
	t->tiers[1].kind = TIER_KIND_UNKNOWN;
	t->tiers[1].total_bytes += t->nodes[DRAM_0].total_bytes;
	t->tiers[1].free_bytes += t->nodes[DRAM_0].free_bytes;
}

static void change_rank(struct tier_topology *t)
{
	t->nodes[PMEM_2].rank = 0;
}

static void forget_rank(struct tier_topology *t)
{
	t->nodes[PMEM_2].flags &= ~(uint32_t)TIER_NODE_KNOWS_RANK;
}

static void forget_usability(struct tier_topology *t)
{
	t->nodes[PMEM_2].usability = TIER_USABLE_UNKNOWN;
}

static void go_offline(struct tier_topology *t)
{
	t->nodes[PMEM_2].flags &= ~(uint32_t)TIER_NODE_ONLINE;
}

static void lose_memory(struct tier_topology *t)
{
	t->nodes[PMEM_2].flags &= ~(uint32_t)TIER_NODE_HAS_MEMORY;
}

static void become_gpu(struct tier_topology *t)
{
	t->nodes[PMEM_2].kind = TIER_KIND_GPU;
	t->tiers[1].kind = TIER_KIND_UNKNOWN;
}

static void be_forbidden(struct tier_topology *t)
{
	t->nodes[PMEM_2].flags &= ~(uint32_t)TIER_NODE_ALLOWED;
}

static void forget_kind_source(struct tier_topology *t)
{
	t->nodes[PMEM_2].kind_why.source = TIER_SOURCE_NONE;
}

static void forget_figures_source(struct tier_topology *t)
{
	t->nodes[PMEM_2].perf.why.source = TIER_SOURCE_NONE;
}

static void forget_rank_source(struct tier_topology *t)
{
	t->nodes[PMEM_2].rank_why.source = TIER_SOURCE_NONE;
}

static void have_more_free_than_all(struct tier_topology *t)
{
	t->tiers[1].free_bytes -= t->nodes[PMEM_2].free_bytes;
	t->nodes[PMEM_2].free_bytes = t->nodes[PMEM_2].total_bytes + 1;
	t->tiers[1].free_bytes += t->nodes[PMEM_2].free_bytes;
}

static void be_near_pmem(struct tier_topology *t)
{
	assert_int_equal(tier_nodeset_add(&t->nodes[PMEM_2].near_nodes, 3), 0);
}

static void be_near_nothing(struct tier_topology *t)
{
	assert_int_equal(tier_nodeset_add(&t->nodes[PMEM_2].near_nodes, 9), 0);
}

static void be_memory_of_no_cpus(struct tier_topology *t)
{
	t->nodes[PMEM_2].flags |= TIER_NODE_KNOWS_NEAR_MEMORY;
	t->nodes[PMEM_2].near_memory_why.source = TIER_SOURCE_KERNEL;
}

static void get_memory_of_nothing(struct tier_topology *t)
{
	t->nodes[DRAM_0].near_memory = 9;
}

static void forget_memory_source(struct tier_topology *t)
{
	t->nodes[DRAM_0].near_memory_why.source = TIER_SOURCE_NONE;
}

static void lose_text(struct tier_topology *t)
{
	t->nodes[PMEM_2].usability_why.text = NULL;
}

static void lose_cpus(struct tier_topology *t)
{
	t->nodes[PMEM_2].cpus = NULL;
}

static void empty_tier(struct tier_topology *t)
{
	t->tiers = arena_grow(&t->arena, t->tiers, 2, sizeof(*t->tiers));
	assert_non_null(t->tiers);
	t->tiers[t->n_tiers++] = (struct tier_info){ .rank = 2 };
}

static void misnumber_tier(struct tier_topology *t)
{
	t->tiers[1].rank = 2;
}

static void add_ghost(struct tier_topology *t)
{
	assert_int_equal(tier_nodeset_add(&t->tiers[1].nodes, 9), 0);
}

static void change_tier_kind(struct tier_topology *t)
{
	t->tiers[1].kind = TIER_KIND_CXL;
}

static void change_total(struct tier_topology *t)
{
	t->tiers[1].total_bytes++;
}

static void change_free(struct tier_topology *t)
{
	t->tiers[1].free_bytes--;
}

static void forget_total(struct tier_topology *t)
{
	t->tiers[1].flags = 0;
}

static void lose_dax_path(struct tier_topology *t)
{
	t->dax[0].path = NULL;
}

static void target_nothing(struct tier_topology *t)
{
	t->dax[0].target_node = 9;
}

static void lose_note(struct tier_topology *t)
{
	static struct tier_note note = { .id = "x" };

	t->notes = &note;
	t->n_notes = 1;
}

static const struct {
	const char *name;
	void (*damage)(struct tier_topology *t);
	int broken;
	const char *says;
} rows[] = {
	{ "swap_nodes", swap_nodes, -1, "node 0: nodes are not in ascending order" },
	{ "repeat_node", repeat_node, -1, "node 2: nodes are not in ascending order" },
	{ "put_in_two_tiers", put_in_two_tiers, 1, "node 0: a node is in two tiers" },
	{ "change_rank", change_rank, 1, "node 2: a node's rank and its tier differ" },
	{ "forget_rank", forget_rank, 1, "node 2: a node's rank and its tier differ" },
	{ "forget_usability", forget_usability, 1, "node 2: a node's usability was not" },
	{ "go_offline", go_offline, 1, "usable without being online with memory" },
	{ "lose_memory", lose_memory, 1, "usable without being online with memory" },
	{ "become_gpu", become_gpu, 1, "node 2: a GPU's memory is usable" },
	{ "be_forbidden", be_forbidden, 1, "node 2: a node is usable without being all" },
	{ "forget_kind_source", forget_kind_source, 1, "node 2: a kind has no source" },
	{ "forget_figures_source", forget_figures_source, 1, "figures have no source" },
	{ "forget_rank_source", forget_rank_source, 1, "node 2: a rank has no source" },
	{ "have_more_free_than_all", have_more_free_than_all, 1, "more free memory" },
	{ "be_near_pmem", be_near_pmem, 1, "node 2: a node is near to one without CPUs" },
	{ "be_near_nothing", be_near_nothing, 1, "near to one without CPUs" },
	{ "be_memory_of_no_cpus", be_memory_of_no_cpus, 1, "to CPUs that are not there" },
	{ "get_memory_of_nothing", get_memory_of_nothing, 1, "CPUs cannot be used" },
	{ "forget_memory_source", forget_memory_source, 1, "CPUs has no source" },
	{ "lose_text", lose_text, 1, "node 2: a text is missing" },
	{ "lose_cpus", lose_cpus, 1, "node 2: a text is missing" },
	{ "empty_tier", empty_tier, 1, "tier 2: ranks have holes" },
	{ "misnumber_tier", misnumber_tier, 1, "tier 1: ranks have holes" },
	{ "add_ghost", add_ghost, 1, "tier 1: a tier has a node that is not there" },
	{ "change_tier_kind", change_tier_kind, 1, "tier 1: a tier's kind is not" },
	{ "change_total", change_total, 1,
	  "tier 1: a tier's size is not its nodes' sum" },
	{ "change_free", change_free, 1, "tier 1: a tier's size is not its nodes' sum" },
	{ "forget_total", forget_total, 1,
	  "tier 1: a tier's size is not its nodes' sum" },
	{ "lose_dax_path", lose_dax_path, 1, "dax device 0: a text is missing" },
	{ "target_nothing", target_nothing, 1, "dax device 0: its node is not there" },
	{ "lose_note", lose_note, 1, "note 0: a text is missing" },
};

static void test_check__each_invariant_can_break(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_fixture("2s-pmem");
		struct tier_diag diag = { 0 };
		int broken;

		rows[i].damage(machine.t);
		broken = tier_topology_check(machine.t, &diag);
		/* -1: at least one, as one thing out of place breaks others. */
		if ((rows[i].broken < 0 ? broken < 1 : broken != rows[i].broken) ||
		    !strstr(diag.message, rows[i].says))
			ROW_FAILS(failures, "%s: %d broken: %s\n", rows[i].name, broken,
				  diag.message);
		if (tier_topology_check(machine.t, NULL) != broken)
			ROW_FAILS(failures, "%s: other without diag\n", rows[i].name);
		machine_close(&machine);
	}
	assert_rows(failures);
}

static void test_check__counts_all_and_tells_the_first(void **state)
{
	struct machine machine = machine_fixture("2s-pmem");
	struct tier_diag diag = { 0 };

	(void)state;
	lose_dax_path(machine.t);
	change_total(machine.t);
	forget_kind_source(machine.t);

	assert_int_equal(tier_topology_check(machine.t, &diag), 3);

	assert_says(diag.message, "node 2: a kind has no source");
	machine_close(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check__each_invariant_can_break),
		cmocka_unit_test(test_check__counts_all_and_tells_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
