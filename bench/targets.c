// SPDX-License-Identifier: GPL-2.0-or-later
// Which memory is measured from where. Measures nothing.
#include <errno.h>
#include <string.h>

#include "cmds.h"

int wanted_nodes(const struct bench *bench, struct tier_nodeset *nodes)
{
	const char *selector = bench->options.nodes ? bench->options.nodes : "all";

	return host_nodes(&bench->machine, selector, nodes);
}

int initiator_of(const struct bench *bench, unsigned int node, unsigned int *cpu_node)
{
	const char *selector = bench->options.cpus;
	struct tier_diag diag = { 0 };
	struct tier_nodeset nodes;
	int ret;

	if (!selector || !strcmp(selector, "near")) {
		*cpu_node = host_nearest(&bench->machine, node);
		return STATUS_DONE;
	}
	ret = tier_select(bench->machine.topology, selector, &nodes, &diag);
	if (ret)
		return say(ret == -EINVAL ? STATUS_USAGE : STATUS_NOT_FOUND, selector,
			   "%s", diag.message[0] ? diag.message : tier_strerror(ret));
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

int for_each_node(struct bench *bench, size_t buffers,
		  int (*each)(struct bench *bench, struct spot *spot))
{
	static struct spot spot;
	struct tier_nodeset nodes;
	int status = wanted_nodes(bench, &nodes);

	for (int node = -1; !status && (node = tier_nodeset_next(&nodes, node)) >= 0;) {
		const struct place place = place_node((unsigned int)node);
		unsigned int cpu_node = 0;

		status = initiator_of(bench, (unsigned int)node, &cpu_node);
		bench->picked = 0;
		if (!status)
			status = spot_open(bench, &place, cpu_node, buffers, &spot);
		if (status)
			break;
		status = each(bench, &spot);
		spot_close(&spot);
		if (interrupted())
			break;
	}
	return status;
}
