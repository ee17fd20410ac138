// SPDX-License-Identifier: GPL-2.0-or-later
// The modules that ask hwloc and libdaxctl: what they say, when they say nothing, and
// that they never say it on stderr.
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "fault.h"
#include "nodeset.h"
#include "platform.h"
#include "tree.h"
#include "unit.h"

#define HEAD "tierkit-capture 1\n"

/* By their paths: a sanitizer that stands between us and the loader would make it
 * look for names where the sanitizer is. */
#define HWLOC  TEST_BUILD "/lib/" WITNESS_HWLOC_MODULE
#define DAXCTL TEST_BUILD "/lib/" WITNESS_DAXCTL_MODULE

static const struct witness_ops *open_witness(const char *path)
{
	const struct witness_ops *witness = witness_open(path);

	if (!witness) {
		assert_int_equal(access(path, F_OK), -1);
		print_message("skip: %s was not built\n", path);
		skip();
	}
	return witness;
}

static struct root *open_fixture(const char *name)
{
	char path[TREE_PATH];
	struct root *root = NULL;

	snprintf(path, sizeof(path), TEST_FIXTURES "/%s/capture", name);
	assert_int_equal(root_open(path, &root, NULL), 0);
	return root;
}

static struct root *open_text(const char *text)
{
	struct root *root = NULL;

	assert_int_equal(root_capture_parse(text, strlen(text), &root, NULL), 0);
	return root;
}

static void test_witness__missing_module_is_none(void **state)
{
	(void)state;

	assert_null(witness_open("libtier-nothing.so.0"));
}

static void test_witness__module_of_another_build_is_none(void **state)
{
	static const char path[] = TEST_BUILD "/lib/libstale_witness.so";

	(void)state;
	assert_int_equal(access(path, R_OK), 0);

	assert_null(witness_open(path));
}

/* ---- hwloc ------------------------------------------------------------------------- */

static void test_witness_hwloc__facts_of_a_node(void **state)
{
	static const struct {
		const char *machine;
		unsigned int node;
		const char *cpus; /* NULL: not known */
		const char *subtype;
		uint64_t total_mib;
		uint64_t cache_mib;
		uint64_t figure[TIER_FIGURES]; /* MiB/s and ns; 0: not known */
	} rows[] = {
		{ "2s-pmem", 0, "0-1", NULL, 1024, 0, { 102400, 102400, 80, 80 } },
		{ "2s-pmem", 2, "", "NVM", 1024, 0, { 30720, 10240, 300, 300 } },
		{ "container-cpuless", 5, "10-11", NULL, 32768, 0, { 0 } },
		{ "access0-vs-access1",
		  0,
		  "0-1",
		  NULL,
		  98304,
		  0,
		  { 131072, 131072, 80, 80 } },
		{ "access0-vs-access1",
		  2,
		  "",
		  "NVM",
		  262144,
		  0,
		  { 78644, 78644, 170, 170 } },
		/* One figure for reading and writing; two nodes that share CPUs. */
		{ "knl-mcdram", 1, NULL, "MCDRAM", 16384, 0, { 360000, 360000, 0, 0 } },
		{ "perf-zero", 0, "0-1", NULL, 98304, 0, { 0 } },
		{ "2lm-cache", 1, "2-3", NULL, 786432, 98304, { 0 } },
	};
	const struct witness_ops *hwloc = open_witness(HWLOC);

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct root *root = open_fixture(rows[i].machine);
		struct facts facts = { 0 };
		const struct node_fact *node;

		assert_int_equal(hwloc->load(root, &facts), 0);
		node = facts_node(&facts, rows[i].node);
		assert_non_null(node);
		assert_int_equal(!node->cpus, !rows[i].cpus);
		if (node->cpus)
			assert_string_equal(node->cpus, rows[i].cpus);
		assert_int_equal(!node->subtype, !rows[i].subtype);
		if (node->subtype)
			assert_string_equal(node->subtype, rows[i].subtype);
		assert_int_equal(node->total_bytes.value >> 20, rows[i].total_mib);
		assert_int_equal(node->side_cache_bytes.value >> 20, rows[i].cache_mib);
		for (int k = 0; k < TIER_FIGURES; k++) {
			uint64_t unit = k <= TIER_WRITE_BANDWIDTH ? 1 << 20 : 1;
			const struct figure *figure = &node->access[1].figure[k];

			assert_int_equal(figure->known, rows[i].figure[k] != 0);
			assert_int_equal(figure->value, rows[i].figure[k] * unit);
			assert_false(node->access[0].figure[k].known);
		}
		facts_free(&facts);
		root_close(root);
	}
}

