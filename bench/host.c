// SPDX-License-Identifier: GPL-2.0-or-later
// Asks libtier about nodes and their CPUs. Measures nothing.
#include "host.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bench.h"
#include "processor.h"

const char *const page_size_names[PAGE_SIZES] = { "4k", "thp", "huge" };

/* libtier's own, as it is libtier that tells whether figures are of this machine. */
static void sign(struct host *machine)
{
	struct tier_kernel_info kernel;

	tier_kernel_get(machine->topology, &kernel, sizeof(kernel));
	(void)snprintf(machine->signature, sizeof(machine->signature), "%s",
		       kernel.signature);
}

/* What the kernel does to memory by itself, in words; "" where that is not known. */
static void read_switches(struct host *machine)
{
	static const char *const balancing[] = { "off", "on", "promotion",
						 "on+promotion" };
	struct tier_traffic now = { 0 };
	uint32_t flags;

	machine->huge_pages = machine->balancing = "";
	if (tier_traffic_read(machine->ctx, -1, &now, sizeof(now)))
		return;
	flags = now.flags;
	if (flags & TIER_TRAFFIC_KNOWS_HUGE)
		machine->huge_pages = flags & TIER_TRAFFIC_HUGE_ALWAYS	? "always" :
				      flags & TIER_TRAFFIC_HUGE_ADVISED ? "madvise" :
									  "never";
	if (flags & TIER_TRAFFIC_KNOWS_BALANCING)
		machine->balancing = balancing[!!(flags & TIER_TRAFFIC_BALANCES) +
					       2 * !!(flags & TIER_TRAFFIC_PROMOTES)];
}

int host_open(struct host *machine)
{
	struct tier_diag diag = { 0 };
	struct utsname name;
	int ret;

	*machine = (struct host){ .emulator = processor_emulator(),
				  .cache_bytes = processor_cache_bytes() };
	(void)sched_getaffinity(0, sizeof(machine->allowed),
				(cpu_set_t *)&machine->allowed);
	ret = tier_ctx_new(&machine->ctx, NULL, 0, &diag);
	if (!ret)
		ret = tier_topology_load(machine->ctx, TIER_LOAD_CHEAP,
					 &machine->topology, &diag);
	if (ret)
		return say_error("machine", "cannot be read", ret);
	if (uname(&name))
		name.release[0] = '\0';
	(void)snprintf(machine->kernel, sizeof(machine->kernel), "%.60s", name.release);
	sign(machine);
	read_switches(machine);
	return STATUS_DONE;
}

void host_close(struct host *machine)
{
	tier_topology_unref(machine->topology);
	tier_ctx_unref(machine->ctx);
	*machine = (struct host){ 0 };
}

static int not_usable(int node, enum tier_usability why)
{
	char object[32];

	(void)snprintf(object, sizeof(object), "node %d", node);
	return say(STATUS_NOT_FOUND, object, "nothing can be placed there: %s",
		   tier_usability_name(why));
}

int host_nodes(const struct host *machine, const char *selector,
	       struct tier_nodeset *nodes)
{
	struct tier_diag diag = { 0 };
	int ret = tier_select(machine->topology, selector, nodes, &diag);

	if (ret)
		return say(ret == -EINVAL ? STATUS_USAGE : STATUS_NOT_FOUND, selector,
			   "%s", diag.message[0] ? diag.message : tier_strerror(ret));
	for (int node = -1; (node = tier_nodeset_next(nodes, node)) >= 0;) {
		struct tier_node_info info;

		ret = tier_node_get(machine->topology, (unsigned int)node, &info,
				    sizeof(info));
		if (ret || info.usability == TIER_USABLE_YES)
			continue;
		/* A kind means nodes whose memory may come, too. */
		if (strstr(selector, "node:"))
			return not_usable(node, info.usability);
		nodes->bits[node / 64] &= ~(1ULL << node % 64);
	}
	if (!tier_nodeset_count(nodes))
		return say(STATUS_NOT_FOUND, selector,
			   "no node with memory that may be "
			   "used");
	return STATUS_DONE;
}

size_t host_cpus(const struct host *machine, unsigned int node, int *cpus, size_t room)
{
	struct tier_node_info info;
	struct cpus here, allowed = machine->allowed;
	size_t count = 0;

	if (tier_node_get(machine->topology, node, &info, sizeof(info)) ||
	    cpus_parse(info.cpus, &here))
		return 0;
	for (int cpu = 0; cpu < CPUS_MAX && count < room; cpu++)
		if (CPU_ISSET_S((size_t)cpu, sizeof(here), (cpu_set_t *)&here) &&
		    CPU_ISSET_S((size_t)cpu, sizeof(allowed), (cpu_set_t *)&allowed))
			cpus[count++] = cpu;
	return count;
}

void host_cpu_nodes(const struct host *machine, struct tier_nodeset *nodes)
{
	struct tier_nodeset all;
	int cpu;

	tier_nodeset_zero(nodes);
	tier_topology_nodes(machine->topology, &all);
	for (int node = -1; (node = tier_nodeset_next(&all, node)) >= 0;)
		if (host_cpus(machine, (unsigned int)node, &cpu, 1))
			(void)tier_nodeset_add(nodes, (unsigned int)node);
}

unsigned int host_nearest(const struct host *machine, unsigned int node)
{
	struct tier_node_info info = { 0 };
	struct tier_nodeset with_cpus;
	int best = -1, best_distance = 0;

	host_cpu_nodes(machine, &with_cpus);
	(void)!tier_node_get(machine->topology, node, &info, sizeof(info));
	for (int at = -1; (at = tier_nodeset_next(&with_cpus, at)) >= 0;) {
		int distance =
			tier_node_distance(machine->topology, (unsigned int)at, node);

		/* What the firmware says of initiators counts more than distance. */
		if (tier_nodeset_has(&info.near_nodes, (unsigned int)at))
			return (unsigned int)at;
		if (best < 0 || (distance > 0 && distance < best_distance)) {
			best = at;
			best_distance = distance > 0 ? distance : INT32_MAX;
		}
	}
	return best < 0 ? 0 : (unsigned int)best;
}
