// SPDX-License-Identifier: GPL-2.0-or-later
// Two witnesses of each machine, held against each other: what hwloc says of a node and
// what the kernel's files say. They may differ only where a reason is known.
#include <limits.h>

#include "machine.h"
#include "unit.h"

#define ANY UINT_MAX

/* What is compared, and how often both knew it: a comparison that never takes place
 * proves nothing. */
enum what {
	SEEN, /* memory of the kernel's in hwloc */
	SIZE,
	HAS_CPUS,
	SIDE_CACHE,
	DISTANCE,
	READ_BANDWIDTH,
	WRITE_BANDWIDTH,
	READ_LATENCY,
	WRITE_LATENCY,
	SUBJECTS,
};

static const char *const subjects[SUBJECTS] = {
	[SEEN] = "seen",
	[SIZE] = "size",
	[HAS_CPUS] = "has CPUs",
	[SIDE_CACHE] = "side cache",
	[DISTANCE] = "distance",
	[READ_BANDWIDTH] = "read bandwidth",
	[WRITE_BANDWIDTH] = "write bandwidth",
	[READ_LATENCY] = "read latency",
	[WRITE_LATENCY] = "write latency",
};

static int compared[SUBJECTS];

/* Where they differ and why, as the machine's card has it; each row must be used, so
 * that none outlives its reason. */
static const struct excuse {
	const char *machine;
	enum what what;
	unsigned int node;
	const char *why; /* for who reads this */
} excuses[] = {
	{ "cpuset-restricted", SEEN, 1,
	  "lstopo's XML leaves out what the task may not use" },
	{ "cpuset-restricted", SEEN, 3, "likewise" },
	{ "fake-numa", SEEN, 1, "of two nodes with the same CPUs hwloc 2.9 keeps one" },
	{ "fake-numa", SEEN, 3, "likewise" },
	{ "overlapping-cpus", SEEN, ANY, "likewise" },
	{ "overlapping-partly", SEEN, 1, "nor a node that has some CPUs of another" },
	{ "gpu-grace", SEEN, 1, "hwloc 2.9 hides the memory of GPUs" },
	{ "gpu-power9", SEEN, ANY, "likewise" },
};

static bool used[ARRAY_SIZE(excuses)];

struct comparison {
	const char *machine;
	const struct facts *kernel, *hwloc;
	int failures;
};

static bool is_excused(const struct comparison *c, enum what what, unsigned int node)
{
	for (size_t i = 0; i < ARRAY_SIZE(excuses); i++) {
		if (strcmp(excuses[i].machine, c->machine) || excuses[i].what != what ||
		    (excuses[i].node != ANY && excuses[i].node != node))
			continue;
		used[i] = true;
		return true;
	}
	return false;
}

static void compare(struct comparison *c, enum what what, unsigned int node,
		    uint64_t kernel, uint64_t hwloc)
{
	compared[what]++;
	if (kernel == hwloc || is_excused(c, what, node))
		return;
	ROW_FAILS(c->failures, "%s: node %u, %s: the kernel has %llu, hwloc %llu\n",
		  c->machine, node, subjects[what], (unsigned long long)kernel,
		  (unsigned long long)hwloc);
}

/* What the kernel says of a figure: by access1, or access0 where that is missing. */
static struct figure kernel_figure(const struct node_fact *node, int figure)
{
	for (int class = ACCESS_CLASSES - 1; class >= 0; class --)
		for (int i = 0; i < TIER_FIGURES; i++)
			if (node->access[class].figure[i].known)
				return node->access[class].figure[figure];
	return (struct figure){ 0 };
}

static void compare_figures(struct comparison *c, const struct node_fact *kernel,
			    const struct node_fact *hwloc)
{
	for (int i = 0; i < TIER_FIGURES; i++) {
		struct figure from_kernel = kernel_figure(kernel, i);

		if (from_kernel.known && hwloc->access[1].figure[i].known)
			compare(c, (enum what)(READ_BANDWIDTH + i), kernel->node,
				from_kernel.value, hwloc->access[1].figure[i].value);
	}
}

