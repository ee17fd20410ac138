// SPDX-License-Identifier: GPL-2.0-or-later
// Machines as large as Linux can have them: what is asked of the outside grows with the
// nodes and no faster. Counts operations; the time is only told.
#include <time.h>

#include "fault.h"
#include "machine.h"
#include "unit.h"

#define NODE_DIR "/sys/devices/system/node/"
#define DAX_PATH "/sys/devices/platform/ACPI0017:00/root0/region%d/dax_region%d/dax%d.0"

static void add(struct strbuf *text, const char *format, ...) PRINTF_LIKE(2, 3);

static void add(struct strbuf *text, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	assert_int_equal(strbuf_puts(text, line), 0);
}

static void add_distances(struct strbuf *text, int node, int count)
{
	add(text, "file " NODE_DIR "node%d/distance\n\t", node);
	for (int i = 0; i < count; i++)
		add(text, "%s%d", i ? " " : "", i == node ? 10 : 20);
	add(text, "\n");
}

static void add_figures(struct strbuf *text, int node, bool is_slow)
{
	static const char *const kinds[] = { "read", "write" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		add(text, "file " NODE_DIR "node%d/access1/initiators/%s_latency\n\t%d\n",
		    node, kinds[i], is_slow ? 250 : 90);
		add(text,
		    "file " NODE_DIR "node%d/access1/initiators/%s_bandwidth\n\t%d\n",
		    node, kinds[i], is_slow ? 25600 : 102400);
	}
}

static void add_dax(struct strbuf *text, int node)
{
	add(text, "file " DAX_PATH "/target_node\n\t%d\n", node, node, node, node);
	add(text, "file " DAX_PATH "/size\n\t68719476736\n", node, node, node);
	add(text, "link " DAX_PATH "/driver\n\t/sys/bus/dax/drivers/kmem\n", node, node,
	    node);
	add(text, "link /sys/bus/dax/devices/dax%d.0\n\t" DAX_PATH "\n", node, node, node,
	    node);
}

/* Half of the nodes have CPUs, the others are CXL memory of dax devices. */
static struct root *big_root(int count, bool has_figures)
{
	struct strbuf text = { 0 };
	struct tier_diag diag = { 0 };
	struct root *root;

	add(&text, "tierkit-capture 1\ndir /sys/bus/dax/drivers/kmem\n");
	add(&text, "file " NODE_DIR "online\n\t0-%d\n", count - 1);
	add(&text, "file /sys/devices/virtual/memory_tiering/memory_tier4/nodelist\n");
	add(&text, "\t0-%d\n", count / 2 - 1);
	add(&text, "file /sys/devices/virtual/memory_tiering/memory_tier50/nodelist\n");
	add(&text, "\t%d-%d\n", count / 2, count - 1);
	for (int node = 0; node < count; node++) {
		bool is_slow = node >= count / 2;

		add(&text, "file " NODE_DIR "node%d/cpulist\n\t", node);
		if (!is_slow)
			add(&text, "%d", node);
		add(&text, "\n");
		add(&text, "file " NODE_DIR "node%d/meminfo\n", node);
		add(&text, "\tNode %d MemTotal: 4096 kB\n", node);
		add(&text, "\tNode %d MemFree: 1024 kB\n", node);
		add_distances(&text, node, count);
		if (has_figures)
			add_figures(&text, node, is_slow);
		if (is_slow)
			add_dax(&text, node);
	}
	if (root_capture_parse(text.text, text.len, &root, &diag))
		fail_msg("line %u: %s", diag.line, diag.message);
	strbuf_free(&text);
	return root;
}

/* One load; arg is the root, which stays open. */
static int load(void *arg)
{
	struct topology_source source = { .root = arg };
	struct tier_topology *t = NULL;
	int ret = topology_read(&source, &t, NULL);

	if (!ret && (tier_topology_check(t, NULL) || tier_count(t) != 2))
		ret = 1;
	tier_topology_unref(t);
	return ret;
}

