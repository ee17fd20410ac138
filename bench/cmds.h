/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands, each defined at the end of its own cmd_*.c. */
#ifndef CMDS_H
#define CMDS_H

#include "files.h"
#include "measure.h"

extern const struct cmd cmd_latency, cmd_bandwidth, cmd_loaded, cmd_matrix, cmd_policy,
	cmd_alloc, cmd_migrate, cmd_ratio, cmd_quick, cmd_full, cmd_diff, cmd_report,
	cmd_help;

/* ---- what several commands share (targets.c) -------------------------------------- */

/* The nodes that --nodes means, or all that can be used. 0 or a status, said. */
int wanted_nodes(const struct bench *bench, struct tier_nodeset *nodes);

/* From which node's CPUs a node is measured: as --cpus says, or the nearest. */
int initiator_of(const struct bench *bench, unsigned int node, unsigned int *cpu_node);

/* Nodes whose CPUs measure, where it is not one for each memory: those of --cpus, or all. */
int wanted_cpu_nodes(const struct bench *bench, struct tier_nodeset *nodes);

/* Whether a name is in the list of --only; everything is without it. */
bool is_wanted(const struct bench *bench, const char *name);

/* Memory, who looks at it, and how many buffers there. */
struct target {
	struct place place;
	unsigned int cpu_node;
	size_t buffers;
};

#define TURNS_MOST 8

/* Targets by turns, so that a change of the machine meets all alike. Rows tell them apart by
 * their places. */
struct turns {
	struct target target[TURNS_MOST];
	size_t count;
	int (*each)(struct bench *bench, struct spot *spot);
	/* After each round, unless NULL; what it adds takes part from the next on. */
	void (*add)(struct bench *bench, struct turns *turns);
};

/* Call `each` again and again, each time with other buffers there, until all rows that it
 * measures are known well enough. Loops that won a trial stay: who compares with nothing
 * else has `picked` 0 before. */
int measure_by_turns(struct bench *bench, struct turns *turns);
/* The same for one target. */
int measure_in_laps(struct bench *bench, const struct target *target,
		    int (*each)(struct bench *bench, struct spot *spot));

/* The same for every wanted node; `planned` is how many rows there are of one. */
int for_each_node(struct bench *bench, size_t buffers,
		  int (*each)(struct bench *bench, struct spot *spot));

/* The parts that other commands are put together of. */
int bench_latency(struct bench *bench, struct spot *spot);
int bench_bandwidth(struct bench *bench, struct spot *spot);
int bench_loaded(struct bench *bench, struct spot *spot);

#define LOADED_POINTS 12

#endif
