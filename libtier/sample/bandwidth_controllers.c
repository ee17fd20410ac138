// SPDX-License-Identifier: LGPL-2.1-or-later
// What memory controllers count of all that goes through them, whoever asked for it: by socket,
// as the controllers of one are never told apart. Either all of their counters are open, or none:
// a sum without some channels would be too small.
#include <errno.h>
#include <string.h>

#include "bandwidth.h"
#include "nodeset.h"
#include "packages.h"
#include "perf.h"
#include "sampler.h"

/* Of all channels of a socket. */
struct controller_sum {
	char driver[PMU_NAME];
	enum pmu_memory memory;
	uint64_t package;
	enum tier_bandwidth_of of;
	struct tier_nodeset nodes;
	uint32_t unknown; /* bit 1 << figure: since the last look */
	double bytes[PMU_FIGURES];
};

struct counter {
	int fd;
	size_t sum;
	enum pmu_figure figure;
	double bytes; /* that one count stands for */
	struct perf_count last;
};

static struct counter *counters(const struct controllers *controllers)
{
	return (void *)controllers->counters.text;
}

static size_t n_counters(const struct controllers *controllers)
{
	return controllers->counters.len / sizeof(struct counter);
}

static struct controller_sum *sums(const struct controllers *controllers)
{
	return (void *)controllers->sums.text;
}

static size_t n_sums(const struct controllers *controllers)
{
	return controllers->sums.len / sizeof(struct controller_sum);
}

/* ---- opening --------------------------------------------------------------------------------- */

static void close_all(struct sampler *sampler)
{
	struct controllers *controllers = &sampler->bandwidth.controllers;

	for (size_t i = 0; i < n_counters(controllers); i++) {
		sampler->looking.perf->close(counters(controllers)[i].fd);
		sampler->descriptors++;
	}
	strbuf_free(&controllers->counters);
	strbuf_free(&controllers->sums);
}

static int find_sum(struct controllers *controllers, const struct pmu_event *event,
		    uint64_t package, size_t *found)
{
	struct controller_sum sum = { .memory = event->memory, .package = package };

	for (*found = 0; *found < n_sums(controllers); ++*found) {
		const struct controller_sum *one = &sums(controllers)[*found];

		if (one->memory == event->memory && one->package == package)
			return 0;
	}
	memcpy(sum.driver, event->driver, sizeof(sum.driver));
	return strbuf_add(&controllers->sums, &sum, sizeof(sum));
}

/* The driver may be gone by now: that is not to have none. */
static int as_refusal(int error)
{
	return error == -ENOENT ? -ENODEV : error;
}

static int open_one(struct sampler *sampler, const struct pmu_event *event)
{
	const struct perf_ops *perf = sampler->looking.perf;
	struct controllers *controllers = &sampler->bandwidth.controllers;
	struct counter counter = { .figure = event->figure, .bytes = event->bytes };
	uint64_t package;
	int ret = cpu_package(sampler->looking.root, event->cpu, &package);

	if (ret)
		return as_refusal(ret);
	ret = find_sum(controllers, event, package, &counter.sum);
	if (ret)
		return ret;
	if (!sampler->descriptors)
		return -EMFILE;
	counter.fd = perf->open(event->type, &event->config, event->cpu);
	if (counter.fd < 0)
		return as_refusal(counter.fd);
	ret = strbuf_add(&controllers->counters, &counter, sizeof(counter));
	if (ret)
		perf->close(counter.fd);
	else
		sampler->descriptors--;
	return ret;
}

static int open_all(struct sampler *sampler)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct controllers *controllers = &sampler->bandwidth.controllers;
	int ret = pmu_find_traffic(sampler->looking.root, &text, controllers->device);
	const struct pmu_event *events = (const void *)text.text;

	if (!ret && !sampler->looking.perf)
		return -ENXIO;
	for (size_t i = 0; !ret && i < text.len / sizeof(*events); i++) {
		memcpy(controllers->device, events[i].pmu, sizeof(events[i].pmu));
		ret = open_one(sampler, &events[i]);
	}
	return ret;
}

/* ---- which nodes ------------------------------------------------------------------------------- */

/* Each node with memory, and where it is. */
struct position {
	unsigned int node;
	bool has_cpus;
	bool is_known; /* whether it is on this package alone */
	uint64_t package;
};

static int find_position(struct root *root, unsigned int node, struct position *position)
{
	int ret;

	*position = (struct position){ .node = node, .has_cpus = true };
	ret = node_package(root, node, &position->package);
	if (ret == -ENOENT) {
		position->has_cpus = false;
		ret = nearest_package(root, node, &position->package);
	}
	position->is_known = !ret;
	return ret == -ENOMEM ? ret : 0;
}

/* A node that may be on any package may be on this one. */
static void add_position(struct controller_sum *sum, const struct position *position)
{
	if (position->is_known && position->package != sum->package)
		return;
	if (sum->memory == PMU_PMEM && position->has_cpus)
		return;
	tier_nodeset_add(&sum->nodes, position->node);
	if (!position->is_known)
		sum->of = TIER_BANDWIDTH_OF_PACKAGE;
}

