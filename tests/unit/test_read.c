// SPDX-License-Identifier: GPL-2.0-or-later
// From a root to a topology: what may be missing, whose word wins, what is an error.
#include "errors.h"
#include "machine.h"
#include "unit.h"

#define CONF "/etc/tierkit.conf"

/* Two nodes of DRAM, in as few files as a machine can have. */
static const struct test_file two_nodes[] = {
	{ .path = "/sys/devices/system/node/online", .content = "0-1\n" },
	{ .path = "/sys/devices/system/node/node0/meminfo",
	  .content = "Node 0 MemTotal: 1024 kB\nNode 0 MemFree: 512 kB\n" },
	{ .path = "/sys/devices/system/node/node0/cpulist", .content = "0-1\n" },
	{ .path = "/sys/devices/system/node/node1/meminfo",
	  .content = "Node 1 MemTotal: 1024 kB\nNode 1 MemFree: 512 kB\n" },
	{ .path = "/sys/devices/system/node/node1/cpulist", .content = "2-3\n" },
	{ 0 },
};

static struct machine two_nodes_with_conf(const char *content, int error,
					  const char *node_words)
{
	static struct test_file conf[2];

	conf[0] = (struct test_file){ CONF, content, error };
	return machine_of_root(patched_root(files_root(two_nodes), conf), node_words);
}

static enum tier_kind kind_of(const struct machine *machine, unsigned int node)
{
	return topology_node(machine->t, node)->kind;
}

static void test_read__environment_wins_over_file(void **state)
{
	struct machine machine =
		two_nodes_with_conf("node:0-1 kind=cxl\n", 0, "node:1 kind=hbm");

	(void)state;
	assert_int_equal(kind_of(&machine, 0), TIER_KIND_CXL);
	assert_int_equal(kind_of(&machine, 1), TIER_KIND_HBM);
	assert_string_equal(topology_node(machine.t, 0)->kind_why.text,
			    "said by tierkit.conf");
	assert_string_equal(topology_node(machine.t, 1)->kind_why.text,
			    "said by TIERKIT_NODES");
	machine_close(&machine);
}

/* A file that is broken costs its facts, not the call. */
static void test_read__unreadable_conf_is_a_note(void **state)
{
	static const int errors[] = { -EACCES, -EIO,   -EISDIR, -EFBIG,
				      -EINVAL, -ELOOP, -ENXIO };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct machine machine =
			two_nodes_with_conf(NULL, errors[i], "node:1 kind=hbm");
		const struct tier_note *note = find_note(machine.t, "bad-file");

		assert_non_null(note);
		assert_says(note->text, CONF);
		assert_says(note->text, errno_words(errors[i]));
		assert_int_equal(kind_of(&machine, 0), TIER_KIND_DRAM);
		assert_int_equal(kind_of(&machine, 1), TIER_KIND_HBM);
		machine_close(&machine);
	}
}

