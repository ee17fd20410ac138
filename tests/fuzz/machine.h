/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One small machine for targets that need one: two sockets, pmem on each. */
#ifndef MACHINE_H
#define MACHINE_H

#include <string.h>

#include "platform.h"
#include "switches.h"
#include "topology.h"

static const char machine_text[] =
	"tierkit-capture 1\n"
	"file /proc/self/status\n\tMems_allowed_list:\t0-3\n"
	"link /sys/bus/dax/devices/dax0.0\n\t../../../devices/ndbus0/dax0.0\n"
	"link /sys/devices/ndbus0/dax0.0/driver\n\t../../../bus/dax/drivers/kmem\n"
	"file /sys/devices/ndbus0/dax0.0/size\n\t1073741824\n"
	"file /sys/devices/ndbus0/dax0.0/target_node\n\t2\n"
	"dir /sys/bus/dax/drivers/kmem\n"
	"file /sys/devices/system/node/has_cpu\n\t0-1\n"
	"file /sys/devices/system/node/has_memory\n\t0-3\n"
	"file /sys/devices/system/node/has_normal_memory\n\t0-1\n"
	"file /sys/devices/system/node/online\n\t0-3\n"
	"file /sys/devices/system/node/possible\n\t0-7\n"
	"file /sys/devices/system/node/node0/cpulist\n\t0-1\n"
	"file /sys/devices/system/node/node0/distance\n\t10 21 17 28\n"
	"file /sys/devices/system/node/node0/meminfo\n"
	"\tNode 0 MemTotal: 1048576 kB\n\tNode 0 MemFree: 524288 kB\n"
	"file /sys/devices/system/node/node1/cpulist\n\t2-3\n"
	"file /sys/devices/system/node/node1/distance\n\t21 10 28 17\n"
	"file /sys/devices/system/node/node1/meminfo\n"
	"\tNode 1 MemTotal: 1048576 kB\n\tNode 1 MemFree: 524288 kB\n"
	"file /sys/devices/system/node/node2/cpulist\n\t\n"
	"file /sys/devices/system/node/node2/distance\n\t17 28 10 28\n"
	"file /sys/devices/system/node/node2/meminfo\n"
	"\tNode 2 MemTotal: 1048576 kB\n\tNode 2 MemFree: 524288 kB\n"
	"file /sys/devices/system/node/node3/cpulist\n\t\n"
	"file /sys/devices/system/node/node3/distance\n\t28 17 28 10\n"
	"file /sys/devices/system/node/node3/meminfo\n"
	"\tNode 3 MemTotal: 1048576 kB\n\tNode 3 MemFree: 524288 kB\n"
	"file /sys/devices/virtual/memory_tiering/memory_tier4/nodelist\n\t0-1\n"
	"file /sys/devices/virtual/memory_tiering/memory_tier22/nodelist\n\t2-3\n";

/* Made once; lives as long as the process. */
static inline const struct tier_topology *machine_topology(void)
{
	static struct tier_topology *topology;
	struct topology_source source = { 0 };

	if (topology)
		return topology;
	if (root_capture_parse(machine_text, sizeof(machine_text) - 1, &source.root,
			       NULL) ||
	    topology_read(&source, &topology, NULL))
		abort();
	root_close(source.root);
	return topology;
}

/* The switches of that machine, out of a capture; read once, the same way. */
static inline const struct switches *machine_switches(const char *text)
{
	static struct switches switches;
	struct tier_nodeset nodes;
	struct root *root;

	if (switches.n_nodes)
		return &switches;
	tier_topology_nodes(machine_topology(), &nodes);
	if (root_capture_parse(text, strlen(text), &root, NULL) ||
	    switches_read(root, &nodes, &switches))
		abort();
	root_close(root);
	return &switches;
}

#endif
