// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says which memory blocks belong together, which the kernel tells nobody: the parameter groups
 * has a line "memory40 GROUP NODE PAGES" for each block that is in a static memory group, with a
 * number for the group and how large it may become, or "memory40 dynamic". Lab only.
 */
#include <linux/device.h>
#include <linux/memory.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#define MOST_GROUPS 16

struct groups {
	const struct memory_group *known[MOST_GROUPS];
	int count;
};

/* From 1 on, in the order in which they are met; the last number is for all that are too many. */
static int number_of(struct groups *groups, const struct memory_group *group)
{
	int i;

	for (i = 0; i < groups->count; i++)
		if (groups->known[i] == group)
			return i + 1;
	if (groups->count < MOST_GROUPS)
		groups->known[groups->count++] = group;
	return groups->count;
}

static int print_block(char *buf, int at, struct groups *groups,
		       const struct device *device)
{
	const struct memory_block *block = container_of(device, struct memory_block, dev);
	const struct memory_group *group = block->group;

	if (!group)
		return 0;
	if (group->is_dynamic)
		return sysfs_emit_at(buf, at, "%s dynamic\n", dev_name(device));
	return sysfs_emit_at(buf, at, "%s %d %d %lu\n", dev_name(device),
			     number_of(groups, group), group->nid, group->s.max_pages);
}

static bool is_block(const struct device *device)
{
	return device->bus && !strcmp(device->bus->name, "memory");
}

/* Every device is in one set, and this is how to get at it. Nobody may remove memory now. */
static int get_groups(char *buf, const struct kernel_param *param)
{
	struct kset *all = platform_bus.kobj.kset;
	struct groups groups = {};
	struct kobject *object;
	int at = 0;

	spin_lock(&all->list_lock);
	list_for_each_entry(object, &all->list, entry)
		if (is_block(kobj_to_dev(object)))
			at += print_block(buf, at, &groups, kobj_to_dev(object));
	spin_unlock(&all->list_lock);
	return at;
}

static const struct kernel_param_ops groups_ops = { .get = get_groups };
module_param_cb(groups, &groups_ops, NULL, 0400);
MODULE_PARM_DESC(groups, "memory blocks that are in a group");

static int __init groups_init(void)
{
	return 0;
}
module_init(groups_init);

static void __exit groups_exit(void)
{
}
module_exit(groups_exit);

MODULE_DESCRIPTION("Tell the memory groups of blocks, for tests");
MODULE_LICENSE("GPL");
