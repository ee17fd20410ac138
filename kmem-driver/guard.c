// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing is followed before it has been copied by a read that cannot fault, and nothing is
 * believed that a second place contradicts.
 */
#include <linux/uaccess.h>

#include "guard.h"
#include "kernel_ranges.h"
#include "private.h"

/* Far above what a region can be cut into; a wild number is rather in the billions. */
#define MOST_RANGES 4096

static const char *check_region(const struct dev_dax *dev_dax,
				const struct dax_region *region)
{
	if (region->dev != dev_dax->dev.parent)
		return "its region has another parent";
	if (region->target_node != dev_dax->target_node)
		return "its region has another target node";
	if (dev_dax->nr_range < 1 || dev_dax->nr_range > MOST_RANGES)
		return "its number of ranges is absurd";
	if (!dev_dax->ranges)
		return "it has no ranges";
	return NULL;
}

/* NULL if the range is plausible and was added. */
static const char *add_range_of(struct range_set *ranges, const struct range *range,
				const struct resource *region)
{
	if (range->end < range->start)
		return "a range ends before it starts";
	if (range->start < region->start || range->end > region->end)
		return "a range is outside of its region";
	if (range_set_find(ranges, range))
		return "its ranges overlap";
	if (range_set_add(ranges, range) < 0)
		return "its ranges are too many";
	return NULL;
}

static const char *read_ranges(const struct dev_dax *dev_dax,
			       const struct dax_region *region, struct range_set *ranges)
{
	const char *wrong = NULL;
	int i;

	for (i = 0; i < dev_dax->nr_range && !wrong; i++) {
		struct dev_dax_range range;

		if (copy_from_kernel_nofault(&range, &dev_dax->ranges[i], sizeof(range)))
			return "its ranges cannot be read";
		wrong = add_range_of(ranges, &range.range, &region->res);
	}
	return wrong;
}

static bool wants_memmap_on_memory(const struct dev_dax *dev_dax)
{
#ifdef LAYOUT_DEV_DAX_MEMMAP_ON_MEMORY
	return dev_dax->memmap_on_memory;
#else
	return false;
#endif
}

int guard_read(struct dev_dax *dev_dax, struct dax_facts *facts)
{
	struct dax_region region;
	const char *wrong;

	*facts = (struct dax_facts){};
	if (copy_from_kernel_nofault(&region, dev_dax->region, sizeof(region))) {
		wrong = "its region cannot be read";
		goto odd;
	}
	wrong = check_region(dev_dax, &region);
	if (wrong)
		goto odd;
	if (range_set_alloc(&facts->ranges, dev_dax->nr_range))
		return -ENOMEM;
	wrong = read_ranges(dev_dax, &region, &facts->ranges);
	if (wrong)
		goto odd;

	facts->target_node = dev_dax->target_node;
	facts->memmap_on_memory = wants_memmap_on_memory(dev_dax);
	facts->is_static = static_dev_dax(dev_dax);
	return 0;
odd:
	range_set_free(&facts->ranges);
	dev_notice(&dev_dax->dev, "refused: %s; was kmem built for this kernel?\n",
		   wrong);
	return -ENODEV;
}
