// SPDX-License-Identifier: GPL-2.0-or-later
// Each note on a machine that has what it tells of, and on one that only nearly has.
#include "machine.h"
#include "nodeset.h"
#include "unit.h"

#define NODE_DIR "/sys/devices/system/node/"
#define TIERING	 "/sys/devices/virtual/memory_tiering/"
#define NVDIMM	 "/sys/devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/"
#define KMEM0	 NVDIMM "region0/dax0.0/dax0.0/kmem/"
#define KMEM1	 NVDIMM "region1/dax1.0/dax1.0/kmem/"
#define KMEM3                                                         \
	"/sys/devices/platform/ACPI0017:00/root0/decoder0.0/region3/" \
	"dax_region3/dax3.0/kmem/"
#define KMEM4	    NVDIMM "region4/dax4.0/dax4.0/kmem/"
#define LEFT_BEHIND "/sys/bus/dax/drivers/kmem/left_behind"
#define MOST	    9

struct row {
	const char *id;
	const char *machine;
	struct test_file files[MOST]; /* read in place of the machine's */
	const char *node_words;
	const char *nodes; /* of the note; NULL: there must be none */
	const char *says;
};

/* In both access classes: where CPUs have no figures, those of any initiator count. */
#define ZERO(node, figure)                                                   \
	{ NODE_DIR "node" node "/access0/initiators/" figure, "0\n", 0 },    \
	{                                                                    \
		NODE_DIR "node" node "/access1/initiators/" figure, "0\n", 0 \
	}
#define PERF(node, figure, value)                                            \
	{                                                                    \
		NODE_DIR "node" node "/access1/initiators/" figure, value, 0 \
	}

