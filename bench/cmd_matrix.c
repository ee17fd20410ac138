// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench matrix: every node's CPUs by every node's memory.
#include "cmds.h"
#include "series.h"

static int measure_cell(struct bench *bench, struct spot *spot)
{
	int status = measure_latency(bench, spot, "window", WINDOW_LINES);

	if (!status && !interrupted())
		status = measure_bandwidth(bench, spot, "matrix", job_find("read"));
	return status;
}

static int run(struct bench *bench, char **operands)
{
	struct tier_nodeset nodes, cpu_nodes;
	int status = wanted_nodes(bench, &nodes);

	(void)operands;
	if (!status)
		status = wanted_cpu_nodes(bench, &cpu_nodes);
	if (status)
		return status;
	bench->planned = 2U * (unsigned int)(tier_nodeset_count(&nodes) *
					     tier_nodeset_count(&cpu_nodes));
	bench->planned *= (unsigned int)laps_most(bench);
	for (int cpu = -1; !status && (cpu = tier_nodeset_next(&cpu_nodes, cpu)) >= 0;)
		for (int node = -1; !status && !interrupted() &&
				    (node = tier_nodeset_next(&nodes, node)) >= 0;) {
			const struct target target = { place_node((unsigned int)node),
						       (unsigned int)cpu, 1 };

			bench->picked = 0;
			status = measure_in_laps(bench, &target, measure_cell);
		}
	return status;
}

const struct cmd cmd_matrix = {
	.name = "matrix",
	.summary = "latency and reads of every node, from every node's CPUs",
	.about = "Goes through every node with CPUs, or those of --cpus, and every node with "
		 "memory, or those of --nodes. Nodes without "
		 "memory, or without CPUs, and gaps in their numbers are nothing special.",
	.flags = CMD_MEASURES | CMD_TRAFFIC,
	.run = run,
	.examples = {
		{ "tierbench matrix", "All by all." },
		{ "tierbench matrix --nodes cxl", "How far is CXL from each socket?" },
	},
};
