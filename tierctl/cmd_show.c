// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl show: what this machine is.
#include <stddef.h>

#include "cmd.h"
#include "cmds.h"
#include "show.h"

static struct {
	bool explain;
	bool distances;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

static const struct opt show_opts[] = {
	{ "explain", NULL, "every fact of every node with its source and evidence",
	  HERE(explain), 0, 0, 0 },
	{ "distances", NULL, "the matrix of distances, even of many nodes",
	  HERE(distances), 0, 0, 0 },
	{ 0 },
};

static int show_run(struct ctl *ctl, char **operands)
{
	(void)operands;
	if (ctl->globals.json)
		show_json(ctl);
	else if (options.explain)
		show_evidence(ctl);
	else
		show_tables(ctl, options.distances);
	return STATUS_DONE;
}

const struct cmd cmd_show = {
	.name = "show",
	.summary = "show the memory of this machine, by tier and by node",
	.usage = "[--explain] [--distances] [--json] [--bytes]",
	.about = "Tier 0 is the fastest. What is not known is '-'. Bandwidth and latency are "
		 "what the firmware says, seen from the nearest CPUs; distance is locality "
		 "and says nothing about speed.",
	.opts = show_opts,
	.values = &options,
	.flags = CMD_NEEDS_TOPOLOGY | CMD_JSON | CMD_BYTES,
	.run = show_run,
	.examples = {
		{ "tierctl show", "Tiers, nodes, figures, distances, devices, notes." },
		{ "tierctl show --explain", "Why is node 2 called pmem, and who says so?" },
		{ "tierctl --root server.capture show", "Another machine, from its capture." },
		{ "tierctl show --json", "Everything, for a program; bytes as integers." },
	},
};
