// SPDX-License-Identifier: GPL-2.0-or-later
// What a benchmark measured: its text, whose it is, and when it counts.
#include <errno.h>

#include "machine.h"
#include "measured.h"
#include "nodeset.h"
#include "unit.h"

#define MEASURED "/var/lib/tierkit/measured"
#define HEAD	 "tierkit-measured 1\ndate D\nkernel K\n"
#define NODE	 "node:0 read_latency=95ns\n"

static void test_measured__refusals(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "", "does not begin with" },
		{ "tierkit-measured 2\n", "does not begin with" },
		{ "tierkit-measured 1", "has no date" },
		{ HEAD NODE, "has no signature" },
		{ HEAD "signature S\n", "has no node" },
		{ HEAD "signature S\n# none\n", "neither a header nor a node's" },
		{ HEAD "signature \n" NODE, "signature: expected one" },
		{ HEAD "signature S\nsignature S\n" NODE, "signature: expected one" },
		{ HEAD "signature S\x1b[m\n" NODE, "signature: expected one" },
		{ HEAD "signature S\nmood good\n" NODE, "neither a header nor a node's" },
		{ HEAD "signature\n" NODE, "neither a header nor a node's" },
		{ HEAD "signature S\n" NODE "date D\n", "begins with node:LIST" },
		{ HEAD "signature S\nnode:0 kind=hbm\n", "says more than figures" },
		{ HEAD "signature S\n" NODE "figures=measured\n",
		  "says more than figures" },
		{ HEAD "signature S\nnode:0 read_latency=0ns\n",
		  "expected a figure above 0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct measured measured = { .date = "before" };
		struct arena arena = { 0 };
		struct tier_diag diag = { 0 };

		assert_int_equal(measured_parse(&measured, &arena, rows[i].text, &diag),
				 -EINVAL);

		assert_says(diag.message, rows[i].words);
		assert_null(measured.date);
		assert_int_equal(measured.words.count, 0);
		arena_free(&arena);
	}
}

static void test_measured__headers_and_figures(void **state)
{
	struct measured measured;
	struct arena arena = { 0 };
	const struct node_word *word;

	(void)state;
	assert_int_equal(
		measured_parse(&measured, &arena,
			       "tierkit-measured 1\nkernel 6.12 a\ndoubts noisy\n"
			       "date 2026\nsignature S\n"
			       "node:0 read_bandwidth=17B/s\n" NODE,
			       NULL),
		0);

	assert_string_equal(measured.date, "2026");
	assert_string_equal(measured.kernel, "6.12 a");
	assert_string_equal(measured.signature, "S");
	assert_string_equal(measured.doubts, "noisy");
	word = node_words_figure(&measured.words, 0, TIER_READ_BANDWIDTH);
	assert_non_null(word);
	assert_int_equal(word->value[TIER_READ_BANDWIDTH], 17);
	arena_free(&arena);
}

/* ---- on a machine -------------------------------------------------------------------- */

#define SYS_NODE "/sys/devices/system/node/"

#define TWO_NODES                                                                       \
	{ .path = SYS_NODE "online", .content = "0-1\n" },                              \
		{ .path = SYS_NODE "node0/meminfo",                                     \
		  .content = "Node 0 MemTotal: 1048576 kB\nNode 0 MemFree: 512 kB\n" }, \
		{ .path = SYS_NODE "node0/cpulist", .content = "0-1\n" },               \
		{ .path = SYS_NODE "node1/meminfo",                                     \
		  .content = "Node 1 MemTotal: 1048576 kB\nNode 1 MemFree: 512 kB\n" }, \
	{                                                                               \
		.path = SYS_NODE "node1/cpulist", .content = "\n"                       \
	}

static const struct test_file two_nodes[] = { TWO_NODES, { 0 } };

static const struct test_file with_firmware[] = {
	TWO_NODES,
	{ .path = SYS_NODE "node0/access1/initiators/read_latency", .content = "80\n" },
	{ .path = SYS_NODE "node1/access1/initiators/read_latency", .content = "300\n" },
	{ 0 },
};

static const char *signature_of(const struct machine *machine)
{
	struct tier_kernel_info kernel;

	tier_kernel_get(machine->t, &kernel, sizeof(kernel));
	return kernel.signature;
}

/* Of `files`, with one more that has `figures` of these nodes. */
static struct machine measured_machine(const struct test_file *files, const char *figures,
				       const char *words)
{
	struct machine bare = machine_of_root(files_root(two_nodes), NULL);
	struct test_file file[2] = { { .path = MEASURED } };
	char text[400];

	snprintf(text, sizeof(text), HEAD "signature %s\n%s", signature_of(&bare),
		 figures);
	machine_close(&bare);
	file[0].content = text;
	return machine_of_root(patched_root(files_root(files), file), words);
}

static const struct tier_perf *perf_of(const struct machine *machine, unsigned int node)
{
	return &topology_node(machine->t, node)->perf;
}

#define BOTH "node:0 read_latency=100ns\nnode:1 read_latency=50ns\n"

