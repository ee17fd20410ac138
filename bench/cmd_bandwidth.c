// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench bandwidth: every kind of traffic, counted as the program and as the bus does.
#include "cmds.h"

static const char *variant(size_t i)
{
	return jobs[i].name;
}

int bench_bandwidth(struct bench *bench, struct spot *spot)
{
	int status = STATUS_DONE;

	for (const struct job *job = jobs; !status && job->name && !interrupted(); job++)
		if (is_wanted(bench, job->name))
			status = measure_bandwidth(bench, spot, "bandwidth", job);
	return status;
}

static int run(struct bench *bench, char **operands)
{
	(void)operands;
	for (const struct job *job = jobs; job->name; job++)
		bench->planned += is_wanted(bench, job->name);
	return for_each_node(bench, TEAM_BUFFERS, bench_bandwidth);
}

const struct cmd cmd_bandwidth = {
	.name = "bandwidth",
	.summary = "measure traffic: reads, writes, copies and mixes of them",
	.about = "One thread on each CPU of a node. MEDIAN counts the bytes that a program "
		 "reads and writes; ON THE BUS counts, too, the lines that an ordinary store "
		 "reads before it writes them. Names with -nt use stores that pass by the "
		 "caches. 3:1, 2:1 and 1:1 are lines read to lines written, in place.",
	.flags = CMD_MEASURES | CMD_TRAFFIC | CMD_ONLY,
	.run = run,
	.variant = variant,
	.examples = {
		{ "tierbench bandwidth", "Each node, from its nearest CPUs." },
		{ "tierbench bandwidth --only read,copy-nt,2:1", "Three kinds of traffic." },
		{ "tierbench bandwidth --threads 1 --json", "What one core gets, as JSON." },
	},
};
