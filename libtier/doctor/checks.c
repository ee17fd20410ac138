// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of all checks. What each looks at stands in the file of its group.
#include <errno.h>

#include "exam.h"
#include "fill.h"

/* Names are told to scripts and never change. What is told first should be mended first:
 * a switch is of no use where the kernel's order of memory is wrong. */
static const struct check checks[] = {
	{ { "files", "files that cannot be read or make no sense", "files" },
	  check_files },
	{ { "node-words", "what the user said of nodes", "figures" }, check_node_words },
	{ { "fake-numa", "nodes that the kernel made up", "figures" }, check_fake_numa },
	{ { "figures", "bandwidth and latency of all memory", "figures" },
	  check_figures },
	{ { "distances", "where nodes are near", "places" }, check_distances },
	{ { "cpu-maps", "CPUs that several nodes claim", "places" }, check_cpu_maps },
	{ { "cpus-without-memory", "CPUs whose node has no memory", "places" },
	  check_cpus_without_memory },
	{ { "empty-nodes", "nodes without memory and CPUs", "places" },
	  check_empty_nodes },
	{ { "node-numbers", "numbers of nodes that leave some out", "places" },
	  check_node_numbers },
	{ { "hwloc", "what hwloc sees", "places" }, check_hwloc },
	{ { "side-cache", "DRAM that only caches other memory", "kinds" },
	  check_side_cache },
	{ { "gpu-memory", "a GPU's memory among the nodes", "kinds" }, check_gpu_memory },

	{ { "kernel-tiers", "the kernel's own tiers", "kernel-tiers" },
	  check_kernel_tiers },
	{ { "kernel-order", "the kernel's order of memory", "kernel-tiers" },
	  check_kernel_order },
	{ { "equal-dram", "DRAM that is not equal", "kernel-tiers" }, check_equal_dram },
	{ { "promotion-reach", "memory that promotion never leaves", "kernel-tiers" },
	  check_promotion_reach },

	{ { "demotion", "demotion of cold pages to a slower tier", "switches" },
	  check_demotion },
	{ { "promotion", "promotion of hot pages to a faster tier", "switches" },
	  check_promotion },
	{ { "weights", "weights of weighted interleave", "switches" }, check_weights },
	{ { "zone-reclaim", "reclaim before another node is asked", "switches" },
	  check_zone_reclaim },
	{ { "damon", "who has the kernel's DAMON", "switches" }, check_damon },

	{ { "movable-only", "memory that a strict bind cannot live on", "movable" },
	  check_movable_only },
	{ { "spill", "programs killed while slow memory is free", "movable" },
	  check_spill },
	{ { "zones", "slow memory that the kernel may use for itself", "movable" },
	  check_zones },
	{ { "auto-online", "what becomes of memory that is added", "devices" },
	  check_auto_online },
	{ { "unused-devices", "dax devices that are no memory", "devices" },
	  check_unused_devices },
	{ { "target-node", "the node that a dax device becomes", "devices" },
	  check_target_node },
	{ { "device-size", "dax devices below one memory block", "devices" },
	  check_device_size },
	{ { "kmem-module", "the driver that makes memory of dax devices", "devices" },
	  check_kmem_module },
	{ { "udev-rules", "rules that bring memory online by themselves", "devices" },
	  check_udev_rules },
	{ { "daxctl", "fixes that daxctl has not", "devices" }, check_daxctl },

	{ { "alignment", "memory lost to alignment", "losses" }, check_alignment },
	{ { "bad-blocks", "memory skipped for bad blocks", "losses" }, check_bad_blocks },
	{ { "not-added", "memory that the kernel would not add", "losses" },
	  check_not_added },
	{ { "poison", "poisoned pages", "losses" }, check_poison },
	{ { "memory-failures", "failures that no device tells of", "losses" },
	  check_memory_failures },
	{ { "left-behind", "memory whose device was unbound", "losses" },
	  check_left_behind },

	{ { "cpuset", "nodes that this task may not use", "containers" }, check_cpuset },
	{ { "cpuset-demotion", "demotion past a cpuset", "containers" },
	  check_cpuset_demotion },
	{ { "seccomp", "calls that place memory", "containers" }, check_seccomp },
	{ { "policy-modes", "policies that this kernel does not have", "containers" },
	  check_policy_modes },
	{ { "sysfs", "writing to /sys", "containers" }, check_sysfs },
};

const struct check *check_get(size_t index)
{
	return index < ARRAY_SIZE(checks) ? &checks[index] : NULL;
}

int tier_check_get(unsigned int index, struct tier_check_info *info, size_t size)
{
	const struct check *check = check_get(index);

	if (!check)
		return -ENOENT;
	fill_struct(info, size, &check->info, sizeof(check->info));
	return 0;
}