/* ---- counting ------------------------------------------------------------------------ */

static struct root *counted;
static unsigned long operations;

static int count_read(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	operations++;
	return counted->ops->read(counted, path, out);
}

static int count_list(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	operations++;
	return counted->ops->list(counted, path, out);
}

static int count_realpath(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	operations++;
	return counted->ops->realpath(counted, path, out);
}

static unsigned long operations_of_load(int nodes, bool has_figures)
{
	static const struct root_ops ops = { .read = count_read,
					     .list = count_list,
					     .realpath = count_realpath };
	struct root root = { .ops = &ops };

	counted = big_root(nodes, has_figures);
	operations = 0;
	assert_int_equal(load(&root), 0);
	root_close(counted);
	return operations;
}

static void test_scale__operations_grow_with_nodes(void **state)
{
	(void)state;
	for (int has_figures = 0; has_figures < 2; has_figures++) {
		unsigned long a = operations_of_load(32, has_figures);
		unsigned long b = operations_of_load(64, has_figures);
		unsigned long c = operations_of_load(96, has_figures);

		assert_int_equal(c - b, b - a);
		assert_true(b - a <= 32UL * 20);
	}
}

/* Memory comes in chunks, so its allocations are few however many nodes there are. */
static void test_scale__allocations_are_few(void **state)
{
	struct root *root = big_root(64, true);
	struct fault_run run = fault_run(load, root, UINT32_MAX, FAULT_ONE);

	(void)state;
	assert_int_equal(run.result, 0);
	assert_int_equal(run.leaked, 0);
	assert_true(run.points < 64 * 20);
	root_close(root);
}

static void test_scale__1024_nodes(void **state)
{
	(void)state;
	for (int has_figures = 0; has_figures < 2; has_figures++) {
		struct root *root = big_root(TIER_MAX_NODES, has_figures);
		struct timespec from, to;

		clock_gettime(CLOCK_MONOTONIC, &from);
		assert_int_equal(load(root), 0);
		clock_gettime(CLOCK_MONOTONIC, &to);
		print_message("1024 nodes %s figures: loaded and checked in %ld us\n",
			      has_figures ? "with" : "without",
			      (to.tv_sec - from.tv_sec) * 1000000 +
				      (to.tv_nsec - from.tv_nsec) / 1000);
		root_close(root);
	}
}

/* One node, and all devices of the machine on it: a list longer than any line. */
static void test_scale__many_devices_on_one_node(void **state)
{
	struct strbuf text = { 0 };
	struct machine machine;
	struct root *root;
	const char *dax;

	(void)state;
	add(&text, "tierkit-capture 1\ndir /sys/bus/dax/drivers/kmem\n");
	add(&text, "file " NODE_DIR "node0/meminfo\n\tNode 0 MemTotal: 4096 kB\n"
		   "\tNode 0 MemFree: 1024 kB\n");
	for (int i = 0; i < 200; i++) {
		add(&text, "file " DAX_PATH "/target_node\n\t0\n", i, i, i);
		add(&text, "link /sys/bus/dax/devices/dax%d.0\n\t" DAX_PATH "\n", i, i, i,
		    i);
	}
	assert_int_equal(root_capture_parse(text.text, text.len, &root, NULL), 0);
	strbuf_free(&text);

	machine = machine_of_root(root, NULL);

	dax = topology_node(machine.t, 0)->dax;
	assert_int_equal(strncmp(dax, "dax0.0 dax1.0 dax2.0 ", 21), 0);
	assert_string_equal(dax + strlen(dax) - 9, " dax199.0");
	machine_close(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scale__operations_grow_with_nodes),
		cmocka_unit_test(test_scale__allocations_are_few),
		cmocka_unit_test(test_scale__1024_nodes),
		cmocka_unit_test(test_scale__many_devices_on_one_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
