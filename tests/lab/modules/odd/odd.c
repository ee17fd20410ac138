// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spoils one number near a device's struct device for as long as it is loaded, as if a driver had
 * been built for other structures: insmod odd.ko parent=hmem.0 name=dax0.0 at=-28 value=7 size=4.
 * With follow=16, a pointer is there, and the number 16 bytes behind what it points to. Lab only.
 */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>

static char *parent;
module_param(parent, charp, 0444);
MODULE_PARM_DESC(parent, "platform device that the device is below of");

static char *name;
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "the device");

static int at;
module_param(at, int, 0444);
MODULE_PARM_DESC(at, "bytes from its struct device");

static int follow = -1;
module_param(follow, int, 0444);
MODULE_PARM_DESC(follow, "bytes from where the pointer there points to");

static int size = 8;
module_param(size, int, 0444);
MODULE_PARM_DESC(size, "bytes of the number, up to 8");

static unsigned long long value;
module_param(value, ullong, 0444);
MODULE_PARM_DESC(value, "what it shall be");

static struct device *device;
static void *place;
static unsigned long long before;

static int __init odd_init(void)
{
	struct device *above;

	if (!parent || !name || size < 1 || size > sizeof(before))
		return -EINVAL;
	above = bus_find_device_by_name(&platform_bus_type, NULL, parent);
	if (!above)
		return -ENODEV;
	device = device_find_child_by_name(above, name);
	put_device(above);
	if (!device)
		return -ENODEV;
	place = (char *)device + at;
	if (follow >= 0)
		place = *(char **)place + follow;
	memcpy(&before, place, size);
	memcpy(place, &value, size);
	return 0;
}
module_init(odd_init);

static void __exit odd_exit(void)
{
	memcpy(place, &before, size);
	put_device(device);
}
module_exit(odd_exit);

MODULE_DESCRIPTION("Spoil a number of a device, for tests");
MODULE_LICENSE("GPL");
