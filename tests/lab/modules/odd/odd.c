// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spoils one number near a device's struct device for as long as it is loaded, as if a driver had
 * been built for other structures: insmod odd.ko parent=hmem.0 name=dax0.0 at=-28 value=7 size=4.
 * With follow=16, a pointer is there, and the number 16 bytes behind what it points to. With
 * array=768 copies=2 each=32, a pointer is at 768, to structures of 32 bytes, of which there will
 * be two, both the same as the first was. Lab only.
 */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
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

static unsigned int copies;
module_param(copies, uint, 0444);
MODULE_PARM_DESC(copies, "how many of the first structure there shall be");

static unsigned int each;
module_param(each, uint, 0444);
MODULE_PARM_DESC(each, "bytes of such a structure");

static int array;
module_param(array, int, 0444);
MODULE_PARM_DESC(array, "bytes from the struct device to the pointer to them");

static struct device *device;
static void *place;
static unsigned long long before;
static void *copied;
static void *originals;

static struct device *find_device(void)
{
	struct device *found, *above;

	above = bus_find_device_by_name(&platform_bus_type, NULL, parent);
	if (!above)
		return NULL;
	found = device_find_child_by_name(above, name);
	put_device(above);
	return found;
}

static int copy_structures(void)
{
	void **pointer = (void *)device + array;
	unsigned int i;

	copied = kvmalloc_array(copies, each, GFP_KERNEL);
	if (!copied)
		return -ENOMEM;
	originals = *pointer;
	for (i = 0; i < copies; i++)
		memcpy(copied + i * each, originals, each);
	*pointer = copied;
	return 0;
}

static int __init odd_init(void)
{
	if (!parent || !name || size < 1 || size > sizeof(before))
		return -EINVAL;
	device = find_device();
	if (!device)
		return -ENODEV;
	if (copies && copy_structures()) {
		put_device(device);
		return -ENOMEM;
	}
	place = (void *)device + at;
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
	if (copied)
		*(void **)((void *)device + array) = originals;
	kvfree(copied);
	put_device(device);
}
module_exit(odd_exit);

MODULE_DESCRIPTION("Spoil a number of a device, for tests");
MODULE_LICENSE("GPL");
