// SPDX-License-Identifier: LGPL-2.1-or-later
// The stable words for the public enums.
#include "cleanup.h"
#include "tier.h"

static const char *name_of(const char *const *names, size_t count, unsigned int value)
{
	return value < count && names[value] ? names[value] : "unknown";
}

const char *tier_kind_name(enum tier_kind kind)
{
	static const char *const names[] = {
		[TIER_KIND_DRAM] = "dram", [TIER_KIND_HBM] = "hbm",
		[TIER_KIND_CXL] = "cxl",   [TIER_KIND_PMEM] = "pmem",
		[TIER_KIND_GPU] = "gpu",
	};

	return name_of(names, ARRAY_SIZE(names), kind);
}

const char *tier_source_name(enum tier_source source)
{
	static const char *const names[] = {
		[TIER_SOURCE_NONE] = "none",
		[TIER_SOURCE_USER] = "user",
		[TIER_SOURCE_NVIDIA] = "nvidia",
		[TIER_SOURCE_DAX_PATH] = "dax-path",
		[TIER_SOURCE_HWLOC] = "hwloc",
		[TIER_SOURCE_MOVABLE] = "movable",
		[TIER_SOURCE_FIRMWARE] = "firmware",
		[TIER_SOURCE_PERFORMANCE] = "performance",
		[TIER_SOURCE_ACCESS1] = "access1",
		[TIER_SOURCE_ACCESS0] = "access0",
		[TIER_SOURCE_KERNEL_TIER] = "kernel-tier",
		[TIER_SOURCE_KIND_ORDER] = "kind-order",
		[TIER_SOURCE_KERNEL] = "kernel",
	};

	return name_of(names, ARRAY_SIZE(names), source);
}

const char *tier_usability_name(enum tier_usability usability)
{
	static const char *const names[] = {
		[TIER_USABLE_YES] = "yes",
		[TIER_USABLE_NOT_ALLOWED] = "not-allowed",
		[TIER_USABLE_NO_MEMORY] = "no-memory",
		[TIER_USABLE_OFFLINE] = "offline",
		[TIER_USABLE_GPU] = "gpu",
	};

	return name_of(names, ARRAY_SIZE(names), usability);
}

const char *tier_dax_mode_name(enum tier_dax_mode mode)
{
	static const char *const names[] = {
		[TIER_DAX_DISABLED] = "disabled",
		[TIER_DAX_DEVDAX] = "devdax",
		[TIER_DAX_SYSTEM_RAM] = "system-ram",
	};

	return name_of(names, ARRAY_SIZE(names), mode);
}

const char *tier_mode_name(enum tier_mode mode)
{
	static const char *const names[] = {
		[TIER_MODE_DEFAULT] = "default",
		[TIER_MODE_PREFER] = "prefer",
		[TIER_MODE_BIND] = "bind",
		[TIER_MODE_WEIGHTED] = "weighted",
		[TIER_MODE_INTERLEAVE] = "interleave",
	};

	return name_of(names, ARRAY_SIZE(names), mode);
}
