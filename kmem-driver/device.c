// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done with a bound device. Which blocks are good is plan.h's to say, how blocks become
 * memory is memory.h's; here the one is carried to the other.
 */
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "compat.h"
#include "device.h"
#include "kernel_ranges.h"
#include "ledger.h"
#include "left_behind.h"
#include "media.h"
#include "memory.h"
#include "old_data.h"
#include "params.h"
#include "private.h"
#include "survey.h"

static DEFINE_MUTEX(bound_lock);
static LIST_HEAD(bound_devices);

/* ---- sets of ranges ---- */

/* A copy of a set less another, with room for more; the caller frees it. */
static int subtract(const struct range_set *from, const struct range_set *less,
		    struct range_set *out)
{
	unsigned int i;
	int rc = range_set_alloc(out, from->count + less->count + 1);

	if (rc)
		return rc;
	memcpy(out->ranges, from->ranges, from->count * sizeof(*out->ranges));
	out->count = from->count;
	for (i = 0; i < less->count && rc >= 0; i++)
		rc = range_set_remove(out, &less->ranges[i]);
	if (rc < 0)
		range_set_free(out);
	return min(rc, 0);
}

static int present_ranges(const struct bound_device *device, struct range_set *present)
{
	int rc = range_set_alloc(present, memory_run_count(device->memory) + 1);

	if (!rc)
		rc = memory_ranges(device->memory, present);
	if (rc)
		range_set_free(present);
	return rc;
}

/* ---- announcing ---- */

/* Not before it is bound: user space has nothing to look at until then. */
static void announce(struct bound_device *device)
{
	char poisoned[48], skipped[48], added[48], failed[48];
	char *words[5] = { poisoned, skipped, added, failed, NULL };

	if (list_empty(&device->list))
		return;
	snprintf(poisoned, sizeof(poisoned), "KMEM_POISONED_PAGES=%llu",
		 READ_ONCE(device->poisoned_bytes) >> PAGE_SHIFT);
	snprintf(skipped, sizeof(skipped), "KMEM_LOST_BADBLOCK_BYTES=%llu",
		 READ_ONCE(device->skipped_bytes));
	snprintf(added, sizeof(added), "KMEM_ADDED_BYTES=%llu",
		 READ_ONCE(device->added_bytes));
	snprintf(failed, sizeof(failed), "KMEM_FAILED_BYTES=%llu",
		 READ_ONCE(device->failed_bytes));
	kobject_uevent_env(&device->dev->kobj, KOBJ_CHANGE, words);
}

static bool update_poison(struct bound_device *device)
{
	u64 bytes = ledger_bytes(&device->facts.ranges);
	bool changed = bytes != READ_ONCE(device->poisoned_bytes);

	WRITE_ONCE(device->poisoned_bytes, bytes);
	return changed;
}

void device_announce_poison(void)
{
	struct bound_device *device;

	mutex_lock(&bound_lock);
	list_for_each_entry(device, &bound_devices, list)
		if (update_poison(device))
			announce(device);
	mutex_unlock(&bound_lock);
}

static void set_bytes(struct bound_device *device)
{
	u64 added = memory_bytes(device->memory);
	u64 skipped = range_set_bytes(&device->skipped);
	u64 failed = range_set_bytes(&device->failed);

	WRITE_ONCE(device->memmap_bytes, memory_memmap_bytes(device->memory));
	if (added == device->added_bytes && skipped == device->skipped_bytes &&
	    failed == device->failed_bytes)
		return;
	WRITE_ONCE(device->added_bytes, added);
	WRITE_ONCE(device->skipped_bytes, skipped);
	WRITE_ONCE(device->failed_bytes, failed);
	announce(device);
}

/* What is skipped, what is memory and what failed has changed, or not. */
static int settle(struct bound_device *device, const struct plan *plan)
{
	struct range_set present, skipped;
	int rc;

	rc = present_ranges(device, &present);
	if (rc)
		return rc;
	rc = subtract(&plan->skipped, &present, &skipped);
	range_set_free(&present);
	if (rc)
		return rc;
	range_set_free(&device->skipped);
	device->skipped = skipped;
	WRITE_ONCE(device->lost_align_bytes, plan->lost_align_bytes);
	set_bytes(device);
	return 0;
}

/* ---- what has gone bad under way ---- */

static void remember_listed(struct bound_device *device, const struct range *range)
{
	const struct range_set within = { 1, 1, (struct range *)range };
	struct range_set bad;
	unsigned int i;

	if (range_set_alloc(&bad, media_room(&within)))
		return;
	if (media_collect(device->dev, &within, &bad) > 0)
		for (i = 0; i < bad.count; i++)
			ledger_note(&bad.ranges[i], false);
	range_set_free(&bad);
}

/* What the media call bad and is memory still shall at least not come online again. */
static void remember_bad(struct bound_device *device, const struct range *blocks)
{
	struct range_set present;
	struct range part;
	unsigned int i;

	if (present_ranges(device, &present))
		return;
	for (i = 0; i < present.count; i++)
		if (range_intersect(&present.ranges[i], blocks, &part))
			remember_listed(device, &part);
	range_set_free(&present);
}

