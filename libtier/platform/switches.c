// SPDX-License-Identifier: LGPL-2.1-or-later
// System-wide switches of the kernel that plans depend on, and where they are.
#include <errno.h>

#include "parse.h"
#include "platform.h"

const char kernel_demotion_path[] = "/sys/kernel/mm/numa/demotion_enabled";

#define WEIGHTS_DIR "/sys/kernel/mm/mempolicy/weighted_interleave"

const char kernel_weights_dir[] = WEIGHTS_DIR;

const char kernel_balancing_path[] = "/proc/sys/kernel/numa_balancing";
const char kernel_stat_path[] = "/proc/stat";
const char kernel_cpu_pressure_path[] = "/proc/pressure/cpu";
const char kernel_huge_path[] = "/sys/kernel/mm/transparent_hugepage/enabled";
const char kernel_promote_rate_path[] =
	"/proc/sys/kernel/numa_balancing_promote_rate_limit_MBps";

/* 6.16. At least one 6.18 kernel calls the file "__auto_type": newer headers define
 * `auto` as a macro, which the attribute's name goes through. */
const char *const kernel_auto_weights_paths[] = {
	WEIGHTS_DIR "/auto",
	WEIGHTS_DIR "/__auto_type",
	NULL,
};

const char *kernel_reclaim_path(unsigned int node, char *buf, size_t size)
{
	snprintf(buf, size, "/sys/devices/system/node/node%u/reclaim", node);
	return buf;
}

const char *kernel_vmstat_path(int node, char *buf, size_t size)
{
	if (node < 0)
		snprintf(buf, size, "/proc/vmstat");
	else
		snprintf(buf, size, "/sys/devices/system/node/node%d/vmstat", node);
	return buf;
}

const char *kernel_weight_path(unsigned int node, char *buf, size_t size)
{
	snprintf(buf, size, "%s/node%u", kernel_weights_dir, node);
	return buf;
}

int kernel_weight(struct root *root, unsigned int node, uint64_t *weight)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	char path[96];
	int ret;

	kernel_weight_path(node, path, sizeof(path));
	ret = root->ops->read(root, path, &text);
	if (ret)
		return ret;
	if (parse_u64(strbuf_text(&text), weight) || !*weight ||
	    *weight > KERNEL_WEIGHT_MAX)
		return -EIO;
	return 0;
}
