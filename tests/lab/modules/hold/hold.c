// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reserves one range of physical addresses for as long as it is loaded, so that a driver's
 * own reservation of it fails: insmod hold.ko start=0x110000000 size=0x8000000. Lab only.
 */
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/module.h>

static unsigned long long start;
module_param(start, ullong, 0444);
MODULE_PARM_DESC(start, "first address");

static unsigned long long size;
module_param(size, ullong, 0444);
MODULE_PARM_DESC(size, "bytes");

static int __init hold_init(void)
{
	if (!size)
		return -EINVAL;
	return request_mem_region(start, size, "hold") ? 0 : -EBUSY;
}
module_init(hold_init);

static void __exit hold_exit(void)
{
	release_mem_region(start, size);
}
module_exit(hold_exit);

MODULE_DESCRIPTION("Reserve a range of physical addresses, for tests");
MODULE_LICENSE("GPL v2");
