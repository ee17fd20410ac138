// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench latency: how long one access takes, once sparing the TLB and once not.
#include "cmds.h"

static const struct {
	const char *variant;
	size_t window_lines;
} rows[] = { { "window", WINDOW_LINES }, { "random", 0 } };

static const char *variant(size_t i)
{
	return i < ARRAY_SIZE(rows) ? rows[i].variant : NULL;
}

int bench_latency(struct bench *bench, struct spot *spot)
{
	int status = STATUS_DONE;

	for (size_t i = 0; !status && i < ARRAY_SIZE(rows) && !interrupted(); i++)
		if (is_wanted(bench, rows[i].variant))
			status = measure_latency(bench, spot, rows[i].variant,
						 rows[i].window_lines);
	return status;
}

static int run(struct bench *bench, char **operands)
{
	(void)operands;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		bench->planned += is_wanted(bench, rows[i].variant);
	return for_each_node(bench, 1, bench_latency);
}

const struct cmd cmd_latency = {
	.name = "latency",
	.summary = "time one access, with the TLB spared and without",
	.about = "Walks a chain of pointers through every cache line of a buffer, each once. "
		 "'window' stays within 256 KiB before it goes on, which spares the TLB; "
		 "'random' goes through all of the buffer, so address translation counts. On "
		 "one memory the two may differ by four times.",
	.flags = CMD_MEASURES | CMD_ONLY,
	.run = run,
	.variant = variant,
	.examples = {
		{ "tierbench latency", "Each node, from its nearest CPUs." },
		{ "tierbench latency --pages thp", "With transparent huge pages." },
		{ "tierbench latency --nodes slow --cpus node:0", "Slow memory, from node 0." },
	},
};