static void test_measured__when_figures_count(void **state)
{
	static const struct {
		bool has_firmware;
		const char *figures, *words;
		enum tier_source source[2];
		uint32_t rank[2];
	} rows[] = {
		/* Nobody else tells anything. */
		{ false,
		  BOTH,
		  NULL,
		  { TIER_SOURCE_MEASURED, TIER_SOURCE_MEASURED },
		  { 1, 0 } },
		/* The firmware does, and nobody asks for anything else. */
		{ true,
		  BOTH,
		  NULL,
		  { TIER_SOURCE_ACCESS1, TIER_SOURCE_ACCESS1 },
		  { 0, 1 } },
		{ true,
		  BOTH,
		  "figures=firmware",
		  { TIER_SOURCE_ACCESS1, TIER_SOURCE_ACCESS1 },
		  { 0, 1 } },
		{ true,
		  BOTH,
		  "figures=measured",
		  { TIER_SOURCE_MEASURED, TIER_SOURCE_MEASURED },
		  { 1, 0 } },
		/* The user's own figures win over both. */
		{ true,
		  BOTH,
		  "figures=measured;node:1 read_latency=900ns",
		  { TIER_SOURCE_MEASURED, TIER_SOURCE_USER },
		  { 0, 1 } },
		/* What was not measured is not held against what was. */
		{ true,
		  "node:0 read_latency=100ns\n",
		  "figures=measured",
		  { TIER_SOURCE_MEASURED, TIER_SOURCE_NONE },
		  { 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine =
			measured_machine(rows[i].has_firmware ? with_firmware : two_nodes,
					 rows[i].figures, rows[i].words);

		for (unsigned int node = 0; node < 2; node++) {
			assert_int_equal(perf_of(&machine, node)->why.source,
					 rows[i].source[node]);
			assert_int_equal(topology_node(machine.t, node)->rank,
					 rows[i].rank[node]);
		}
		machine_close(&machine);
	}
}

/* They are told whether or not they count. */
static void test_measured__stands_beside(void **state)
{
	struct machine machine = measured_machine(with_firmware, BOTH, NULL);
	struct tier_node_info info;

	(void)state;
	assert_int_equal(tier_node_get(machine.t, 1, &info, sizeof(info)), 0);

	assert_int_equal(info.measured.known, 1U << TIER_READ_LATENCY);
	assert_int_equal(info.measured.value[TIER_READ_LATENCY], 50);
	assert_int_equal(info.measured.why.source, TIER_SOURCE_MEASURED);
	assert_string_equal(info.measured.why.text, "on D, with Linux K");
	machine_close(&machine);
}

static void test_measured__of_another_machine(void **state)
{
	static const struct test_file file[] = {
		{ .path = MEASURED, .content = HEAD "signature other\n" BOTH },
		{ 0 },
	};
	struct machine machine = machine_of_root(
		patched_root(files_root(two_nodes), file), "figures=measured");

	(void)state;
	assert_int_equal(perf_of(&machine, 0)->known, 0);
	assert_int_equal(topology_node(machine.t, 0)->measured.known, 0);
	assert_says(find_note(machine.t, "measured-elsewhere")->text, "other");
	assert_non_null(find_note(machine.t, "measured-missing"));
	machine_close(&machine);
}

/* Sizes within the kernel's own differences, other CPUs, another size. */
static void test_measured__signature(void **state)
{
	static const struct {
		struct test_file file;
		bool same;
	} rows[] = {
		{ { .path = SYS_NODE "node0/meminfo",
		    .content = "Node 0 MemTotal: 1048580 kB\nNode 0 MemFree: 1 kB\n" },
		  true },
		{ { .path = SYS_NODE "node0/meminfo",
		    .content = "Node 0 MemTotal: 1179648 kB\nNode 0 MemFree: 1 kB\n" },
		  false },
		{ { .path = SYS_NODE "node1/cpulist", .content = "2\n" }, false },
	};
	struct machine bare = machine_of_root(files_root(two_nodes), "node:0 kind=hbm");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct test_file patch[] = { rows[i].file, { 0 } };
		struct machine machine =
			machine_of_root(patched_root(files_root(two_nodes), patch), NULL);

		assert_int_equal(!strcmp(signature_of(&machine), signature_of(&bare)),
				 rows[i].same);
		machine_close(&machine);
	}
	machine_close(&bare);
}

/* A broken file costs what it would tell, not the call. */
static void test_measured__broken_is_a_note(void **state)
{
	static const struct test_file rows[][2] = {
		{ { .path = MEASURED, .content = "nonsense\n" } },
		{ { .path = MEASURED, .error = -EACCES } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = machine_of_root(
			patched_root(files_root(two_nodes), rows[i]), NULL);

		assert_says(find_note(machine.t, "bad-file")->text, MEASURED);
		assert_int_equal(perf_of(&machine, 0)->known, 0);
		machine_close(&machine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measured__refusals),
		cmocka_unit_test(test_measured__headers_and_figures),
		cmocka_unit_test(test_measured__when_figures_count),
		cmocka_unit_test(test_measured__stands_beside),
		cmocka_unit_test(test_measured__of_another_machine),
		cmocka_unit_test(test_measured__signature),
		cmocka_unit_test(test_measured__broken_is_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
