/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For the files that hold checks: what a check gets to look at, and how it says what it
 * found. A check is pure; it says at least one thing.
 */
#ifndef EXAM_H
#define EXAM_H

#include "arena.h"
#include "nodeset.h"
#include "switches.h"
#include "symptoms.h"
#include "topology.h"

/* All that was read, before the first check. */
struct exam_input {
	const struct tier_topology *t;
	const struct symptoms *symptoms;
	const struct switches *switches; /* read anew, as others turn them too */
};

struct exam {
	struct exam_input in;
	struct tier_check_info check; /* the one that is being done */
	struct arena arena;	      /* of the findings and their texts */
	struct tier_finding *findings;
	size_t count;
	int error; /* -ENOMEM: no longer whole */
};

struct check {
	struct tier_check_info info;
	void (*examine)(struct exam *exam);
};

/* All checks, in the order in which they are done. */
const struct check *check_get(size_t index); /* NULL behind the last */

/* Do them all. 0 or -ENOMEM. exam_free() in any case. */
int exam_run(struct exam *exam, const struct exam_input *input) MUST_CHECK;
void exam_free(struct exam *exam);

/* ---- saying ------------------------------------------------------------------------- */

/* A text that lasts as long as the exam; "" when out of memory. */
const char *exam_text(struct exam *exam, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same of nodes: "2-3". A long list ends in "...": for people, not for a command. */
const char *exam_nodes(struct exam *exam, const struct tier_nodeset *nodes);

/* All of them, however many: for a command. */
const char *exam_node_list(struct exam *exam, const struct tier_nodeset *nodes);

/* Texts that are NULL become "". */
void exam_say(struct exam *exam, const struct tier_finding *finding);

void exam_ok(struct exam *exam, const char *evidence);
void exam_unknown(struct exam *exam, const char *why);
void exam_not_applicable(struct exam *exam, const char *why);

/* One finding as `like` for each note of this id, with the note as its evidence. Returns
 * how many notes there are. */
int exam_notes(struct exam *exam, const char *id, const struct tier_finding *like);

/* The first note of this id, NULL when there is none. */
const struct tier_note *exam_note(const struct exam *exam, const char *id);

/* ---- looking ------------------------------------------------------------------------- */

/* Nodes with memory that take part in ranks. */
struct tier_nodeset exam_memory(const struct exam *exam);

/* Into how many tiers the kernel has put that memory; 0: it does not say. */
int exam_kernel_tiers(const struct exam *exam);

/* "4: node 0-1, 84: node 2-3" */
const char *exam_kernel_tiers_text(struct exam *exam);

/* Whether memory of several speeds is there, as far as ranks tell. */
bool exam_has_tiers(const struct exam *exam);

/* If not, says so for the check; true then. */
bool exam_lacks_tiers(struct exam *exam);

struct tier_kernel_info exam_kernel(const struct exam *exam);

/* The checks, each in the file of its group; check_get() has their table. */
void check_kernel_tiers(struct exam *exam); /* checks_tiers.c */
void check_kernel_order(struct exam *exam);
void check_equal_dram(struct exam *exam);
void check_promotion_reach(struct exam *exam);
void check_demotion(struct exam *exam); /* checks_switches.c */
void check_promotion(struct exam *exam);
void check_zone_reclaim(struct exam *exam);
void check_weights(struct exam *exam);
void check_damon(struct exam *exam);
void check_auto_online(struct exam *exam); /* checks_devices.c */
void check_zones(struct exam *exam);
void check_unused_devices(struct exam *exam);
void check_target_node(struct exam *exam);
void check_device_size(struct exam *exam);
void check_kmem_module(struct exam *exam);
void check_udev_rules(struct exam *exam);
void check_daxctl(struct exam *exam);
void check_alignment(struct exam *exam); /* checks_losses.c */
void check_bad_blocks(struct exam *exam);
void check_not_added(struct exam *exam);
void check_poison(struct exam *exam);
void check_memory_failures(struct exam *exam);
void check_left_behind(struct exam *exam);
void check_cpuset(struct exam *exam); /* checks_task.c */
void check_cpuset_demotion(struct exam *exam);
void check_seccomp(struct exam *exam);
void check_policy_modes(struct exam *exam);
void check_sysfs(struct exam *exam);
void check_movable_only(struct exam *exam);
void check_spill(struct exam *exam);
void check_figures(struct exam *exam); /* checks_figures.c */
void check_fake_numa(struct exam *exam);
void check_gpu_memory(struct exam *exam);
void check_side_cache(struct exam *exam);
void check_cpu_maps(struct exam *exam);
void check_cpus_without_memory(struct exam *exam);
void check_empty_nodes(struct exam *exam);
void check_node_numbers(struct exam *exam);
void check_distances(struct exam *exam);
void check_node_words(struct exam *exam);
void check_hwloc(struct exam *exam);
void check_files(struct exam *exam);

#endif
