// SPDX-License-Identifier: LGPL-2.1-or-later
// System-wide switches of the kernel that plans depend on, and where they are.
#include <errno.h>

#include "parse.h"
#include "platform.h"

const char kernel_demotion_path[] = "/sys/kernel/mm/numa/demotion_enabled";

const char kernel_weights_dir[] = "/sys/kernel/mm/mempolicy/weighted_interleave";

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
