// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files in sysfs. Those that change something want CAP_SYS_ADMIN, whatever their mode was made.
 * The driver core removes them, and waits for whoever is inside, before it unbinds a device.
 */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "attributes.h"
#include "device.h"
#include "kernel_ranges.h"
#include "ledger.h"
#include "left_behind.h"
#include "memory.h"
#include "text.h"

/* An unplug holds the lock for as long as somebody holds pages, so waiting can be ended. */
static int lock_device(struct bound_device *device)
{
	return mutex_lock_killable(&device->lock) ? -EINTR : 0;
}

/* ---- numbers and ranges ---- */

static ssize_t emit_number(char *buf, u64 number)
{
	return sysfs_emit(buf, "%llu\n", number);
}

static ssize_t added_bytes_show(struct device *dev, struct device_attribute *attr,
				char *buf)
{
	const struct bound_device *device = dev_get_drvdata(dev);

	return emit_number(buf, READ_ONCE(device->added_bytes));
}
static DEVICE_ATTR_RO(added_bytes);

static ssize_t lost_align_bytes_show(struct device *dev, struct device_attribute *attr,
				     char *buf)
{
	const struct bound_device *device = dev_get_drvdata(dev);

	return emit_number(buf, READ_ONCE(device->lost_align_bytes));
}
static DEVICE_ATTR_RO(lost_align_bytes);

static ssize_t lost_badblock_bytes_show(struct device *dev, struct device_attribute *attr,
					char *buf)
{
	const struct bound_device *device = dev_get_drvdata(dev);

	return emit_number(buf, READ_ONCE(device->skipped_bytes));
}
static DEVICE_ATTR_RO(lost_badblock_bytes);

static ssize_t memmap_bytes_show(struct device *dev, struct device_attribute *attr,
				 char *buf)
{
	const struct bound_device *device = dev_get_drvdata(dev);

	return emit_number(buf, READ_ONCE(device->memmap_bytes));
}
static DEVICE_ATTR_RO(memmap_bytes);

static ssize_t poisoned_pages_show(struct device *dev, struct device_attribute *attr,
				   char *buf)
{
	const struct bound_device *device = dev_get_drvdata(dev);

	return emit_number(buf, ledger_bytes(&device->facts.ranges) >> PAGE_SHIFT);
}
static DEVICE_ATTR_RO(poisoned_pages);

static ssize_t poisoned_ranges_show(struct device *dev, struct device_attribute *attr,
				    char *buf)
{
	const struct bound_device *device = dev_get_drvdata(dev);

	return ledger_emit(buf, &device->facts.ranges);
}
static DEVICE_ATTR_RO(poisoned_ranges);

static ssize_t emit_locked(struct device *dev, char *buf, const struct range_set *set)
{
	struct bound_device *device = dev_get_drvdata(dev);
	ssize_t length = lock_device(device);

	if (length)
		return length;
	length = text_print_ranges(buf, PAGE_SIZE, set);
	mutex_unlock(&device->lock);
	return length;
}

static ssize_t skipped_blocks_show(struct device *dev, struct device_attribute *attr,
				   char *buf)
{
	const struct bound_device *device = dev_get_drvdata(dev);

	return emit_locked(dev, buf, &device->skipped);
}
static DEVICE_ATTR_RO(skipped_blocks);

static ssize_t failed_ranges_show(struct device *dev, struct device_attribute *attr,
				  char *buf)
{
	const struct bound_device *device = dev_get_drvdata(dev);

	return emit_locked(dev, buf, &device->failed);
}
static DEVICE_ATTR_RO(failed_ranges);

static ssize_t emit_memory(const struct memory *memory, char *buf)
{
	struct range_set set;
	ssize_t length = range_set_alloc(&set, memory_run_count(memory) + 1);

	if (!length)
		length = memory_ranges(memory, &set);
	if (!length)
		length = text_print_ranges(buf, PAGE_SIZE, &set);
	range_set_free(&set);
	return length;
}

static ssize_t ranges_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct bound_device *device = dev_get_drvdata(dev);
	ssize_t length = lock_device(device);

	if (length)
		return length;
	length = emit_memory(device->memory, buf);
	mutex_unlock(&device->lock);
	return length;
}
static DEVICE_ATTR_RO(ranges);

/* ---- commands ---- */

static ssize_t rescan_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	struct bound_device *device = dev_get_drvdata(dev);
	int rc;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	rc = lock_device(device);
	if (rc)
		return rc;
	rc = device_rescan(device);
	mutex_unlock(&device->lock);
	return rc ?: count;
}
static DEVICE_ATTR_WO(rescan);