static int withdraw_bad(struct bound_device *device, const struct plan *plan)
{
	unsigned int i;
	int rc, result = 0;

	for (i = 0; i < plan->skipped.count; i++) {
		rc = memory_withdraw(device->memory, &plan->skipped.ranges[i]);
		if (!rc)
			continue;
		remember_bad(device, &plan->skipped.ranges[i]);
		result = rc;
	}
	return result;
}

/* ---- plugging ---- */

/* Make memory of the plan's runs, as far as they are not. */
static int add_missing(struct bound_device *device, const struct plan *plan)
{
	struct range_set present, missing;
	const struct memory_request request = {
		.runs = &missing,
		.quiet = device->quiet || params_quiet(),
		.partial = params_partial(),
	};
	int rc;

	rc = present_ranges(device, &present);
	if (rc)
		return rc;
	rc = subtract(&plan->runs, &present, &missing);
	range_set_free(&present);
	if (rc)
		return rc;
	range_set_free(&device->failed);
	rc = range_set_alloc(&device->failed,
			     memory_most_failed(device->memory, &missing) + 1);
	if (!rc)
		rc = memory_add(device->memory, &request, &device->failed);
	range_set_free(&missing);
	return rc;
}

int device_plug(struct bound_device *device, bool quiet)
{
	struct plan plan;
	int rc, settled;

	rc = survey_plan(device->dev, &device->facts.ranges, &plan);
	if (rc)
		return rc;
	device->quiet = quiet;
	/* Of what was left behind; what is in use is remembered, and no reason to refuse it. */
	withdraw_bad(device, &plan);
	rc = add_missing(device, &plan);
	device->unplugged = !memory_run_count(device->memory);
	settled = settle(device, &plan);
	survey_free(&plan);
	if (!rc && !memory_run_count(device->memory))
		rc = device->failed.count ? -EBUSY : -EINVAL;
	return rc ?: settled;
}

int device_unplug(struct bound_device *device)
{
	int rc = memory_unplug(device->memory);

	device->unplugged = !rc;
	range_set_free(&device->failed);
	set_bytes(device);
	return rc;
}

/* ---- bad blocks of a device at work ---- */

int device_rescan(struct bound_device *device)
{
	int rc, withdrawn, settled;
	struct plan plan;

	rc = survey_plan(device->dev, &device->facts.ranges, &plan);
	if (rc)
		return rc;
	withdrawn = withdraw_bad(device, &plan);
	rc = device->unplugged ? 0 : add_missing(device, &plan);
	settled = settle(device, &plan);
	survey_free(&plan);
	device_announce_poison();
	return withdrawn ?: rc ?: settled;
}

static int clear_range(struct bound_device *device, const struct range *range)
{
	int rc = media_clear(device->dev, range);

	if (rc) {
		dev_notice(device->dev, RANGE_FORMAT " could not be cleared: error %d\n",
			   range->start, range->end, rc);
		return rc;
	}
	ledger_forget(range);
	params_forget_bad(range);
	return 0;
}

/*
 * Clear what is bad of one skipped range of blocks: whole pages, because that is what is
 * poisoned, and because firmware clears in units of its own. The first error, if any.
 */
static int clear_blocks(struct bound_device *device, const struct range_set *bad,
			const struct range *blocks)
{
	struct range part;
	unsigned int i;
	int one, rc = 0;

	for (i = 0; i < bad->count; i++) {
		if (!range_intersect(&bad->ranges[i], blocks, &part))
			continue;
		part.start = ALIGN_DOWN(part.start, PAGE_SIZE);
		part.end |= PAGE_SIZE - 1;
		one = clear_range(device, &part);
		rc = rc ?: one;
	}
	return rc;
}

int device_clear_skipped(struct bound_device *device, const struct range *range)
{
	int rc, cleared = 0, rescanned;
	struct range_set bad;
	struct range part;
	unsigned int i;

	if (!range_set_find(&device->skipped, range))
		return -EINVAL;
	rc = survey_bad(device->dev, &device->facts.ranges, &bad);
	if (rc)
		return rc;
	for (i = 0; i < device->skipped.count; i++) {
		if (!range_intersect(&device->skipped.ranges[i], range, &part))
			continue;
		rc = clear_blocks(device, &bad, &part);
		cleared = cleared ?: rc;
	}
	range_set_free(&bad);
	rescanned = device_rescan(device);
	return cleared ?: rescanned;
}

/* ---- coming and going ---- */

static int check_node(const struct bound_device *device)
{
	const struct range_set *ranges = &device->facts.ranges;
	int node = device->facts.target_node;

	if (node >= 0 && node < nr_node_ids && node_possible(node))
		return 0;
	dev_notice(device->dev, "refused: " RANGE_FORMAT " has no valid node: %d\n",
		   ranges->ranges[0].start, ranges->ranges[ranges->count - 1].end, node);
	return -EINVAL;
}

