// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reserves ranges of physical addresses, all of one size, for as long as it is loaded, so that a
 * driver's own reservation of them fails: insmod hold.ko start=0x110000000,0x120000000
 * size=0x8000000. Lab only.
 */
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/module.h>

static unsigned long long start[8];
static unsigned int starts;
module_param_array(start, ullong, &starts, 0444);
MODULE_PARM_DESC(start, "first address of each");

static unsigned long long size;
module_param(size, ullong, 0444);
MODULE_PARM_DESC(size, "bytes of each");

static void release(unsigned int count)
{
	while (count--)
		release_mem_region(start[count], size);
}

static int __init hold_init(void)
{
	unsigned int i;

	if (!size || !starts)
		return -EINVAL;
	for (i = 0; i < starts; i++) {
		if (request_mem_region(start[i], size, "hold"))
			continue;
		release(i);
		return -EBUSY;
	}
	return 0;
}
module_init(hold_init);

static void __exit hold_exit(void)
{
	release(starts);
}
module_exit(hold_exit);

MODULE_DESCRIPTION("Reserve ranges of physical addresses, for tests");
MODULE_LICENSE("GPL v2");
