// SPDX-License-Identifier: LGPL-2.1-or-later
// Memory policy calls: modes, masks, reading back, probing. Knows no plan.
#include "mempolicy.h"

#include <assert.h>
#include <errno.h>
#include <linux/mempolicy.h>

#include "nodeset.h"

static_assert((int)MEMPOLICY_DEFAULT == MPOL_DEFAULT, "kernel ABI");
static_assert((int)MEMPOLICY_PREFERRED == MPOL_PREFERRED, "kernel ABI");
static_assert((int)MEMPOLICY_BIND == MPOL_BIND, "kernel ABI");
static_assert((int)MEMPOLICY_INTERLEAVE == MPOL_INTERLEAVE, "kernel ABI");
static_assert((int)MEMPOLICY_LOCAL == MPOL_LOCAL, "kernel ABI");
static_assert((int)MEMPOLICY_PREFERRED_MANY == MPOL_PREFERRED_MANY, "kernel ABI");
static_assert(MEMPOLICY_MODE_FLAGS == MPOL_MODE_FLAGS, "kernel ABI");
static_assert(MEMPOLICY_MEMS_ALLOWED == MPOL_F_MEMS_ALLOWED, "kernel ABI");

/* By enum tier_mode; what prefers several nodes. */
static const int kernel_modes[] = {
	[TIER_MODE_DEFAULT] = MEMPOLICY_DEFAULT,
	[TIER_MODE_PREFER] = MEMPOLICY_PREFERRED_MANY,
	[TIER_MODE_BIND] = MEMPOLICY_BIND,
	[TIER_MODE_INTERLEAVE] = MEMPOLICY_INTERLEAVE,
	[TIER_MODE_WEIGHTED] = MEMPOLICY_WEIGHTED_INTERLEAVE,
};

static bool is_mode(enum tier_mode mode)
{
	return mode > TIER_MODE_UNKNOWN && (size_t)mode < ARRAY_SIZE(kernel_modes);
}

struct mempolicy_mask mempolicy_mask(const struct tier_nodeset *nodes)
{
	struct mempolicy_mask mask = { 0 };

	for_each_node(node, nodes)
		mask.words[(size_t)node / MEMPOLICY_LONG_BITS] |=
			1UL << ((size_t)node % MEMPOLICY_LONG_BITS);
	return mask;
}

struct tier_nodeset mempolicy_nodes(const struct mempolicy_mask *mask)
{
	struct tier_nodeset nodes = { 0 };

	for (unsigned int node = 0; node < TIER_MAX_NODES; node++) {
		unsigned long word = mask->words[node / MEMPOLICY_LONG_BITS];

		if (word >> (node % MEMPOLICY_LONG_BITS) & 1)
			tier_nodeset_add(&nodes, node);
	}
	return nodes;
}

int mempolicy_word(enum tier_mode mode, const struct tier_nodeset *nodes)
{
	if (!is_mode(mode))
		return -EINVAL;
	if (mode == TIER_MODE_DEFAULT)
		return MEMPOLICY_DEFAULT;
	if (nodeset_is_empty(nodes))
		return -EINVAL;
	if (mode == TIER_MODE_PREFER && tier_nodeset_count(nodes) == 1)
		return MEMPOLICY_PREFERRED | MEMPOLICY_STATIC_NODES;
	return kernel_modes[mode] | MEMPOLICY_STATIC_NODES;
}

int mempolicy_set(const struct sys_ops *sys, enum tier_mode mode,
		  const struct tier_nodeset *nodes)
{
	int word = mempolicy_word(mode, nodes);
	struct mempolicy_mask mask;

	if (word < 0)
		return word;
	if (mode == TIER_MODE_DEFAULT)
		return sys->set_mempolicy(word, NULL, 0);
	mask = mempolicy_mask(nodes);
	return sys->set_mempolicy(word, mask.words, MEMPOLICY_MAXNODE);
}

/* What the kernel uses of the nodes that were asked for. */
static struct tier_nodeset nodes_in_force(int kernel_mode,
					  const struct tier_nodeset *asked,
					  const struct tier_nodeset *allowed)
{
	struct tier_nodeset nodes = nodeset_and(asked, allowed);
	struct tier_nodeset one = { 0 };

	if ((kernel_mode & ~MEMPOLICY_MODE_FLAGS) != MEMPOLICY_PREFERRED ||
	    nodeset_is_empty(&nodes))
		return nodes;
	tier_nodeset_add(&one, (unsigned int)tier_nodeset_next(&nodes, -1));
	return one;
}

int mempolicy_get(const struct sys_ops *sys, int *kernel_mode,
		  struct tier_nodeset *effective)
{
	struct mempolicy_mask asked_mask = { 0 }, allowed_mask = { 0 };
	struct tier_nodeset asked, allowed;
	int mode = 0, ret;

	ret = sys->get_mempolicy(&mode, asked_mask.words, MEMPOLICY_MAXNODE, 0);
	if (ret)
		return ret;
	ret = sys->get_mempolicy(NULL, allowed_mask.words, MEMPOLICY_MAXNODE,
				 MEMPOLICY_MEMS_ALLOWED);
	if (ret)
		return ret;
	asked = mempolicy_nodes(&asked_mask);
	allowed = mempolicy_nodes(&allowed_mask);
	if (kernel_mode)
		*kernel_mode = mode;
	if (effective)
		*effective = nodes_in_force(mode, &asked, &allowed);
	return 0;
}

int mempolicy_has_mode(const struct sys_ops *sys, enum tier_mode mode)
{
	int ret;

	if (!is_mode(mode))
		return 0;
	ret = sys->set_mempolicy(kernel_modes[mode], MEMPOLICY_UNREADABLE,
				 MEMPOLICY_MAXNODE);
	if (ret == -EFAULT)
		return 1;
	if (ret == -EINVAL)
		return 0;
	/* Success would mean that a mask was read where none can be. */
	return ret ? ret : -EIO;
}

enum mempolicy_refusal mempolicy_refusal(const struct sys_ops *sys, int error,
					 enum tier_mode mode)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return MEMPOLICY_BLOCKED;
	case -ENOSYS:
		return MEMPOLICY_NO_NUMA;
	case -EINVAL:
		break;
	default:
		return MEMPOLICY_REFUSED_OTHER;
	}
	switch (mempolicy_has_mode(sys, mode)) {
	case 0:
		return MEMPOLICY_TOO_OLD;
	case 1:
		return MEMPOLICY_NODES_GONE;
	default:
		return MEMPOLICY_REFUSED_OTHER;
	}
}