static void compare_distances(struct comparison *c, const struct node_fact *kernel,
			      const struct node_fact *hwloc)
{
	if (!kernel->distance || !hwloc->distance)
		return;
	for (size_t i = 0; i < c->hwloc->n_nodes; i++) {
		const struct node_fact *to =
			facts_node(c->kernel, c->hwloc->nodes[i].node);

		if (to && kernel->distance[to - c->kernel->nodes] && hwloc->distance[i])
			compare(c, DISTANCE, kernel->node,
				kernel->distance[to - c->kernel->nodes],
				hwloc->distance[i]);
	}
}

static void compare_node(struct comparison *c, const struct node_fact *kernel)
{
	const struct node_fact *hwloc = facts_node(c->hwloc, kernel->node);

	if (kernel->total_bytes.known && kernel->total_bytes.value)
		compare(c, SEEN, kernel->node, true, hwloc != NULL);
	if (!hwloc)
		return;
	if (kernel->total_bytes.known && hwloc->total_bytes.known)
		compare(c, SIZE, kernel->node, kernel->total_bytes.value,
			hwloc->total_bytes.value);
	if (kernel->cpus && hwloc->cpus)
		compare(c, HAS_CPUS, kernel->node, *kernel->cpus != '\0',
			*hwloc->cpus != '\0');
	if (kernel->side_cache_bytes.known && hwloc->side_cache_bytes.known)
		compare(c, SIDE_CACHE, kernel->node, kernel->side_cache_bytes.value,
			hwloc->side_cache_bytes.value);
	compare_figures(c, kernel, hwloc);
	compare_distances(c, kernel, hwloc);
}

/* Whether there is an XML to compare with. */
static bool compare_machine(const char *machine, const struct witness_ops *ops,
			    int *failures)
{
	struct facts kernel = { 0 }, hwloc = { 0 };
	struct comparison c = { machine, &kernel, &hwloc, 0 };
	struct root *root = fixture_root(machine);
	int ret = ops->load(root, &hwloc);

	assert_int_equal(facts_read_nodes(root, &kernel), 0);
	for (size_t i = 0; !ret && i < kernel.n_nodes; i++)
		compare_node(&c, &kernel.nodes[i]);
	for (size_t i = 0; !ret && i < hwloc.n_nodes; i++)
		if (!facts_node(&kernel, hwloc.nodes[i].node))
			ROW_FAILS(c.failures, "%s: hwloc alone has node %u\n", machine,
				  hwloc.nodes[i].node);
	if (ret && ret != -ENOENT)
		ROW_FAILS(c.failures, "%s: hwloc: %s\n", machine, tier_strerror(ret));
	*failures += c.failures;
	facts_free(&kernel);
	facts_free(&hwloc);
	root_close(root);
	return !ret;
}

static int has_card(const struct dirent *entry)
{
	char path[512];

	snprintf(path, sizeof(path), TEST_FIXTURES "/%s/card", entry->d_name);
	return entry->d_name[0] != '.' && access(path, R_OK) == 0;
}

static void test_providers__agree(void **state)
{
	const struct witness_ops *ops =
		witness_open(TEST_BUILD "/lib/" WITNESS_HWLOC_MODULE);
	struct dirent **machines;
	int failures = 0, with_xml = 0;
	int count = scandir(TEST_FIXTURES, &machines, has_card, alphasort);

	(void)state;
	if (!ops) {
		print_message("skip: built without the hwloc module\n");
		skip();
	}
	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		with_xml += compare_machine(machines[i]->d_name, ops, &failures);
		free(machines[i]);
	}
	free(machines);
	assert_true(with_xml > 40);
	for (int what = 0; what < SUBJECTS; what++)
		if (!compared[what])
			ROW_FAILS(failures, "%s: never compared\n", subjects[what]);
	for (size_t i = 0; i < ARRAY_SIZE(excuses); i++)
		if (!used[i])
			ROW_FAILS(failures, "%s, %s: nothing to excuse\n",
				  excuses[i].machine, subjects[excuses[i].what]);
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_providers__agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
