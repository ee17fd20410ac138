# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# --prefer-dram keeps pages in DRAM while there is room, uses all DRAM nodes, and only then spills.
# machines: 2s-pmem
# timeout: 400
# shellcheck source=/dev/null
. /lab/lib.sh

gives 0 tierctl run --prefer-dram -- fill 128M
same "fits: pages" "$(pages_on 0,1,2,3 < "$LAB_OUT/stdout")" $((128 * 256))
same "fits: pages in pmem" "$(pages_on 2,3 < "$LAB_OUT/stdout")" 0

# The same on every thread, child and allocation: it is the task's policy
gives 0 tierctl run --prefer-dram -- grep -m1 -o 'prefer (many)=static:0-1' /proc/self/numa_maps

# Preferring many nodes fills them down to the kernel's reserve. Where all other memory is movable
# only, the kernel then finds none for itself (page tables) and kills, unless it may demote.
for_now /sys/kernel/mm/numa/demotion_enabled true

drop_caches
free0=$(node_kib 0 MemFree) free1=$(node_kib 1 MemFree)
size_mib=$(((free0 + free1) / 1024 + 256))
gives 0 taskset 1 tierctl run --prefer-dram -- fill -s "${size_mib}M"
same "spills: pages" "$(pages_on 0,1,2,3 < "$LAB_OUT/stdout")" $((size_mib * 256))
# The kernel keeps some free, and makes more free by dropping caches: a node's size is the bound.
total0=$(node_kib 0 MemTotal) total1=$(node_kib 1 MemTotal)
between "spills: KiB on node 0" $(($(pages_on 0 < "$LAB_OUT/stdout") * 4)) \
	$((free0 * 80 / 100)) "$total0"
between "spills: KiB on node 1" $(($(pages_on 1 < "$LAB_OUT/stdout") * 4)) \
	$((free1 * 80 / 100)) "$total1"
between "spills: pages in pmem" "$(pages_on 2,3 < "$LAB_OUT/stdout")" \
	$((size_mib * 256 - (total0 + total1) / 4)) $((460 * 256))

# Linux by itself goes from node 0 to its NVDIMM (17), before the other socket's DRAM (21)
drop_caches
gives 0 taskset 1 fill "${size_mib}M"
between "default: pages in pmem" "$(pages_on 2,3 < "$LAB_OUT/stdout")" $((460 * 256)) $((size_mib * 256))
