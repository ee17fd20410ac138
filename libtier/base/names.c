// SPDX-License-Identifier: LGPL-2.1-or-later
// The stable words for the public enums.
#include "cleanup.h"
#include "tier.h"

static const char *const kinds[] = {
	[TIER_KIND_DRAM] = "dram", [TIER_KIND_HBM] = "hbm", [TIER_KIND_CXL] = "cxl",
	[TIER_KIND_PMEM] = "pmem", [TIER_KIND_GPU] = "gpu",
};

static const char *const sources[] = {
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
	[TIER_SOURCE_MEASURED] = "measured",
};

static const char *const usabilities[] = {
	[TIER_USABLE_YES] = "yes",
	[TIER_USABLE_NOT_ALLOWED] = "not-allowed",
	[TIER_USABLE_NO_MEMORY] = "no-memory",
	[TIER_USABLE_OFFLINE] = "offline",
	[TIER_USABLE_GPU] = "gpu",
};

static const char *const dax_modes[] = {
	[TIER_DAX_DISABLED] = "disabled",
	[TIER_DAX_DEVDAX] = "devdax",
	[TIER_DAX_SYSTEM_RAM] = "system-ram",
};

static const char *const modes[] = {
	[TIER_MODE_DEFAULT] = "default",
	[TIER_MODE_PREFER] = "prefer",
	[TIER_MODE_BIND] = "bind",
	[TIER_MODE_WEIGHTED] = "weighted",
	[TIER_MODE_INTERLEAVE] = "interleave",
};

static const struct {
	const char *const *words;
	size_t count;
} lists[] = {
	[TIER_WORDS_KIND] = { kinds, ARRAY_SIZE(kinds) },
	[TIER_WORDS_SOURCE] = { sources, ARRAY_SIZE(sources) },
	[TIER_WORDS_USABILITY] = { usabilities, ARRAY_SIZE(usabilities) },
	[TIER_WORDS_DAX_MODE] = { dax_modes, ARRAY_SIZE(dax_modes) },
	[TIER_WORDS_MODE] = { modes, ARRAY_SIZE(modes) },
};

const char *tier_word(enum tier_words of, unsigned int value)
{
	if ((unsigned int)of >= ARRAY_SIZE(lists) || value >= lists[of].count ||
	    !lists[of].words[value])
		return "unknown";
	return lists[of].words[value];
}