static const struct row rows[] = {
	{ "bad-file",
	  "2s-pmem",
	  { { NODE_DIR "online", "0-x\n", 0 } },
	  NULL,
	  "",
	  NODE_DIR "online: is not a list of nodes" },
	{ "bad-file",
	  "2s-pmem",
	  { { NODE_DIR "online", NULL, -EIO } },
	  NULL,
	  "",
	  NODE_DIR "online: Input/output error" },
	{ "bad-file",
	  "2s-pmem",
	  { { NODE_DIR "online", NULL, -ENOENT } },
	  NULL,
	  NULL,
	  NULL },

	{ "distance-missing",
	  "2s-pmem",
	  { { NODE_DIR "node1/distance", NULL, -ENOENT } },
	  NULL,
	  "1",
	  "node 1 without distances" },
	{ "distance-missing",
	  "2s-pmem",
	  { { NODE_DIR "node1/distance", "21 10 28\n", 0 } },
	  NULL,
	  "1",
	  "node 1 without distances" },
	/* One that is not online needs none. */
	{ "distance-missing", "dax-devdax", { { 0 } }, NULL, NULL, NULL },

	{ "overlapping-cpus",
	  "2s-pmem",
	  { { NODE_DIR "node1/cpulist", "1-3\n", 0 } },
	  NULL,
	  "1",
	  "node 1 claims CPUs of another node" },
	{ "overlapping-cpus",
	  "2s-pmem",
	  { { NODE_DIR "node1/cpulist", "2-3\n", 0 } },
	  NULL,
	  NULL,
	  NULL },
	/* Memory that is near, but has no CPUs, claims none. */
	{ "overlapping-cpus",
	  "2s-pmem",
	  { { NODE_DIR "node2/cpulist", "\n", 0 } },
	  NULL,
	  NULL,
	  NULL },

	{ "fake-numa",
	  "2s-pmem",
	  { { "/proc/cmdline", "quiet numa=fake=4\n", 0 } },
	  NULL,
	  "",
	  "numa=fake= is on" },
	{ "fake-numa",
	  "2s-pmem",
	  { { "/proc/cmdline", "numa=off xnuma=fake=4\n", 0 } },
	  NULL,
	  NULL,
	  NULL },
	{ "fake-numa",
	  "2s-pmem",
	  { { "/proc/cmdline", "numa=fake=\n", 0 } },
	  NULL,
	  NULL,
	  NULL },

	{ "user-override",
	  "2s-pmem",
	  { { 0 } },
	  "node:3 kind=cxl",
	  "3",
	  "node 3 is as the user says" },
	{ "user-override",
	  "2s-pmem",
	  { { 0 } },
	  "node:1-2 read_latency=5ns",
	  "1-2",
	  "node 1-2 is as the user says" },
	{ "user-override", "2s-pmem", { { 0 } }, "# nothing", NULL, NULL },

	{ "user-no-node",
	  "2s-pmem",
	  { { 0 } },
	  "node:2-5,9 kind=cxl",
	  "4-5,9",
	  "the user speaks of node 4-5,9" },
	{ "user-no-node", "2s-pmem", { { 0 } }, "node:2 kind=cxl", NULL, NULL },
	{ "user-no-node", "dax-devdax", { { 0 } }, "node:2 kind=cxl", NULL, NULL },

	{ "mems-restricted",
	  "2s-pmem",
	  { { "/proc/self/status", "Mems_allowed_list:\t0,2\n", 0 } },
	  NULL,
	  "1,3",
	  "this task may not allocate on node 1,3" },
	{ "mems-restricted",
	  "2s-pmem",
	  { { "/proc/self/status", "Mems_allowed_list:\t0-7\n", 0 } },
	  NULL,
	  NULL,
	  NULL },
	/* Where nothing can be allocated anyway, nothing is restricted. */
	{ "mems-restricted",
	  "memoryless-cpu",
	  { { "/proc/self/status", "Mems_allowed_list:\t0,2\n", 0 } },
	  NULL,
	  NULL,
	  NULL },

	{ "memory-side-cache",
	  "2lm-cache",
	  { { 0 } },
	  NULL,
	  "0-1",
	  "memory of node 0-1 is cached by faster memory" },
	{ "memory-side-cache",
	  "2lm-cache",
	  { { NODE_DIR "node1/memory_side_cache/index1/size", "0\n", 0 } },
	  NULL,
	  "0",
	  "memory of node 0 is cached" },

	{ "no-performance",
	  "2s-pmem",
	  { ZERO("2", "read_latency"), ZERO("2", "write_latency"),
	    ZERO("2", "read_bandwidth"), ZERO("2", "write_bandwidth") },
	  NULL,
	  "2",
	  "no latency or bandwidth is known for node 2" },
	/* One figure is better than none, and all DRAM needs none. */
	{ "no-performance",
	  "2s-pmem",
	  { ZERO("2", "read_latency"), ZERO("2", "write_latency"),
	    ZERO("2", "read_bandwidth") },
	  NULL,
	  NULL,
	  NULL },
	{ "no-performance", "2s", { { 0 } }, NULL, NULL, NULL },

	{ "no-dram",
	  "2s",
	  { { 0 } },
	  "node:0-1 kind=hbm",
	  "",
	  "no node is known to be DRAM" },
	{ "no-dram", "2s", { { 0 } }, "node:0 kind=hbm", NULL, NULL },

	{ "dram-unequal",
	  "2s-pmem",
	  { PERF("1", "read_latency", "1000\n") },
	  NULL,
	  "0-1",
	  "DRAM of node 0-1 differs by more than 10 %" },
	{ "dram-unequal",
	  "2s-pmem",
	  { PERF("2", "read_latency", "1000\n") },
	  NULL,
	  NULL,
	  NULL },
	{ "dram-unequal", "ten-percent", { { 0 } }, NULL, NULL, NULL },

	/* DRAM in tier 84, pmem in tier 4; figures say the reverse. */
	{ "kernel-rank-disagrees",
	  "2s-pmem",
	  { { TIERING "memory_tier4/nodelist", "2-3\n", 0 },
	    { TIERING "memory_tier84/nodelist", "0-1\n", 0 } },
	  NULL,
	  "0-3",
	  "the kernel's order of node 0-3 is the reverse" },
	{ "kernel-rank-disagrees",
	  "2s-pmem",
	  { { TIERING "memory_tier4/nodelist", "1-2\n", 0 },
	    { TIERING "memory_tier84/nodelist", "0,3\n", 0 } },
	  NULL,
	  "0,2",
	  "the kernel's order of node 0,2 is the reverse" },
	/* No order is not the reverse order. */
	{ "kernel-rank-disagrees",
	  "2s-pmem",
	  { { TIERING "memory_tier4/nodelist", "0-3\n", 0 },
	    { TIERING "memory_tier84/nodelist", "\n", 0 } },
	  NULL,
	  NULL,
	  NULL },
	{ "kernel-rank-disagrees",
	  "2s-pmem",
	  { { TIERING "memory_tier4/nodelist", "0\n", 0 },
	    { TIERING "memory_tier84/nodelist", "1-3\n", 0 } },
	  NULL,
	  NULL,
	  NULL },

	{ "all-in-one-tier",
	  "2s-pmem",
	  { { TIERING "memory_tier4/nodelist", "0-3\n", 0 },
	    { TIERING "memory_tier84/nodelist", "\n", 0 } },
	  NULL,
	  "2-3",
	  "node 2-3 is in the same kernel tier as faster memory" },
	{ "all-in-one-tier",
	  "2s-pmem",
	  { { TIERING "memory_tier4/nodelist", "0-2\n", 0 },
	    { TIERING "memory_tier84/nodelist", "3\n", 0 } },
	  NULL,
	  NULL,
	  NULL },
	{ "all-in-one-tier", "2s", { { 0 } }, NULL, NULL, NULL },

	{ "dax-no-target-node",
	  "dax-no-target",
	  { { 0 } },
	  NULL,
	  "",
	  "dax0.0 has no target node: kmem refuses it" },
	{ "dax-no-target-node", "dax-devdax", { { 0 } }, NULL, NULL, NULL },

	{ "dax-too-small",
	  "dax-too-small",
	  { { 0 } },
	  NULL,
	  "",
	  "dax0.0 is smaller than a memory block (2048 MiB)" },
	{ "dax-too-small",
	  "dax-too-small",
	  { { "/sys/devices/system/memory/block_size_bytes", "10000000\n", 0 } },
	  NULL,
	  NULL,
	  NULL },

	{ "lost-to-alignment",
	  "dax-errors",
	  { { 0 } },
	  NULL,
	  "1",
	  "node 1: 126 MiB of dax0.0 lost to alignment: in no whole memory block of 128 "
	  "MiB" },
	{ "lost-to-alignment",
	  "dax-errors",
	  { { KMEM0 "lost_align_bytes", "0\n", 0 },
	    { KMEM4 "lost_align_bytes", "0\n", 0 } },
	  NULL,
	  NULL,
	  NULL },
	{ "skipped-bad-blocks",
	  "dax-errors",
	  { { 0 } },
	  NULL,
	  "1",
	  "node 1: 128 MiB of dax0.0 skipped: bad blocks" },
	{ "skipped-bad-blocks",
	  "dax-errors",
	  { { KMEM0 "lost_badblock_bytes", "0\n", 0 } },
	  NULL,
	  NULL,
	  NULL },
	{ "not-added",
	  "dax-errors",
	  { { 0 } },
	  NULL,
	  "3",
	  "node 3: 128 MiB of dax3.0 missing" },
	{ "not-added",
	  "dax-errors",
	  { { KMEM3 "failed_ranges", "", 0 } },
	  NULL,
	  NULL,
	  NULL },
	{ "poisoned",
	  "dax-errors",
	  { { 0 } },
	  NULL,
	  "1",
	  "node 1: 2 pages of dax1.0 poisoned" },
	{ "poisoned",
	  "dax-errors",
	  { { KMEM1 "poisoned_pages", "1\n", 0 } },
	  NULL,
	  "1",
	  "node 1: 1 page of dax1.0 poisoned" },
	{ "poisoned",
	  "dax-errors",
	  { { KMEM1 "poisoned_pages", "0\n", 0 } },
	  NULL,
	  NULL,
	  NULL },

	/* What devices have as poison is not told twice. */
	{ "memory-failures",
	  "dax-errors",
	  { { 0 } },
	  NULL,
	  "2",
	  "the kernel met memory failures on node 2 since boot" },
	{ "memory-failures",
	  "dax-errors",
	  { { NODE_DIR "node0/memory_failure/total", "1\n", 0 },
	    { NODE_DIR "node1/memory_failure/total", "3\n", 0 } },
	  NULL,
	  "0-2",
	  "the kernel met memory failures on node 0-2 since boot" },
	{ "memory-failures",
	  "dax-errors",
	  { { NODE_DIR "node2/memory_failure/total", "0\n", 0 } },
	  NULL,
	  NULL,
	  NULL },
	{ "memory-failures",
	  "dax-errors",
	  { { NODE_DIR "node2/memory_failure/total", NULL, -ENOENT } },
	  NULL,
	  NULL,
	  NULL },

	{ "left-behind",
	  "dax-errors",
	  { { 0 } },
	  NULL,
	  "",
	  "128 MiB is memory without a device, which was unbound while it was online "
	  "(0x400000000-0x407ffffff)" },
	{ "left-behind",
	  "dax-errors",
	  { { LEFT_BEHIND,
	      "0x400000000-0x407ffffff\n0x410000000-0x410000fff\n"
	      "0x420000000-0x420000fff\n",
	      0 } },
	  NULL,
	  "",
	  "131080 KiB is memory without a device, which was unbound while it was online "
	  "(0x400000000-0x407ffffff 0x410000000-0x410000fff ...)" },
	{ "left-behind", "dax-errors", { { LEFT_BEHIND, "", 0 } }, NULL, NULL, NULL },
};