static void test_witness_hwloc__distances(void **state)
{
	static const uint16_t expected[4][4] = { { 10, 21, 17, 28 },
						 { 21, 10, 28, 17 },
						 { 17, 28, 10, 28 },
						 { 28, 17, 28, 10 } };
	const struct witness_ops *hwloc = open_witness(HWLOC);
	struct root *root = open_fixture("2s-pmem");
	struct facts facts = { 0 };

	(void)state;

	assert_int_equal(hwloc->load(root, &facts), 0);
	assert_int_equal(facts.n_nodes, 4);
	for (size_t i = 0; i < 4; i++)
		assert_memory_equal(facts.nodes[i].distance, expected[i],
				    sizeof(expected[i]));
	facts_free(&facts);
	root_close(root);
}

/* Sizes of nodes are the same in files and XML; machines without XML have no say. */
static void compare_sizes(const char *name, struct root *root, void *arg)
{
	const struct witness_ops *hwloc = witness_open(HWLOC);
	SCOPED_STRBUF struct strbuf xml = { 0 };
	struct facts seen = { 0 }, files = { 0 };
	int has_xml = root->ops->read(root, "/hwloc.xml", &xml);
	int ret = hwloc->load(root, &seen);

	(void)arg;
	if (has_xml)
		assert_int_equal(ret, -ENOENT);
	else if (ret)
		fail_msg("%s: %d", name, ret);
	(void)!facts_read_nodes(root, &files);
	for (size_t i = 0; i < seen.n_nodes; i++) {
		const struct node_fact *node = &seen.nodes[i];
		const struct node_fact *file = facts_node(&files, node->node);

		if (file && file->total_bytes.known &&
		    file->total_bytes.value != node->total_bytes.value)
			fail_msg("%s: node %u: sizes differ", name, node->node);
	}
	facts_free(&seen);
	facts_free(&files);
}

static void test_witness_hwloc__reads_every_fixture(void **state)
{
	(void)state;
	open_witness(HWLOC);

	assert_true(each_fixture(compare_sizes, NULL) > 50);
}

static const struct {
	const char *xml;
	int result;
} bad_xml[] = {
	{ "", -ENOENT },
	{ "file /hwloc.xml\n", -EIO },
	{ "file /hwloc.xml\n\tgarbage\n", -EIO },
	{ "file /hwloc.xml\n\t<topology\n", -EINVAL },
	{ "file /hwloc.xml\n\t<topology version=\"2.0\">\n", -EIO },
	{ "file /hwloc.xml\n\t<topology version=\"3.0\"></topology>\n", -EIO },
	/* This crashes hwloc 2.9.0. */
	{ "file /hwloc.xml\n\t<?xml version=\"1.0\"?>\n\t<topology version=\"2.0\">\n"
	  "\t<object type=\"Machine\" os_index=\"0\" cpuset=\"0x1\" complete_cpuset=\"0x1\""
	  " nodeset=\"0x1\" gp_index=\"1\"></object></topology>\n",
	  -EINVAL },
	{ "fail /hwloc.xml\n\tEACCES\n", -EACCES },
};

static int load_bad_xml(void *arg)
{
	const struct witness_ops *hwloc = witness_open(HWLOC);

	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(bad_xml); i++) {
		char text[1024];
		struct facts facts = { 0 };
		struct root *root = NULL;
		int ret;

		snprintf(text, sizeof(text), HEAD "%s", bad_xml[i].xml);
		if (root_capture_parse(text, strlen(text), &root, NULL))
			return 1;
		ret = hwloc->load(root, &facts);
		root_close(root);
		facts_free(&facts);
		if (ret != bad_xml[i].result)
			return 10 + (int)i;
	}
	return 0;
}

/* What work() printed on stderr must be nothing. */
static void assert_quiet(int (*work)(void *), void *arg)
{
	char folder[TREE_PATH], path[TREE_PATH + 8];
	struct stat st;
	int before, fd;

	tree_make(folder);
	snprintf(path, sizeof(path), "%s/stderr", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	fflush(stderr);
	before = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);

	assert_int_equal(in_child(work, arg), 0);

	dup2(before, STDERR_FILENO);
	close(before);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	close(fd);
	tree_remove(folder);
}

