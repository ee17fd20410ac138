/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that a device brought: a node, and runs of blocks that are System RAM now. It may
 * outlive the binding of its device, when blocks of it are in use. Then it is left behind, and
 * the next bind of the device takes it over.
 *
 * The caller serialises all calls for one memory, with the lock of the device that has it.
 */
#ifndef KMEM_MEMORY_H
#define KMEM_MEMORY_H

#include <linux/list.h>

#include "range_set.h"

struct memory_dev_type;

struct memory {
	struct list_head left_behind; /* among those that no device has */
	struct list_head runs;	      /* struct run, in order of addresses */
	struct memory_dev_type *type;
	char *name; /* resources refer to it, so it lives as long as any run */
	int node;
	int group;
	bool memmap_on_memory; /* of runs to come: wanted, if the kernel does so */
};

/* How blocks come: quiet ones stay offline whatever the kernel's policy for new memory is. */
struct memory_request {
	const struct range_set *runs;
	bool quiet;
	bool partial; /* keep what could be added, and say what could not */
};

/* What memory is, for memory_new(). */
struct memory_traits {
	const char *name;
	u64 most_bytes;
	int node;
	int adistance;
	bool memmap_on_memory;
};

/* An ERR_PTR: -ENOMEM, or what the kernel says to the group or the type. */
struct memory *memory_new(const struct memory_traits *traits);

/* No runs are left in it. */
void memory_free(struct memory *memory);

/*
 * Add runs: all of them, or none and a negative errno. With partial set, as many as the kernel
 * takes; those that it does not take are put into *failed, which has room for them.
 */
int memory_add(struct memory *memory, const struct memory_request *request,
	       struct range_set *failed);

/* The room that memory_add() can need for what fails of such runs. */
unsigned int memory_most_failed(const struct memory *memory,
				const struct range_set *runs);

/* Remove the runs that are wholly offline; how many are left. Never offlines anything. */
unsigned int memory_remove_offline(struct memory *memory);

/*
 * Offline and remove all runs, or none: what was removed by then is added again, and what of it
 * was online comes online as far as the kernel's policy for new memory has it. This may take as
 * long as somebody holds pages; a signal ends it with -EINTR.
 */
int memory_unplug(struct memory *memory);

/*
 * Take blocks out of the runs, as far as they are offline; -EBUSY if some are not, after all
 * the others have been taken out.
 */
int memory_withdraw(struct memory *memory, const struct range *blocks);

/* The addresses of all runs, into a set with room; 0 or -ENOSPC. */
int memory_ranges(const struct memory *memory, struct range_set *set);

unsigned int memory_run_count(const struct memory *memory);

u64 memory_bytes(const struct memory *memory);

/* How many of these bytes hold the page structures of the memory, and so are of no other use. */
u64 memory_memmap_bytes(const struct memory *memory);

/* One of the words of the state attribute, for what the runs are now. */
const char *memory_state(const struct memory *memory);

#endif
