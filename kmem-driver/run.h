/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run: neighbouring blocks of a device with a reservation of their own in /proc/iomem, and,
 * while it is present, System RAM inside that. A present run pins the module.
 */
#ifndef KMEM_RUN_H
#define KMEM_RUN_H

#include <linux/list.h>
#include <linux/range.h>

struct resource;

struct run {
	struct list_head list;
	struct range range;
	struct resource *reservation;
	const char *name; /* of the reservation; borrowed */
	bool present;
	bool was_offline;  /* when it was removed, so that it may come back so */
	bool holds_memmap; /* while it is present: its page structures are on itself */
};

/* How a run becomes memory. */
struct run_request {
	int group;
	bool memmap_on_memory; /* if the kernel does so */
	bool quiet; /* stays offline whatever the kernel's policy for new memory is */
};

/* An ERR_PTR: -EBUSY if somebody else has some of the range, -ENOMEM. The name is borrowed. */
struct run *run_reserve(const struct range *range, const char *name);

/* The reverse; the run is not present. */
void run_release(struct run *run);

/*
 * Make it System RAM; what the kernel says, or -ENODEV while the module is unloading. Already
 * present is success.
 */
int run_plug(struct run *run, const struct run_request *request);

/* Remove it if all of it is offline, else -EBUSY. */
int run_remove(struct run *run);

/*
 * Offline and remove it, or neither. May take as long as somebody holds pages; a signal ends it
 * with -EINTR.
 */
int run_unplug(struct run *run);

/*
 * Remove one block, which is offline (else -EBUSY), from a present run. The run keeps what is
 * before the block, and is not present any more if that is nothing; *rest is what is behind
 * it, or NULL. Errors leave everything as it was.
 */
int run_withdraw(struct run *run, u64 block, struct run **rest);

/* Some block of the range is online; it may change right afterwards. */
bool run_is_online(const struct range *range);

#endif