static int parse_one_range(const char *text, struct range *range)
{
	struct range_set set = { .room = 1, .ranges = range };

	if (sysfs_streq(text, "all")) {
		*range = (struct range){ 0, U64_MAX };
		return 0;
	}
	return text_parse_ranges(text, &set) || set.count != 1 ? -EINVAL : 0;
}

static ssize_t clear_skipped_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t count)
{
	struct bound_device *device = dev_get_drvdata(dev);
	struct range range;
	int rc;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	rc = parse_one_range(buf, &range);
	if (!rc)
		rc = lock_device(device);
	if (rc)
		return rc;
	rc = device_clear_skipped(device, &range);
	mutex_unlock(&device->lock);
	return rc ?: count;
}
static DEVICE_ATTR_WO(clear_skipped);

/* ---- state ---- */

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct bound_device *device = dev_get_drvdata(dev);
	ssize_t length = lock_device(device);

	if (length)
		return length;
	length = sysfs_emit(buf, "%s\n", memory_state(device->memory));
	mutex_unlock(&device->lock);
	return length;
}

/*
 * A module cannot online a block. What it can do is add the memory, see what the kernel's
 * policy has made of it, and take it back if that is not what was asked for.
 */
static int plug_as(struct bound_device *device, const char *wanted)
{
	bool offline = !strcmp(wanted, "offline");
	int rc = device_plug(device, offline);
	const char *got;

	/* What somebody has onlined since is his wish. */
	if (rc || offline)
		return rc;
	got = memory_state(device->memory);
	if (!strcmp(got, wanted))
		return 0;
	if (!strcmp(wanted, "online") && !strncmp(got, wanted, strlen(wanted)))
		return 0;
	dev_notice(device->dev, "would be %s, by memory/auto_online_blocks\n", got);
	rc = device_unplug(device);
	return rc ?: -EOPNOTSUPP;
}

static int set_state(struct bound_device *device, const char *wanted)
{
	if (!strcmp(wanted, "unplugged"))
		return device_unplug(device);
	if (memory_run_count(device->memory))
		return strcmp(wanted, memory_state(device->memory)) ? -EBUSY : 0;
	return plug_as(device, wanted);
}

static ssize_t state_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t count)
{
	static const char *const words[] = {
		"unplugged", "offline", "online", "online_kernel", "online_movable",
	};
	struct bound_device *device = dev_get_drvdata(dev);
	int word, rc;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	word = sysfs_match_string(words, buf);
	if (word < 0)
		return word;
	rc = lock_device(device);
	if (rc)
		return rc;
	rc = set_state(device, words[word]);
	mutex_unlock(&device->lock);
	return rc ?: count;
}
static DEVICE_ATTR_RW(state);

/* ---- where they are ---- */

static struct attribute *upstream_attributes[] = {
	&dev_attr_state.attr,
	NULL,
};

static const struct attribute_group upstream_group = { .attrs = upstream_attributes };

static struct attribute *own_attributes[] = {
	&dev_attr_added_bytes.attr,
	&dev_attr_clear_skipped.attr,
	&dev_attr_failed_ranges.attr,
	&dev_attr_lost_align_bytes.attr,
	&dev_attr_lost_badblock_bytes.attr,
	&dev_attr_memmap_bytes.attr,
	&dev_attr_poisoned_pages.attr,
	&dev_attr_poisoned_ranges.attr,
	&dev_attr_ranges.attr,
	&dev_attr_rescan.attr,
	&dev_attr_skipped_blocks.attr,
	NULL,
};

static const struct attribute_group own_group = { .name = "kmem",
						  .attrs = own_attributes };

const struct attribute_group *attributes_of_device[] = { &upstream_group, &own_group,
							 NULL };

static ssize_t left_behind_show(struct device_driver *driver, char *buf)
{
	return left_behind_emit(buf);
}
static DRIVER_ATTR_RO(left_behind);

static ssize_t remembered_poison_show(struct device_driver *driver, char *buf)
{
	return ledger_emit(buf, NULL);
}
static DRIVER_ATTR_RO(remembered_poison);

static struct attribute *driver_attributes[] = {
	&driver_attr_left_behind.attr,
	&driver_attr_remembered_poison.attr,
	NULL,
};

static const struct attribute_group driver_group = { .attrs = driver_attributes };

const struct attribute_group *attributes_of_driver[] = { &driver_group, NULL };
