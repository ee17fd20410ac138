/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel's memory policy calls mean, once. Turns a mode and nodes into
 * the words that set_mempolicy(2) wants and back, and tells apart the ways in
 * which it refuses. Knows no tiers and no plan.
 *
 * What one has to know of the kernel (mm/mempolicy.c; each run on 6.1, 6.12 and 6.18):
 *  - it looks at maxnode - 1 bits, so node 0 with maxnode 1 is an empty mask;
 *  - nodes that a task may not use, or that have no memory, are dropped from the
 *    mask without a word; EINVAL comes only when none is left;
 *  - MPOL_PREFERRED takes a mask of several nodes and uses the first;
 *  - MPOL_DEFAULT wants no mask at all;
 *  - without MPOL_F_STATIC_NODES a later change of the cpuset moves the nodes of
 *    a policy to others by position, which may turn DRAM into CXL;
 *  - with it, get_mempolicy(2) answers with the mask that was asked for, not
 *    with the one that is in force.
 */
#ifndef MEMPOLICY_H
#define MEMPOLICY_H

#include "platform.h"

/* Kernel's numbers; the headers of Debian 12 end before weighted interleave. */
enum mempolicy_mode {
	MEMPOLICY_DEFAULT = 0,
	MEMPOLICY_PREFERRED = 1,
	MEMPOLICY_BIND = 2,
	MEMPOLICY_INTERLEAVE = 3,
	MEMPOLICY_LOCAL = 4,
	MEMPOLICY_PREFERRED_MANY = 5,	   /* 5.15 */
	MEMPOLICY_WEIGHTED_INTERLEAVE = 6, /* 6.9 */
};

/* Flags that share an int with the mode. */
#define MEMPOLICY_STATIC_NODES	 (1 << 15)
#define MEMPOLICY_RELATIVE_NODES (1 << 14)
#define MEMPOLICY_NUMA_BALANCING (1 << 13)
#define MEMPOLICY_MODE_FLAGS \
	(MEMPOLICY_STATIC_NODES | MEMPOLICY_RELATIVE_NODES | MEMPOLICY_NUMA_BALANCING)

/* get_mempolicy(2): the nodes that the task may use, instead of its policy. */
#define MEMPOLICY_MEMS_ALLOWED (1UL << 2)

/*
 * Highest id + 2, for every mask: the kernel takes up to a page of bits, checks
 * that those it has no node for are 0, and get_mempolicy(2) refuses less than
 * the number of its node ids.
 */
#define MEMPOLICY_MAXNODE (TIER_MAX_NODES + 1UL)

/* A mask as the kernel reads it. */
#define MEMPOLICY_LONG_BITS (8 * sizeof(unsigned long))
struct mempolicy_mask {
	unsigned long words[TIER_MAX_NODES / MEMPOLICY_LONG_BITS];
};

struct mempolicy_mask mempolicy_mask(const struct tier_nodeset *nodes);
struct tier_nodeset mempolicy_nodes(const struct mempolicy_mask *mask);

/* What the kernel calls a mode over these nodes, static ones, flags included; -EINVAL for
 * an empty set and for modes that are none of enum tier_mode. */
int mempolicy_word(enum tier_mode mode, const struct tier_nodeset *nodes) MUST_CHECK;

/*
 * Set the calling thread's policy, nodes static. TIER_MODE_PREFER with one node
 * becomes MPOL_PREFERRED, which every kernel has; with several, prefer-many.
 * TIER_MODE_DEFAULT ignores `nodes`, which may be NULL then.
 * Errors: what the kernel gave, see mempolicy_refusal(); -EINVAL also for an
 * empty set and for modes that are none of enum tier_mode, before any call.
 */
int mempolicy_set(const struct sys_ops *sys, enum tier_mode mode,
		  const struct tier_nodeset *nodes) MUST_CHECK;

/*
 * Read the calling thread's policy back: the kernel's mode word with its flags
 * (either may be NULL) and the nodes in force, which is what was asked for
 * without nodes that the task may not use. Nodes whose memory went away after
 * the policy was set are seen only when the kernel took them out of the task's
 * allowed set too (it does where cpusets are built in, as all distributions do).
 */
int mempolicy_get(const struct sys_ops *sys, int *kernel_mode,
		  struct tier_nodeset *effective) MUST_CHECK;

/*
 * Does the kernel know this mode? 1 or 0, or a negative errno when the call is
 * blocked (-EPERM) or missing (-ENOSYS). Asks by a call whose mask cannot be
 * read (MEMPOLICY_UNREADABLE): the kernel looks at the mode first, so EFAULT
 * means that it liked the mode, and the policy is never touched.
 */
int mempolicy_has_mode(const struct sys_ops *sys, enum tier_mode mode) MUST_CHECK;

/* The mask of that call, at the end of the kernel's half of the address space. A
 * fake must compare, never read. */
#define MEMPOLICY_UNREADABLE ((const unsigned long *)(UINTPTR_MAX - 4095))

/* Why a call was refused. */
enum mempolicy_refusal {
	MEMPOLICY_REFUSED_OTHER = 0, /* nothing that we know of */
	MEMPOLICY_BLOCKED,	     /* EPERM: seccomp, or no CAP_SYS_NICE there */
	MEMPOLICY_NO_NUMA,	     /* ENOSYS: no NUMA in the kernel, or seccomp */
	MEMPOLICY_TOO_OLD,	     /* EINVAL: the kernel does not know the mode */
	MEMPOLICY_NODES_GONE,	     /* EINVAL: none of the nodes may be used */
};

/* `error` is what mempolicy_set() returned for `mode`. */
enum mempolicy_refusal mempolicy_refusal(const struct sys_ops *sys, int error,
					 enum tier_mode mode);

#endif
