// SPDX-License-Identifier: GPL-2.0-or-later
// Which memory is measured from where. Measures nothing.
#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "cmds.h"
#include "entry.h"

int wanted_nodes(const struct bench *bench, struct tier_nodeset *nodes)
{
	const char *selector = bench->options.nodes ? bench->options.nodes : "all";

	return host_nodes(&bench->machine, selector, nodes);
}

/* The nodes that --cpus means, whether they have CPUs or not. */
static int named_by_cpus(const struct bench *bench, struct tier_nodeset *nodes)
{
	const char *selector = bench->options.cpus;
	struct tier_diag diag = { 0 };
	int ret = tier_select(bench->machine.topology, selector, nodes, &diag);

	return ret ? say(ret == -EINVAL ? STATUS_USAGE : STATUS_NOT_FOUND, selector, "%s",
			 diag.message[0] ? diag.message : tier_strerror(ret)) :
		     STATUS_DONE;
}

int wanted_cpu_nodes(const struct bench *bench, struct tier_nodeset *nodes)
{
	struct tier_nodeset named;
	int status;

	host_cpu_nodes(&bench->machine, nodes);
	if (!bench->options.cpus)
		return STATUS_DONE;
	status = named_by_cpus(bench, &named);
	if (status)
		return status;
	for (size_t i = 0; i < ARRAY_SIZE(nodes->bits); i++)
		nodes->bits[i] &= named.bits[i];
	return tier_nodeset_count(nodes) ? STATUS_DONE :
					   say(STATUS_NOT_FOUND, bench->options.cpus,
					       "no CPUs there that may be used");
}

int initiator_of(const struct bench *bench, unsigned int node, unsigned int *cpu_node)
{
	const char *selector = bench->options.cpus;
	struct tier_nodeset nodes;
	int status;

	if (!selector || !strcmp(selector, "near")) {
		*cpu_node = host_nearest(&bench->machine, node);
		return STATUS_DONE;
	}
	status = named_by_cpus(bench, &nodes);
	if (status)
		return status;
	if (tier_nodeset_count(&nodes) != 1)
		return say(STATUS_USAGE, selector,
			   "--cpus wants one node, 'matrix' goes through all");
	*cpu_node = (unsigned int)tier_nodeset_next(&nodes, -1);
	return STATUS_DONE;
}

bool is_wanted(const struct bench *bench, const char *name)
{
	const char *at = bench->options.only;
	size_t len = strlen(name);

	for (; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (!strncmp(at, name, len) && (!at[len] || at[len] == ','))
			return true;
	return !bench->options.only;
}

/* A row's laps are at least so far apart, as moods of a machine last: then what one finds
 * says little of the next, and each counts (tests/unit/test_bench_laps.c). */
#define APART_SECONDS 0.3

/* When the next lap may begin, after one that began now and may have had one row only. */
static uint64_t next_lap(const struct bench *bench)
{
	/* Who gives a figure less time than that wants a look, and no interval. */
	double seconds = fmin(APART_SECONDS, bench->wishes.seconds);

	seconds += bench->wishes.seconds / (double)laps_most(bench);
	return now_ns() + (uint64_t)(seconds * 1e9);
}

static void wait_until(uint64_t until_ns)
{
	const struct timespec until = { .tv_sec = (time_t)(until_ns / 1000000000),
					.tv_nsec = (long)(until_ns % 1000000000) };

	/* A signal ends the waiting, and then measuring, too. */
	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static int measure_lap(struct bench *bench, const struct target *target,
		       int (*each)(struct bench *bench, struct spot *spot))
{
	static struct spot spot;
	int status = spot_open(bench, &target->place, target->cpu_node, target->buffers,
			       &spot);

	if (status)
		return status;
	status = each(bench, &spot);
	if (!status && !interrupted())
		status = spot_prove(bench, &spot);
	spot_close(&spot);
	return status;
}

/* A lap of each: of those that were begun before where a row wants it. */
static int measure_round(struct bench *bench, const struct turns *turns, size_t begun)
{
	int status = STATUS_DONE;

	for (size_t i = 0; !status && !interrupted() && i < turns->count; i++) {
		const struct target *target = &turns->target[i];

		if (i >= begun || entries_want_lap(bench, &target->place))
			status = measure_lap(bench, target, turns->each);
	}
	return status;
}

int measure_by_turns(struct bench *bench, struct turns *turns)
{
	uint64_t next_ns = 0;
	size_t begun = 0;
	int status;

	entries_begin(bench);
	do {
		wait_until(next_ns);
		next_ns = next_lap(bench);
		status = measure_round(bench, turns, begun);
		begun = turns->count;
		if (!status && !interrupted() && turns->add)
			turns->add(bench, turns);
	} while (!status && !interrupted() &&
		 (begun < turns->count || entries_want_lap(bench, NULL)));
	return entries_end(bench, status);
}

int measure_in_laps(struct bench *bench, const struct target *target,
		    int (*each)(struct bench *bench, struct spot *spot))
{
	struct turns turns = { .target = { *target }, .count = 1, .each = each };

	return measure_by_turns(bench, &turns);
}

int for_each_node(struct bench *bench, size_t buffers,
		  int (*each)(struct bench *bench, struct spot *spot))
{
	struct tier_nodeset nodes = { 0 };
	int status = wanted_nodes(bench, &nodes);

	bench->planned *= (unsigned int)(laps_most(bench) * tier_nodeset_count(&nodes));
	for (int node = -1; !status && !interrupted() &&
			    (node = tier_nodeset_next(&nodes, node)) >= 0;) {
		struct target target = { .place = place_node((unsigned int)node),
					 .buffers = buffers };

		bench->picked = 0;
		status = initiator_of(bench, (unsigned int)node, &target.cpu_node);
		if (!status)
			status = measure_in_laps(bench, &target, each);
	}
	return status;
}
