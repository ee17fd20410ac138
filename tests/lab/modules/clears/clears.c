// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers for the NVDIMMs' firmware, which in QEMU cannot clear errors, for as long as it is
 * loaded: it writes zeros to ranges that are aligned to unit, to at most so many bytes, and says
 * so: insmod clears.ko bus=ndbus0 unit=256 most=4096. The parameter cleared counts. Lab only.
 */
#include <linux/acpi.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/libnvdimm.h>
#include <linux/module.h>
#include <linux/ndctl.h>
#include <linux/string.h>

static char *bus;
module_param(bus, charp, 0444);
MODULE_PARM_DESC(bus, "NVDIMM bus of the firmware");

static unsigned int unit = 256;
module_param(unit, uint, 0644);
MODULE_PARM_DESC(unit, "bytes that can be cleared at a time");

static unsigned long long most = U64_MAX;
module_param(most, ullong, 0644);
MODULE_PARM_DESC(most, "bytes of one call that are cleared");

static unsigned long long cleared;
module_param(cleared, ullong, 0444);
MODULE_PARM_DESC(cleared, "bytes so far");

static struct device *bus_device;
static struct nvdimm_bus_descriptor *firmware;
static ndctl_fn before;

static int clear(struct nd_cmd_clear_error *command)
{
	u64 length = min_t(u64, command->length, most);
	void *media = memremap(command->address, length, MEMREMAP_WB);

	if (!media)
		return -ENOMEM;
	memset(media, 0, length);
	arch_wb_cache_pmem(media, length);
	memunmap(media);
	command->status = 0;
	command->cleared = length;
	cleared += length;
	return 0;
}

/* Signature: libnvdimm's. */
static int answer(struct nvdimm_bus_descriptor *descriptor, struct nvdimm *nvdimm,
		  unsigned int command, void *buf, unsigned int length, int *result)
{
	struct nd_cmd_ars_cap *capacity = buf;

	if (nvdimm || (command != ND_CMD_ARS_CAP && command != ND_CMD_CLEAR_ERROR))
		return before(descriptor, nvdimm, command, buf, length, result);
	*result = 0;
	if (command == ND_CMD_CLEAR_ERROR)
		return clear(buf);
	capacity->status = 0;
	capacity->clear_err_unit = unit;
	return 0;
}

static int __init clears_init(void)
{
	struct acpi_device *nfit = acpi_dev_get_first_match_dev("ACPI0012", NULL, -1);

	if (!nfit || !bus)
		return -ENODEV;
	bus_device = device_find_child_by_name(&nfit->dev, bus);
	acpi_dev_put(nfit);
	if (!bus_device)
		return -ENODEV;
	firmware = to_nd_desc(to_nvdimm_bus(bus_device));
	before = firmware->ndctl;
	firmware->ndctl = answer;
	return 0;
}
module_init(clears_init);

static void __exit clears_exit(void)
{
	firmware->ndctl = before;
	put_device(bus_device);
}
module_exit(clears_exit);

MODULE_DESCRIPTION("Clear errors in the name of a firmware, for tests");
MODULE_LICENSE("GPL");
