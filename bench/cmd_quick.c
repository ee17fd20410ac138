// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench quick, and full: everything about each tier, in ten seconds or in a minute.
#include <string.h>

#include "cmds.h"

/* What is worth ten seconds. */
static const char *const quick_jobs[] = { "read", "copy-nt", "3:1", "2:1", "1:1" };

static bool is_quick(const struct job *job)
{
	for (size_t i = 0; i < ARRAY_SIZE(quick_jobs); i++)
		if (!strcmp(quick_jobs[i], job->name))
			return true;
	return false;
}

static int measure_both(struct bench *bench, struct spot *spot, bool all)
{
	int status = bench_latency(bench, spot);

	for (const struct job *job = jobs; !status && job->name && !interrupted(); job++)
		if (all || is_quick(job))
			status = measure_bandwidth(bench, spot, "bandwidth", job);
	if (status || interrupted())
		return status;
	/* One CPU is no reason to have nothing at all. */
	if (spot->count > 1)
		return bench_loaded(bench, spot);
	bench->done += LOADED_POINTS;
	return STATUS_DONE;
}

static int each_quick(struct bench *bench, struct spot *spot)
{
	return measure_both(bench, spot, false);
}

static int each_full(struct bench *bench, struct spot *spot)
{
	return measure_both(bench, spot, true);
}

static int run_quick(struct bench *bench, char **operands)
{
	(void)operands;
	bench->planned = 2 + (unsigned int)ARRAY_SIZE(quick_jobs) + LOADED_POINTS;
	if (!bench->options.seconds)
		bench->wishes.seconds = 0.25;
	bench->wishes.hurries = true;
	return for_each_node(bench, TEAM_BUFFERS, each_quick);
}

static int run_full(struct bench *bench, char **operands)
{
	(void)operands;
	bench->planned = 2 + LOADED_POINTS;
	for (const struct job *job = jobs; job->name; job++)
		bench->planned++;
	/* With twelve times the placing of buffers that is below a minute for a node. */
	if (!bench->options.seconds)
		bench->wishes.seconds = 1.5;
	return for_each_node(bench, TEAM_BUFFERS, each_full);
}

const struct cmd cmd_quick = {
	.name = "quick",
	.summary = "latency, five mixes and the loaded curve, in ten seconds a tier",
	.about = "Both latencies, the traffic read, copy-nt, 3:1, 2:1 and 1:1, and the curve of "
		 "latency against load where there are two CPUs. Short samples: intervals are "
		 "wider than those of 'full', and say so.",
	.flags = CMD_MEASURES | CMD_TRAFFIC | CMD_TIERS,
	.run = run_quick,
	.examples = {
		{ "tierbench quick", "All nodes." },
		{ "tierbench quick --nodes fastest,slowest", "The two ends." },
	},
};

const struct cmd cmd_full = {
	.name = "full",
	.summary = "the same with all traffic, until intervals are narrow",
	.about = "Both latencies, all kinds of traffic, and the curve of latency against load, "
		 "each until its interval is within 2 % of the median or its time is over.",
	.flags = CMD_MEASURES | CMD_TRAFFIC | CMD_TIERS,
	.run = run_full,
	.examples = {
		{ "tierbench full --output before.json", "Keep all for a comparison." },
	},
};