static void test_witness_hwloc__refuses_bad_xml_quietly(void **state)
{
	(void)state;
	open_witness(HWLOC);

	assert_quiet(load_bad_xml, NULL);
}

/* hwloc complains of such a machine on stderr unless it is told not to. */
static int load_broken_machine(void *arg)
{
	const struct witness_ops *hwloc = witness_open(HWLOC);
	struct facts facts = { 0 };
	struct root *root;
	int ret;

	setenv("HWLOC_FSROOT", arg, 1);
	setenv("HWLOC_THISSYSTEM", "1", 1);
	unsetenv("HWLOC_HIDE_ERRORS");
	if (root_open(NULL, &root, NULL))
		return 1;
	ret = hwloc->load(root, &facts);
	root_close(root);
	facts_free(&facts);
	return ret ? 2 : 0;
}

static void test_witness_hwloc__is_quiet_about_broken_machines(void **state)
{
	char folder[TREE_PATH];

	(void)state;
	open_witness(HWLOC);
	tree_make(folder);
	tree_add(folder, "sys/devices/system/node/node0/cpumap", "garbage\n");
	tree_add(folder, "proc/cpuinfo", "garbage\n");

	assert_quiet(load_broken_machine, folder);
	tree_remove(folder);
}

static int load_elsewhere(void *arg)
{
	const struct witness_ops *hwloc = witness_open(HWLOC);
	struct facts facts = { 0 };
	struct root *root;
	int ret;

	(void)arg;
	setenv("HWLOC_SYNTHETIC", "numa:4 pu:2", 1);
	if (root_open(NULL, &root, NULL))
		return 1;
	ret = hwloc->load(root, &facts);
	root_close(root);
	return ret == -ENOENT && !facts.n_nodes ? 0 : 2;
}

/* An environment that sends hwloc elsewhere does not change this machine. */
static void test_witness_hwloc__takes_only_this_machine_for_it(void **state)
{
	(void)state;
	open_witness(HWLOC);

	assert_int_equal(in_child(load_elsewhere, NULL), 0);
}

static void test_witness_hwloc__passes_xml_on(void **state)
{
	const struct witness_ops *hwloc = open_witness(HWLOC);
	SCOPED_STRBUF struct strbuf xml = { 0 };
	struct root *root = open_text(HEAD "file /hwloc.xml\n\tas it is\n");

	(void)state;

	assert_int_equal(hwloc->export_xml(root, &xml), 0);
	assert_string_equal(xml.text, "as it is\n");
	root_close(root);
	root = open_text(HEAD);
	assert_int_equal(hwloc->export_xml(root, &xml), -ENOENT);
	root_close(root);
}

/* This machine's XML, captured, gives this machine's nodes again. */
static void test_witness_hwloc__exports_what_it_loads(void **state)
{
	const struct witness_ops *hwloc = open_witness(HWLOC);
	SCOPED_STRBUF struct strbuf xml = { 0 }, text = { 0 };
	struct facts here = { 0 }, there = { 0 };
	struct root *root, *copy;

	(void)state;
	assert_int_equal(root_open(NULL, &root, NULL), 0);
	assert_int_equal(hwloc->export_xml(root, &xml), 0);
	assert_true(capture_write(root, xml.text, &text) > 0);
	assert_null(strstr(text.text, "HostName"));
	assert_int_equal(root_capture_parse(text.text, text.len, &copy, NULL), 0);

	assert_int_equal(hwloc->load(root, &here), 0);
	assert_int_equal(hwloc->load(copy, &there), 0);
	assert_true(here.n_nodes > 0);
	assert_int_equal(here.n_nodes, there.n_nodes);
	for (size_t i = 0; i < here.n_nodes; i++) {
		assert_int_equal(here.nodes[i].node, there.nodes[i].node);
		assert_int_equal(here.nodes[i].total_bytes.value,
				 there.nodes[i].total_bytes.value);
	}
	facts_free(&here);
	facts_free(&there);
	root_close(root);
	root_close(copy);
}

/* ---- libdaxctl ------------------------------------------------------------------------ */