static void test_read__conf_that_is_missing_or_empty(void **state)
{
	static const struct test_file rows[] = {
		{ .path = CONF, .error = -ENOENT },
		{ .path = CONF, .error = -ENOTDIR },
		{ .path = CONF, .content = "" },
		{ .path = CONF, .content = "# nothing yet\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine =
			two_nodes_with_conf(rows[i].content, rows[i].error, NULL);

		assert_null(find_note(machine.t, "bad-file"));
		machine_close(&machine);
	}
}

/* Half of a file must not be taken for all of it. */
static void test_read__conf_with_nul_is_a_note(void **state)
{
	static const char text[] = "tierkit-capture 1\n"
				   "file /sys/devices/system/node/node0/meminfo\n"
				   "\tNode 0 MemTotal: 1024 kB\n"
				   "\tNode 0 MemFree: 512 kB\n"
				   "file /sys/devices/system/node/node0/cpulist\n"
				   "\t0\n"
				   "file " CONF "\n"
				   "\tnode:0 kind=cxl\n"
				   "\t\\x00\n"
				   "\tnode:0 kind=hbm\n";
	struct machine machine;
	struct root *root;

	(void)state;
	assert_int_equal(root_capture_parse(text, sizeof(text) - 1, &root, NULL), 0);

	machine = machine_of_root(root, NULL);

	assert_non_null(find_note(machine.t, "bad-file"));
	assert_int_equal(kind_of(&machine, 0), TIER_KIND_DRAM);
	machine_close(&machine);
}

static void test_read__errors(void **state)
{
	static const struct test_file no_nodes[] = {
		{ .path = "/proc/cmdline", .content = "quiet\n" },
		{ 0 },
	};
	static const struct test_file no_memory[] = {
		{ .path = "/sys/devices/system/node/node0/meminfo",
		  .content = "Node 0 MemTotal: 0 kB\nNode 0 MemFree: 0 kB\n" },
		{ 0 },
	};
	static const struct {
		const struct test_file *files;
		const char *node_words;
		int error;
		const char *says;
	} rows[] = {
		{ no_nodes, NULL, -ENODATA, "no node with memory" },
		{ no_memory, NULL, -ENODATA, "no node with memory" },
		{ two_nodes, "node:0 kind=ram", -EINVAL, "TIERKIT_NODES: 'kind=ram'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct topology_source source = { .root = files_root(rows[i].files),
						  .node_words = rows[i].node_words };
		struct tier_topology *t = (struct tier_topology *)&source;
		struct tier_diag diag = { 0 };

		assert_int_equal(topology_read(&source, &t, &diag), rows[i].error);
		assert_says(diag.message, rows[i].says);
		assert_int_equal(topology_read(&source, &t, NULL), rows[i].error);
		/* What it was to be put into is left alone. */
		assert_ptr_equal(t, &source);
		root_close(source.root);
	}
}

/* ---- witnesses ------------------------------------------------------------------------ */

static int witness_result;

static int add_node_and_return(struct root *root, struct facts *facts)
{
	struct node_fact *node = facts_add_node(facts, 7);

	(void)root;
	assert_non_null(node);
	node->total_bytes = (struct figure){ true, 4096 };
	node->subtype = arena_strdup(&facts->arena, "MCDRAM");
	assert_non_null(node->subtype);
	return witness_result;
}

static int add_dax_and_return(struct root *root, struct facts *facts)
{
	struct dax_fact *dax = facts_add_dax(facts, "dax7.0");

	(void)root;
	assert_non_null(dax);
	return witness_result;
}

static const struct witness_ops fake_hwloc = { .name = "hwloc",
					       .load = add_node_and_return };
static const struct witness_ops fake_daxctl = { .name = "daxctl",
						.load = add_dax_and_return };

/* A witness that fails has said nothing, whatever it said before. */
static void test_read__failing_witness_costs_nothing(void **state)
{
	static const int errors[] = { -ENOENT, -EIO, -EINVAL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct topology_source source = { .root = files_root(two_nodes),
						  .hwloc = &fake_hwloc,
						  .daxctl = &fake_daxctl };
		struct tier_dax_info dax;
		struct tier_topology *t;

		witness_result = errors[i];
		assert_int_equal(topology_read(&source, &t, NULL), 0);
		assert_int_equal(t->witness.n_nodes, 0);
		/* Nothing to say is no failure; a failure is said. */
		if (errors[i] == -ENOENT)
			assert_null(find_note(t, "bad-file"));
		else
			assert_says(find_note(t, "bad-file")->text, "hwloc: ");
		assert_int_equal(tier_dax_get(t, 0, &dax, sizeof(dax)), -ENOENT);
		tier_topology_unref(t);
		root_close(source.root);
	}
}

static void test_read__witness_out_of_memory(void **state)
{
	struct topology_source source = { .root = files_root(two_nodes),
					  .hwloc = &fake_hwloc };
	struct tier_diag diag = { 0 };
	struct tier_topology *t;

	(void)state;
	witness_result = -ENOMEM;
	assert_int_equal(topology_read(&source, &t, &diag), -ENOMEM);
	assert_true(*diag.message);

	source.hwloc = NULL;
	source.daxctl = &fake_daxctl;
	assert_int_equal(topology_read(&source, &t, &diag), -ENOMEM);
	root_close(source.root);
}

/* An XML with nothing of /sys is still a machine. */
static void test_read__nodes_of_the_witness_alone(void **state)
{
	static const struct test_file nothing[] = {
		{ .path = "/proc/cmdline", .content = "quiet\n" },
		{ 0 },
	};
	struct topology_source source = { .root = files_root(nothing),
					  .hwloc = &fake_hwloc };
	struct tier_topology *t;

	(void)state;
	witness_result = 0;
	assert_int_equal(topology_read(&source, &t, NULL), 0);

	assert_int_equal(t->n_nodes, 1);
	assert_int_equal(topology_node(t, 7)->kind, TIER_KIND_HBM);
	assert_int_equal(topology_node(t, 7)->usability, TIER_USABLE_YES);
	assert_int_equal(tier_topology_check(t, NULL), 0);
	tier_topology_unref(t);
	root_close(source.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read__environment_wins_over_file),
		cmocka_unit_test(test_read__unreadable_conf_is_a_note),
		cmocka_unit_test(test_read__conf_that_is_missing_or_empty),
		cmocka_unit_test(test_read__conf_with_nul_is_a_note),
		cmocka_unit_test(test_read__errors),
		cmocka_unit_test(test_read__failing_witness_costs_nothing),
		cmocka_unit_test(test_read__witness_out_of_memory),
		cmocka_unit_test(test_read__nodes_of_the_witness_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
