// SPDX-License-Identifier: GPL-2.0-only
/* Memory types, as 6.12 shares them between drivers and as 6.1 leaves them to each driver. */
#include <linux/err.h>
#include <linux/memory-tiers.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>

#include "compat.h"
#include "distance.h"
#include "tier.h"

static_assert(DISTANCE_DRAM == MEMTIER_ADISTANCE_DRAM);

static DEFINE_MUTEX(types_lock);

#if HAS_SHARED_MEMORY_TYPES

static LIST_HEAD(types);

static struct memory_dev_type *find_type(int node, int adistance)
{
	int figures = 0, picked;

	mt_calc_adistance(node, &figures);
	picked = distance_pick(figures, adistance);
	return picked < 0 ? ERR_PTR(picked) : mt_find_alloc_memory_type(picked, &types);
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

static struct memory_dev_type *find_type(int node, int adistance)
{
	int picked = distance_pick(0, adistance);

	if (picked < 0)
		return ERR_PTR(picked);
	if (IS_ERR_OR_NULL(only_type))
		only_type = alloc_memory_type(picked);
	return only_type;
}

void tier_end(void)
{
	if (!IS_ERR_OR_NULL(only_type))
		destroy_memory_type(only_type);
}

#endif

/* What we have on a node. */
static struct {
	unsigned int users;
	bool came_later; /* others gave the node its type, and ours does nothing there */
	bool kept;	 /* others' memory has our type, and keeps it for good */
} nodes[MAX_NUMNODES];

struct memory_dev_type *tier_get(int node, int adistance)
{
	struct memory_dev_type *type;

	mutex_lock(&types_lock);
	type = find_type(node, adistance);
	if (!IS_ERR(type)) {
		if (!nodes[node].users++)
			nodes[node].came_later = node_state(node, N_MEMORY);
		init_node_memory_type(node, type);
	}
	mutex_unlock(&types_lock);
	return type;
}

/*
 * Somebody else may have added memory to a node that was ours first. The kernel would go on to
 * use our type for it, so that type, and with it this module, then stay.
 */
static bool keep_for_others(int node)
{
	if (nodes[node].users || nodes[node].came_later || !node_state(node, N_MEMORY))
		return false;
	if (!nodes[node].kept)
		__module_get(THIS_MODULE);
	nodes[node].kept = true;
	return true;
}

void tier_put(int node, struct memory_dev_type *type)
{
	mutex_lock(&types_lock);
	nodes[node].users--;
	if (!keep_for_others(node))
		clear_node_memory_type(node, type);
	mutex_unlock(&types_lock);
}