/* All of it is one node's only where there is no other, whose share nobody counts. */
static void conclude(struct controller_sum *sum)
{
	if (sum->memory == PMU_PMEM)
		sum->of = TIER_BANDWIDTH_OF_PMEM;
	else if (tier_nodeset_count(&sum->nodes) != 1)
		sum->of = TIER_BANDWIDTH_OF_PACKAGE;
}

/* Those that have memory now, or all where the kernel does not say. */
static struct tier_nodeset nodes_of(const struct sampler *sampler)
{
	struct tier_nodeset nodes = sampler->nodes;

	if (sampler->with_memory)
		(void)!tier_nodeset_parse(sampler->with_memory, &nodes, NULL);
	return nodes;
}

static int find_nodes(struct sampler *sampler)
{
	struct controllers *controllers = &sampler->bandwidth.controllers;
	const struct tier_nodeset nodes = nodes_of(sampler);
	struct controller_sum *all = sums(controllers);

	for (size_t i = 0; i < n_sums(controllers); i++) {
		all[i].nodes = (struct tier_nodeset){ 0 };
		all[i].of = TIER_BANDWIDTH_OF_NODE;
	}
	for_each_node(node, &nodes) {
		struct position position;
		int ret = find_position(sampler->looking.root, (unsigned int)node,
					&position);

		if (ret)
			return ret;
		for (size_t i = 0; i < n_sums(controllers); i++)
			add_position(&all[i], &position);
	}
	for (size_t i = 0; i < n_sums(controllers); i++)
		conclude(&all[i]);
	return 0;
}

int controllers_open(struct sampler *sampler)
{
	struct controllers *controllers = &sampler->bandwidth.controllers;
	int ret;

	if (controllers->is_open)
		return 0;
	ret = open_all(sampler);
	if (ret)
		close_all(sampler);
	controllers->error = ret;
	controllers->is_open = ret != -ENOMEM;
	return ret == -ENOMEM ? ret : 0;
}

void controllers_close(struct sampler *sampler)
{
	close_all(sampler);
	sampler->bandwidth.controllers.is_open = false;
}

/* ---- reading ----------------------------------------------------------------------------------- */

/* What it counted while it ran stands for all of the time; when it never ran, nothing does. */
static bool advance(struct counter *counter, const struct perf_count *now, double *bytes)
{
	const struct perf_count last = counter->last;
	double enabled = (double)(now->enabled_ns - last.enabled_ns);
	double running = (double)(now->running_ns - last.running_ns);

	counter->last = *now;
	if (now->value < last.value || now->enabled_ns < last.enabled_ns ||
	    now->running_ns < last.running_ns)
		return false;
	if (running <= 0)
		return enabled <= 0;
	*bytes += (double)(now->value - last.value) * counter->bytes * enabled / running;
	return true;
}

static void read_counters(struct sampler *sampler)
{
	struct controllers *controllers = &sampler->bandwidth.controllers;

	for (size_t i = 0; i < n_sums(controllers); i++)
		sums(controllers)[i].unknown = 0;
	for (size_t i = 0; i < n_counters(controllers); i++) {
		struct counter *one = &counters(controllers)[i];
		struct controller_sum *sum = &sums(controllers)[one->sum];
		struct perf_count now;

		if (sampler->looking.perf->read(one->fd, &now) ||
		    !advance(one, &now, &sum->bytes[one->figure]))
			sum->unknown |= 1U << one->figure;
	}
}

static struct bandwidth_reading as_reading(const struct controller_sum *sum)
{
	struct bandwidth_reading reading = {
		.source = sum->driver,
		.of = sum->of,
		.domain = (uint32_t)sum->package,
		.nodes = sum->nodes,
		.bytes = { [BANDWIDTH_READ] = sum->bytes[PMU_READ],
			   [BANDWIDTH_WRITE] = sum->bytes[PMU_WRITE],
			   [BANDWIDTH_TOTAL] =
				   sum->bytes[PMU_READ] + sum->bytes[PMU_WRITE] },
	};

	if (!(sum->unknown & 1U << PMU_READ))
		reading.known |= TIER_BANDWIDTH_KNOWS_READ;
	if (!(sum->unknown & 1U << PMU_WRITE))
		reading.known |= TIER_BANDWIDTH_KNOWS_WRITE;
	if (!sum->unknown)
		reading.known |= TIER_BANDWIDTH_KNOWS_TOTAL;
	return reading;
}

static int read_controllers(struct sampler *sampler, struct strbuf *out, char *device)
{
	struct controllers *controllers = &sampler->bandwidth.controllers;
	bool is_first = !controllers->found_nodes;
	int ret = controllers_open(sampler);

	if (ret)
		return ret;
	memcpy(device, controllers->device, sizeof(controllers->device));
	if (controllers->error)
		return controllers->error;
	if (is_first || sampler->sample.nodes_changed)
		ret = find_nodes(sampler);
	controllers->found_nodes = !ret;
	read_counters(sampler);
	for (size_t i = 0; !ret && i < n_sums(controllers); i++) {
		const struct bandwidth_reading reading =
			as_reading(&sums(controllers)[i]);

		ret = strbuf_add(out, &reading, sizeof(reading));
	}
	return ret;
}

const struct bandwidth_source bandwidth_controllers = { "uncore", read_controllers };