static void test_witness_daxctl__knows_only_this_machine(void **state)
{
	const struct witness_ops *daxctl = open_witness(DAXCTL);
	struct root *root = open_fixture("2s-pmem");
	struct facts facts = { 0 };

	(void)state;

	assert_int_equal(daxctl->load(root, &facts), -ENOENT);
	assert_int_equal(facts.n_dax, 0);
	assert_null(daxctl->export_xml);
	root_close(root);
}

/* The same devices as in sysfs; there are none on most machines. */
static void test_witness_daxctl__agrees_with_files(void **state)
{
	const struct witness_ops *daxctl = open_witness(DAXCTL);
	struct facts seen = { 0 }, files = { 0 };
	struct root *root;

	(void)state;
	assert_int_equal(root_open(NULL, &root, NULL), 0);

	assert_int_equal(daxctl->load(root, &seen), 0);
	assert_int_equal(facts_read_dax(root, &files), 0);
	assert_int_equal(seen.n_dax, files.n_dax);
	for (size_t i = 0; i < seen.n_dax; i++) {
		assert_string_equal(seen.dax[i].name, files.dax[i].name);
		assert_string_equal(seen.dax[i].path, files.dax[i].path);
		assert_string_equal(seen.dax[i].driver, files.dax[i].driver);
		assert_int_equal(seen.dax[i].size_bytes.value,
				 files.dax[i].size_bytes.value);
		assert_int_equal(seen.dax[i].target_node, files.dax[i].target_node);
	}
	facts_free(&seen);
	facts_free(&files);
	root_close(root);
}

/* ---- threads ---------------------------------------------------------------------------- */

static void *open_and_load(void *arg)
{
	const struct witness_ops *hwloc = witness_open(HWLOC);
	const struct witness_ops *daxctl = witness_open(DAXCTL);
	struct facts facts = { 0 };

	(void)daxctl;
	if (hwloc && hwloc->load(arg, &facts))
		return arg;
	facts_free(&facts);
	return NULL;
}

static void test_witness__many_threads_at_once(void **state)
{
	struct root *roots[4];
	pthread_t threads[ARRAY_SIZE(roots)];

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		roots[i] = open_fixture("2s-pmem");
		assert_int_equal(
			pthread_create(&threads[i], NULL, open_and_load, roots[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		void *failed;

		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
		root_close(roots[i]);
	}
}

/* ---- faults ------------------------------------------------------------------------------ */

static int load_fixture(void *arg)
{
	const struct witness_ops *hwloc = witness_open(HWLOC);
	struct facts facts = { 0 };
	struct root *root = NULL;
	const struct strbuf *text = arg;
	int ret = root_capture_parse(text->text, text->len, &root, NULL);

	if (ret)
		return ret;
	root = fault_root(root);
	if (!root)
		return -ENOMEM;
	ret = hwloc->load(root, &facts);
	facts_free(&facts);
	root_close(root);
	return ret;
}

/* What the module frees, the harness does not see: only results count here. */
static void test_witness_hwloc__survives_faults(void **state)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct fault_run run;

	(void)state;
	open_witness(HWLOC);
	tree_read(TEST_FIXTURES "/2s-pmem/capture", &text);

	for (unsigned int point = 0; point == 0 || run.fired; point++) {
		run = fault_run(load_fixture, &text, point, FAULT_ONE);
		assert_true(run.fired ? run.result < 0 : run.result == 0);
	}
	assert_true(run.points > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_witness__missing_module_is_none),
		cmocka_unit_test(test_witness__module_of_another_build_is_none),
		cmocka_unit_test(test_witness_hwloc__facts_of_a_node),
		cmocka_unit_test(test_witness_hwloc__distances),
		cmocka_unit_test(test_witness_hwloc__reads_every_fixture),
		cmocka_unit_test(test_witness_hwloc__refuses_bad_xml_quietly),
		cmocka_unit_test(test_witness_hwloc__is_quiet_about_broken_machines),
		cmocka_unit_test(test_witness_hwloc__takes_only_this_machine_for_it),
		cmocka_unit_test(test_witness_hwloc__passes_xml_on),
		cmocka_unit_test(test_witness_hwloc__exports_what_it_loads),
		cmocka_unit_test(test_witness_daxctl__knows_only_this_machine),
		cmocka_unit_test(test_witness_daxctl__agrees_with_files),
		cmocka_unit_test(test_witness__many_threads_at_once),
		cmocka_unit_test(test_witness_hwloc__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
