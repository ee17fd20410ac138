// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench migrate: how fast pages move from each node to each other one.
#include "cmds.h"

static int measure_pair(struct bench *bench, unsigned int from, unsigned int to)
{
	static struct spot spot;
	const struct place place = place_node(from), target = place_node(to);
	unsigned int cpu_node;
	int status = initiator_of(bench, from, &cpu_node);

	if (!status)
		status = buffer_room(bench, &target, bench->wishes.bytes);
	if (!status)
		status = spot_open(bench, &place, cpu_node, 1, &spot);
	if (status)
		return status;
	status = measure_move(bench, &spot, to);
	spot_close(&spot);
	return status;
}

static int measure_pairs(struct bench *bench, const struct tier_nodeset *nodes)
{
	int status = STATUS_DONE;

	for (int from = -1; (from = tier_nodeset_next(nodes, from)) >= 0;)
		for (int to = -1; (to = tier_nodeset_next(nodes, to)) >= 0;)
			if (from != to && !status && !interrupted())
				status = measure_pair(bench, (unsigned int)from,
						      (unsigned int)to);
	return status;
}

/* What is moved when --pages does not say: both that programs get unasked. */
static const enum page_size sizes[] = { PAGES_4K, PAGES_THP };

static int run(struct bench *bench, char **operands)
{
	struct tier_nodeset nodes;
	int status = wanted_nodes(bench, &nodes), count;

	(void)operands;
	if (status)
		return status;
	count = tier_nodeset_count(&nodes);
	if (count < 2)
		return say(STATUS_UNSUPPORTED, bench->cmd->name,
			   "needs two nodes, and there is one that may be used");
	bench->planned = (unsigned int)(count * (count - 1));
	if (bench->options.pages)
		return measure_pairs(bench, &nodes);
	bench->planned *= (unsigned int)ARRAY_SIZE(sizes);
	for (size_t i = 0; !status && i < ARRAY_SIZE(sizes) && !interrupted(); i++) {
		bench->wishes.pages = sizes[i];
		status = measure_pairs(bench, &nodes);
	}
	return status;
}

const struct cmd cmd_migrate = {
	.name = "migrate",
	.summary = "how fast pages move from each node to each other one",
	.about = "Moves a buffer there and back, as tierctl migrate does it, and proves after "
		 "each way that every page has arrived. Does so with small pages and with "
		 "transparent huge ones, or as --pages says; the rate counts 4 KiB as a page in "
		 "each case. Of reserved huge pages each node needs as many free. One CPU moves, "
		 "of those nearest to where the pages come from.",
	.flags = CMD_MEASURES,
	.run = run,
	.examples = {
		{ "tierbench migrate", "All by all." },
		{ "tierbench migrate --nodes fastest,slowest --pages thp",
		  "Huge pages between the two ends." },
	},
};