/* Only pmem can hold data that were meant to stay. */
static int check_data(const struct bound_device *device)
{
	struct range_set bad;
	const char *data;
	int rc;

	if (!device->facts.is_static || params_overwrite(dev_name(device->dev)))
		return 0;
	rc = survey_bad(device->dev, &device->facts.ranges, &bad);
	if (rc)
		return rc;
	data = old_data_find(&device->facts.ranges.ranges[0], &bad);
	range_set_free(&bad);
	if (IS_ERR_OR_NULL(data))
		return PTR_ERR_OR_ZERO(data);
	dev_notice(device->dev, "refused: it holds %s; parameter overwrite=%s takes it\n",
		   data, dev_name(device->dev));
	return -EEXIST;
}

/* What was left behind of it, or new memory. */
static int take_memory(struct bound_device *device)
{
	const struct dax_facts *facts = &device->facts;
	const struct memory_traits traits = {
		.name = dev_name(device->dev),
		.most_bytes = range_set_bytes(&facts->ranges),
		.node = facts->target_node,
		.adistance = params_adistance(),
		.memmap_on_memory = HAS_MEMMAP_ON_MANY_BLOCKS ? facts->memmap_on_memory :
								params_memmap_on_memory(),
	};
	int rc;

	device->memory = left_behind_adopt(&facts->ranges, facts->target_node);
	if (IS_ERR(device->memory)) {
		dev_notice(device->dev,
			   "refused: memory left behind is not all its own\n");
		return PTR_ERR(device->memory);
	}
	if (device->memory) {
		/* The device's switch may have been turned since. */
		device->memory->memmap_on_memory = traits.memmap_on_memory;
		return 0;
	}

	rc = check_data(device);
	if (rc)
		return rc;
	device->memory = memory_new(&traits);
	rc = PTR_ERR_OR_ZERO(device->memory);
	if (rc)
		dev_notice(device->dev, "refused: no memory type for node %d: error %d\n",
			   traits.node, rc);
	return rc;
}

static void give_memory_back(struct bound_device *device)
{
	unsigned int left = memory_remove_offline(device->memory);

	if (!left) {
		memory_free(device->memory);
		return;
	}
	dev_notice(device->dev,
		   "%u ranges are in use and stay; bind it again to get them back\n",
		   left);
	left_behind_add(device->memory);
}

static void free_device(struct bound_device *device)
{
	range_set_free(&device->facts.ranges);
	range_set_free(&device->skipped);
	range_set_free(&device->failed);
	mutex_destroy(&device->lock);
	kfree(device);
}

static void tell_capacity(const struct bound_device *device)
{
	const u64 mib = device->added_bytes >> 20,
		  skipped_mib = device->skipped_bytes >> 20;

	dev_info(device->dev,
		 "%llu MiB for node %d; lost: alignment %llu KiB, bad %llu MiB\n", mib,
		 device->facts.target_node, device->lost_align_bytes >> 10, skipped_mib);
}

/* Where its page structures are, if somebody wants to have them on it. */
static void tell_memmap(const struct bound_device *device)
{
	if (device->memmap_bytes)
		dev_info(device->dev, "%llu KiB of it hold its page structures\n",
			 device->memmap_bytes >> 10);
	else if (device->memory->memmap_on_memory)
		dev_notice(device->dev,
			   "page structures stay in DRAM: memmap_on_memory is off\n");
}

static int start_device(struct bound_device *device)
{
	int rc = check_node(device);

	if (!rc)
		rc = take_memory(device);
	if (rc)
		return rc;
	ledger_watch(&device->facts.ranges);
	rc = device_plug(device, false);
	if (rc) {
		dev_notice(device->dev,
			   "refused: no memory could be made of it: error %d\n", rc);
		give_memory_back(device);
	}
	return rc;
}

struct bound_device *device_bind(struct dev_dax *dev_dax)
{
	struct bound_device *device = kzalloc(sizeof(*device), GFP_KERNEL);
	int rc;

	if (!device)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&device->list);
	device->dev = &dev_dax->dev;
	mutex_init(&device->lock);
	rc = guard_read(dev_dax, &device->facts);
	if (!rc) {
		mutex_lock(&device->lock);
		rc = start_device(device);
		mutex_unlock(&device->lock);
	}
	if (rc) {
		free_device(device);
		return ERR_PTR(rc);
	}

	tell_capacity(device);
	tell_memmap(device);
	mutex_lock(&bound_lock);
	update_poison(device); /* what comes later is announced */
	list_add_tail(&device->list, &bound_devices);
	mutex_unlock(&bound_lock);
	return device;
}

void device_unbind(struct bound_device *device)
{
	mutex_lock(&bound_lock);
	list_del(&device->list);
	mutex_unlock(&bound_lock);

	mutex_lock(&device->lock);
	give_memory_back(device);
	mutex_unlock(&device->lock);
	free_device(device);
}
