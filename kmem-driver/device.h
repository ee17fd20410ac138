/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A dax device that is bound to this driver: what of it can be memory, what is, and what is
 * bad. From device_bind() to device_unbind() it has a struct memory, with runs or without.
 */
#ifndef KMEM_DEVICE_H
#define KMEM_DEVICE_H

#include <linux/mutex.h>

#include "guard.h"
#include "range_set.h"

struct device;
struct dev_dax;
struct memory;

/* The words of the state attribute are in memory.h and attributes.c. */
struct bound_device {
	struct list_head list; /* among those that are bound; device.c has the lock */
	struct device *dev;
	struct dax_facts facts; /* constant */
	struct mutex lock;	/* what follows, and all calls into memory.h */
	struct memory *memory;
	bool unplugged; /* somebody wants none of it to be memory, or all of it offline */
	bool quiet;
	struct range_set skipped; /* whole blocks that hold something bad */
	struct range_set failed;  /* what the kernel would not take */
	u64 lost_align_bytes;	  /* from here on also read without the lock */
	u64 added_bytes;
	u64 memmap_bytes; /* of what was added: page structures */
	u64 skipped_bytes;
	u64 failed_bytes;
	u64 poisoned_bytes; /* as last announced */
};

/*
 * Take a device: read it, judge it, and make it memory. -EINVAL without a valid node or a whole
 * good block, -EEXIST if data seem to lie on it, -ENODEV if it looks odd, -EBUSY if somebody
 * has its addresses; what the kernel says. The device is an ERR_PTR then, and nothing is left.
 */
struct bound_device *device_bind(struct dev_dax *dev_dax);

/* Let go of what is offline; what is not is left behind for the next bind. */
void device_unbind(struct bound_device *device);

/*
 * The following want the lock. They announce by a uevent what has changed.
 */

/* Make memory of all good blocks that are not memory yet. */
int device_plug(struct bound_device *device, bool quiet);

/* Take all blocks offline and remove them, or none. */
int device_unplug(struct bound_device *device);

/*
 * Look at the lists of bad blocks again: newly bad blocks go if they are offline, others come
 * back. -EBUSY if newly bad blocks are in use: those are remembered. All else has been done.
 */
int device_rescan(struct bound_device *device);

/*
 * Clear the media of what is bad in the skipped blocks of a range, and take those blocks into
 * service. -EINVAL if no skipped block is there, or why clearing failed; blocks whose media
 * could be cleared are in service all the same.
 */
int device_clear_skipped(struct bound_device *device, const struct range *range);

/* Announce poison that has become known, for all bound devices. Takes no device's lock. */
void device_announce_poison(void);

#endif
