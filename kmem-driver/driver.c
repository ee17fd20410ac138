// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmem: dax devices as ordinary memory on nodes of their own. The driver's directory is
 * /sys/bus/dax/drivers/kmem, as the in-tree driver's, which it takes the place of. It binds
 * pmem devices only when somebody names one, and of itself what firmware calls memory.
 */
#include <linux/module.h>
#include <linux/workqueue.h>

#include "attributes.h"
#include "device.h"
#include "listen.h"
#include "private.h"
#include "tier.h"
#include "veto.h"

static int bind_device(struct dev_dax *dev_dax)
{
	struct bound_device *device = device_bind(dev_dax);

	if (IS_ERR(device))
		return PTR_ERR(device);
	dev_set_drvdata(&dev_dax->dev, device);
	return 0;
}

static void unbind_device(struct dev_dax *dev_dax)
{
	struct bound_device *device = dev_get_drvdata(&dev_dax->dev);

	dev_set_drvdata(&dev_dax->dev, NULL);
	device_unbind(device);
}

static struct dax_device_driver driver = {
	.drv = {
		.dev_groups = attributes_of_device,
		.groups = attributes_of_driver,
	},
	.type = DAX_DRIVER_TYPE_KMEM,
	.probe = bind_device,
	.remove = unbind_device,
};

static void announce_poison(struct work_struct *work)
{
	device_announce_poison();
}

static DECLARE_WORK(poison_work, announce_poison);

static int __init start(void)
{
	int rc = veto_start();

	if (rc)
		return rc;
	rc = listen_start(&poison_work);
	if (rc)
		goto fail_listen;
	rc = __dax_driver_register(&driver, THIS_MODULE, "kmem");
	if (rc)
		goto fail_register;
	return 0;

fail_register:
	listen_stop();
	cancel_work_sync(&poison_work);
	tier_end();
fail_listen:
	veto_stop();
	return rc;
}
module_init(start);

/* No memory is present now: all that is pins the module. */
static void __exit stop(void)
{
	dax_driver_unregister(&driver);
	listen_stop();
	cancel_work_sync(&poison_work);
	veto_stop();
	tier_end();
}
module_exit(stop);

MODULE_DESCRIPTION("Device-dax memory as System RAM, with a memory for its errors");
MODULE_LICENSE("GPL");
MODULE_ALIAS("dax:t0*");
