// SPDX-License-Identifier: GPL-2.0-only
/* Memory types, as 6.12 shares them between drivers and as 6.1 leaves them to each driver. */
#include <linux/err.h>
#include <linux/memory-tiers.h>
#include <linux/mutex.h>

#include "compat.h"
#include "distance.h"
#include "tier.h"

static_assert(DISTANCE_DRAM == MEMTIER_ADISTANCE_DRAM);

static DEFINE_MUTEX(types_lock);

#if HAS_SHARED_MEMORY_TYPES

static LIST_HEAD(types);

struct memory_dev_type *tier_type(int node, int adistance)
{
	struct memory_dev_type *type;
	int figures = 0, picked;

	mt_calc_adistance(node, &figures);
	picked = distance_pick(figures, adistance);
	if (picked < 0)
		return ERR_PTR(picked);

	mutex_lock(&types_lock);
	type = mt_find_alloc_memory_type(picked, &types);
	mutex_unlock(&types_lock);
	return type;
}

void tier_end(void)
{
	mutex_lock(&types_lock);
	mt_put_memory_types(&types);
	mutex_unlock(&types_lock);
}

#else

/* No figures here, so one type does for all nodes. */
static struct memory_dev_type *only_type;

struct memory_dev_type *tier_type(int node, int adistance)
{
	int picked = distance_pick(0, adistance);

	if (picked < 0)
		return ERR_PTR(picked);

	mutex_lock(&types_lock);
	if (IS_ERR_OR_NULL(only_type))
		only_type = alloc_memory_type(picked);
	mutex_unlock(&types_lock);
	return only_type;
}

void tier_end(void)
{
	if (!IS_ERR_OR_NULL(only_type))
		destroy_memory_type(only_type);
}

#endif