static int check(const struct row *row, struct tier_topology *t)
{
	const struct tier_note *note = find_note(t, row->id);

	if (!row->nodes && note)
		print_error("%s on %s: node %s: %s\n", row->id, row->machine,
			    set_text(&note->nodes), note->text);
	if (!row->nodes)
		return note != NULL;
	if (!note) {
		print_error("%s on %s: no such note\n", row->id, row->machine);
		return 1;
	}
	if (strcmp(set_text(&note->nodes), row->nodes) ||
	    strncmp(note->text, row->says, strlen(row->says))) {
		print_error("%s on %s: node %s: %s\n", row->id, row->machine,
			    set_text(&note->nodes), note->text);
		return 1;
	}
	return 0;
}

static void test_notes__each(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct root *root =
			patched_root(fixture_root(rows[i].machine), rows[i].files);
		struct machine machine = machine_of_root(root, rows[i].node_words);

		failures += check(&rows[i], machine.t);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* ---- what hwloc says ------------------------------------------------------------------ */

/* hwloc's view of node 2 of 2s-pmem, 1 TiB of pmem without CPUs; what it does not say
 * cannot disagree. */
static struct node_fact seen;

static int look(struct root *root, struct facts *facts)
{
	struct node_fact *node = facts_add_node(facts, 2);

	(void)root;
	assert_non_null(node);
	*node = seen;
	return 0;
}

static void test_notes__hwloc(void **state)
{
	static char with_cpus[] = "0-1", no_cpus[] = "";
	static char dram[] = "DRAM", nvm[] = "NVM", spm[] = "SPM", other[] = "Elsewhere";
	static const struct witness_ops hwloc = { .name = "hwloc", .load = look };
	const struct {
		struct node_fact seen;
		const char *node_words;
		bool disagrees;
	} cases[] = {
		{ { .node = 2 }, NULL, false },
		{ { .node = 2, .total_bytes = { true, 4096 } }, NULL, true },
		{ { .node = 2, .total_bytes = { false, 4096 } }, NULL, false },
		{ { .node = 2, .cpus = with_cpus }, NULL, true },
		{ { .node = 2, .cpus = no_cpus }, NULL, false },
		{ { .node = 2, .subtype = nvm }, NULL, false },
		{ { .node = 2, .subtype = dram }, NULL, true },
		{ { .node = 2, .subtype = spm }, NULL, false },
		{ { .node = 2, .subtype = other }, NULL, false },
		/* With the user's word it cannot quarrel, */
		{ { .node = 2, .subtype = nvm }, "node:2 kind=cxl", false },
		/* though it may about something else. */
		{ { .node = 2, .cpus = with_cpus }, "node:2 kind=cxl", true },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct topology_source source = { .root = fixture_root("2s-pmem"),
						  .hwloc = &hwloc,
						  .node_words = cases[i].node_words };
		struct tier_topology *t;
		const struct tier_note *note;

		seen = cases[i].seen;
		assert_int_equal(topology_read(&source, &t, NULL), 0);
		note = find_note(t, "hwloc-disagrees");
		if (cases[i].disagrees != (note && !strcmp(set_text(&note->nodes), "2")))
			ROW_FAILS(failures, "case %zu: %s\n", i,
				  note ? note->text : "no note");
		tier_topology_unref(t);
		root_close(source.root);
	}
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notes__each),
		cmocka_unit_test(test_notes__hwloc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
