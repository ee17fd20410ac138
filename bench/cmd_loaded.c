// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench loaded: latency on one CPU against the traffic that the others make.
#include "cmds.h"

/* Idle rounds between pieces of traffic, from next to nothing to all there is. */
static const unsigned int pauses[LOADED_POINTS] = { 50000, 20000, 10000, 6000, 4000, 2500,
						    1600,  1000,  600,	 300,  120,  0 };

int bench_loaded(struct bench *bench, struct spot *spot)
{
	const char *name = bench->options.only ? bench->options.only : "read";
	const struct job *job = job_find(name);
	int status = STATUS_DONE;

	if (!job || job->buffers > 2)
		return say(
			STATUS_USAGE, name,
			"no traffic that can be beside a latency; read, write, copy, 3:1, "
			"2:1 and 1:1 can, and -nt of them");
	if (spot->count < 2)
		return say(
			STATUS_UNSUPPORTED, bench->cmd->name,
			"needs two CPUs of node %u: one for the latency, the others make "
			"traffic",
			spot->cpu_node);
	for (size_t i = 0; !status && i < LOADED_POINTS && !interrupted(); i++)
		status = measure_loaded(bench, spot, job, pauses[i]);
	return status;
}

static int run(struct bench *bench, char **operands)
{
	(void)operands;
	bench->planned = LOADED_POINTS;
	return for_each_node(bench, TEAM_BUFFERS, bench_loaded);
}

const struct cmd cmd_loaded = {
	.name = "loaded",
	.summary = "latency against traffic, in 12 points",
	.about = "One CPU of a node walks a chain while the others make traffic, from little "
		 "to as much as there is. LOAD is what was really on the bus. With two CPUs "
		 "there is one that makes traffic, which seldom fills the memory.",
	.flags = CMD_MEASURES | CMD_TRAFFIC | CMD_ONLY,
	.run = run,
	.examples = {
		{ "tierbench loaded --nodes dram", "The curve of DRAM." },
		{ "tierbench loaded --only 2:1", "Beside two reads for each write." },
	},
};
