// SPDX-License-Identifier: GPL-2.0-or-later
// set_mempolicy and its kin as mm/mempolicy.c has them, in its order of checks.
#include "fake_kernel.h"

#include "mempolicy.h"
#include "nodeset.h"
#include "unit.h"

struct fake_kernel fake_kernel;

void fake_kernel_reset(void)
{
	fake_kernel = (struct fake_kernel){ .newest_mode = MEMPOLICY_WEIGHTED_INTERLEAVE,
					    .signal_at = -1 };
	assert_int_equal(tier_nodeset_parse("0-3", &fake_kernel.usable, NULL), 0);
}

static struct tier_nodeset read_mask(const unsigned long *mask, unsigned long maxnode)
{
	struct mempolicy_mask words = { 0 };

	assert_int_equal(maxnode, MEMPOLICY_MAXNODE);
	memcpy(&words, mask, sizeof(words));
	return mempolicy_nodes(&words);
}

static int fake_set(int mode_and_flags, const unsigned long *mask, unsigned long maxnode)
{
	int mode = mode_and_flags & ~MEMPOLICY_MODE_FLAGS;
	struct tier_nodeset asked, left;

	if (fake_kernel.refusal)
		return fake_kernel.refusal;
	if (mode > fake_kernel.newest_mode && mode != MEMPOLICY_BIND &&
	    mode != MEMPOLICY_INTERLEAVE)
		return -EINVAL;
	if (mask == MEMPOLICY_UNREADABLE)
		return -EFAULT;
	if (mode == MEMPOLICY_DEFAULT) {
		assert_null(mask);
		tier_nodeset_zero(&fake_kernel.nodes);
	} else {
		/* A later change of the cpuset must not move the nodes. */
		assert_true(mode_and_flags & MEMPOLICY_STATIC_NODES);
		asked = read_mask(mask, maxnode);
		left = nodeset_and(&asked, &fake_kernel.usable);
		if (nodeset_is_empty(&left))
			return -EINVAL;
		fake_kernel.nodes = asked;
	}
	fake_kernel.mode = mode;
	fake_kernel.set_calls++;
	return 0;
}

static int fake_get(int *mode, unsigned long *mask, unsigned long maxnode,
		    unsigned long flags)
{
	const struct tier_nodeset *nodes =
		flags & MEMPOLICY_MEMS_ALLOWED ? &fake_kernel.usable : &fake_kernel.nodes;
	struct mempolicy_mask words = mempolicy_mask(nodes);

	assert_int_equal(maxnode, MEMPOLICY_MAXNODE);
	if (fake_kernel.read_refusal)
		return fake_kernel.read_refusal;
	if (mode)
		*mode = fake_kernel.mode | MEMPOLICY_STATIC_NODES;
	memcpy(mask, &words, sizeof(words));
	return 0;
}

static int fake_setaffinity(size_t size, const cpu_set_t *cpus)
{
	fake_kernel.cpu_calls++;
	fake_kernel.cpus = CPU_COUNT_S(size, cpus);
	return fake_kernel.cpu_refusal;
}

static int fake_getnode(unsigned int *node)
{
	if (fake_kernel.here >= TIER_MAX_NODES)
		return -ENOSYS;
	*node = fake_kernel.here;
	return 0;
}

static int fake_interrupted(void)
{
	return fake_kernel.looks_for_signals++ == fake_kernel.signal_at;
}

static int fake_ask(enum policy_call call)
{
	return call == CALL_GET_MEMPOLICY ? fake_kernel.read_refusal :
					    fake_kernel.refusal;
}

const struct sys_ops fake_sys = {
	.set_mempolicy = fake_set,
	.get_mempolicy = fake_get,
	.setaffinity = fake_setaffinity,
	.getnode = fake_getnode,
	.interrupted = fake_interrupted,
	.ask = fake_ask,
};
