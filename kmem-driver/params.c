// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module parameters. Those that can be written while the module runs ask for the capability as
 * well as for root's file mode.
 */
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "kernel_ranges.h"
#include "params.h"
#include "text.h"

/* As many as sysfs can print in a page, so that what is read can be written back. */
#define SKIP_ROOM 100

#define NAMES_BYTES 512

/* While the module is loading, whoever loads it has proved enough. */
static bool may_change(void)
{
	return THIS_MODULE->state != MODULE_STATE_LIVE || capable(CAP_SYS_ADMIN);
}

/* ---- skip ---- */

static DEFINE_MUTEX(skip_lock);
static struct range skip_ranges[SKIP_ROOM];
static struct range_set skip = { .room = SKIP_ROOM, .ranges = skip_ranges };

static int set_skip(const char *text, const struct kernel_param *param)
{
	struct range_set parsed;
	int rc;

	if (!may_change())
		return -EPERM;
	rc = range_set_alloc(&parsed, SKIP_ROOM);
	if (rc)
		return rc;
	rc = text_parse_ranges(text, &parsed);
	if (!rc) {
		mutex_lock(&skip_lock);
		memcpy(skip_ranges, parsed.ranges, parsed.count * sizeof(*parsed.ranges));
		skip.count = parsed.count;
		mutex_unlock(&skip_lock);
	}
	range_set_free(&parsed);
	return rc;
}

static int get_skip(char *buf, const struct kernel_param *param)
{
	size_t length;

	mutex_lock(&skip_lock);
	length = text_print_ranges(buf, PAGE_SIZE, &skip);
	mutex_unlock(&skip_lock);
	/* In a form that can be written back. */
	strreplace(buf, '\n', ',');
	if (length)
		buf[length - 1] = '\n';
	return length;
}

static const struct kernel_param_ops skip_ops = { .set = set_skip, .get = get_skip };
module_param_cb(skip, &skip_ops, NULL, 0600);
MODULE_PARM_DESC(skip,
		 "physical ranges never to be used, as START-END,... in hexadecimal");

int params_collect_bad(const struct range_set *within, struct range_set *bad)
{
	struct range part;
	unsigned int i, j;
	int rc = 0;

	mutex_lock(&skip_lock);
	for (i = 0; i < skip.count && rc >= 0; i++)
		for (j = 0; j < within->count && rc >= 0; j++)
			if (range_intersect(&skip.ranges[i], &within->ranges[j], &part))
				rc = range_set_add(bad, &part);
	mutex_unlock(&skip_lock);
	return min(rc, 0);
}

unsigned int params_bad_room(void)
{
	return SKIP_ROOM;
}

void params_forget_bad(const struct range *range)
{
	mutex_lock(&skip_lock);
	/* Without room for the split it stays on the list, and so out of service. */
	range_set_remove(&skip, range);
	mutex_unlock(&skip_lock);
}

/* ---- the others ---- */

static char overwrite_names[NAMES_BYTES];
static struct kparam_string overwrite_string = {
	.maxlen = sizeof(overwrite_names),
	.string = overwrite_names,
};

static int set_overwrite(const char *text, const struct kernel_param *param)
{
	return may_change() ? param_set_copystring(text, param) : -EPERM;
}

static const struct kernel_param_ops overwrite_ops = {
	.set = set_overwrite,
	.get = param_get_string,
};
module_param_cb(overwrite, &overwrite_ops, &overwrite_string, 0600);
MODULE_PARM_DESC(overwrite,
		 "devices (dax0.0,... or all) to take although data seem to be there");

bool params_overwrite(const char *device)
{
	bool named;

	kernel_param_lock(THIS_MODULE);
	named = text_names(overwrite_names, device);
	kernel_param_unlock(THIS_MODULE);
	return named;
}

static int set_bool(const char *text, const struct kernel_param *param)
{
	return may_change() ? param_set_bool(text, param) : -EPERM;
}

static const struct kernel_param_ops bool_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set_bool,
	.get = param_get_bool,
};

static bool partial;
module_param_cb(partial, &bool_ops, &partial, 0600);
__MODULE_PARM_TYPE(partial, "bool");
MODULE_PARM_DESC(partial, "keep what can be added of a device instead of all or nothing");

bool params_partial(void)
{
	return READ_ONCE(partial);
}

static bool auto_online = true;
module_param_cb(auto_online, &bool_ops, &auto_online, 0600);
__MODULE_PARM_TYPE(auto_online, "bool");
MODULE_PARM_DESC(auto_online, "let the kernel online new memory as its policy says");

bool params_quiet(void)
{
	return !READ_ONCE(auto_online);
}

static int adistance;
module_param(adistance, int, 0400);
MODULE_PARM_DESC(adistance, "abstract distance of memory without figures (0: 2880)");

int params_adistance(void)
{
	return adistance;
}

static bool memmap_on_memory;
module_param(memmap_on_memory, bool, 0400);
MODULE_PARM_DESC(memmap_on_memory,
		 "before Linux 6.8: keep each block's memmap on the block");

bool params_memmap_on_memory(void)
{
	return memmap_on_memory;
}
