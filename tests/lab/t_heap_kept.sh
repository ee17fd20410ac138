# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What a heap on tiers keeps: huge pages whole, few mappings however large it is, the place of memory
# that was given back to the kernel, and jemalloc's own data in fast memory.
# machines: 2s-pmem
# timeout: 300
# shellcheck source=/dev/null
. /lab/lib_heap.sh

HUGE_PAGES=/sys/kernel/mm/transparent_hugepage/enabled

# free_huge NODE: how many huge pages lie free there in one piece: blocks of order 9 and 10
free_huge()
{
	awk -v node="$1," '$2 == node { sum += $14 + 2 * $15 } END { print sum + 0 }' /proc/buddyinfo
}

at_end put $HUGE_PAGES "$(sed 's/.*\[\(.*\)\].*/\1/' $HUGE_PAGES)"
put $HUGE_PAGES always
drop_caches
put /proc/sys/vm/compact_memory 1

# Huge pages. 64 MiB are 32 of them, and the nodes have far more in one piece, so that each page that
# may be a huge one is: all but two, and no fewer than under plain jemalloc on the same node, which
# has its own data there as well.
for node in 2 3; do
	between "free huge pages on node $node" "$(free_huge $node)" 100 512
done
for pattern in one mixed; do
	plain tierctl run --bind node:3 -- heaps $pattern 64 1
	least=$(($(sum huge 0) - 4 * 512))
	((least > 30 * 512)) || least=$((30 * 512))
	for spec in prefer:node:3 bind:node:3 interleave:node:2-3 'threshold:16:dram<node:3'; do
		heap "$spec" heaps $pattern 64 1
		between "$spec, $pattern: pages in huge pages" "$(sum huge 0)" $least $((50 * 512))
	done
done

# A heap that may have none, as a huge page holds what is not counted; some are outside of it.
heap 'bind:node:3;limit:node:3=100M' heaps one 64 1
between "with a limit: pages in huge pages" "$(sum huge 0)" 0 $((8 * 512))

# Mappings: two more at most for each tier, and with limits for what is beyond all of them, however
# large the heap is; but for a ratio, and for auto-threshold, whose tiers have three from 512 MiB on.
# (Whether neighbours are one mapping is no matter of luck where addresses are not random.)
put $HUGE_PAGES never
for_now /proc/sys/kernel/randomize_va_space 0
while read -r -u 9 mib more spec; do
	plain heaps wide "$mib" 1
	mappings=$(sum mappings 0)
	heap "$spec" heaps wide "$mib" 1
	between "$spec, $mib MiB: mappings" "$(sum mappings 0)" 10 $((mappings + more))
done 9<<- END
	2400 2 prefer:pmem
	2400 2 bind:pmem
	2400 2 interleave:pmem
	2400 4 threshold:4K:dram<pmem
	2400 6 threshold:2K,32K:dram<node:2<node:3
	400 4 auto-threshold:dram=1,pmem=1
	2400 6 auto-threshold:dram=1,pmem=1
	2400 6 limit:dram=16M,pmem=8M
	2400 4 prefer:pmem;limit:pmem=8M
	2400 6 threshold:4K:dram<pmem;limit:pmem=8M
END

# Several steps: each block is where its size says.
heap 'threshold:2K,32K:node:0<node:2<node:3' heaps mixed 24 2 2048
same "steps: below the first one elsewhere" "$(sum below 1,2,3)" 0
same "steps: above the first one in node 0" "$(sum above 0,1)" 0
between "steps: below the first one" "$(sum below 0)" 20 100000
heap 'threshold:2K,32K:node:0<node:2<node:3' heaps mixed 24 2 32768
same "steps: above the second one elsewhere" "$(sum above 0,1,2)" 0
same "steps: below the second one in node 3" "$(sum below 3)" 0
between "steps: above the second one" "$(sum above 3)" 20 100000

# What was given back to the kernel and comes again is where it was asked for.
heap bind:node:3 heaps again 64 1
between "again: pages left between" "$(sum left 0)" 0 2048
between "again: pages" "$(sum node 3)" $((64 * 256)) $((96 * 256))
same "again: pages elsewhere" "$(sum node 0,1,2)" 0
heap ratio:dram=1,pmem=1 heaps again 64 1
between "again: pages left between" "$(sum left 0)" 0 2048
between "again: permille slow" "$(permille 2,3)" 490 510

# What jemalloc knows of its blocks grows with them, and is not where they are.
heap bind:node:3 heaps small 1 1
little=$(sum plain 0,1)
heap bind:node:3 heaps small 64 1
between "jemalloc's own pages" $(($(sum plain 0,1) - little)) 150 1000
same "jemalloc's own pages in PMEM" "$(sum plain 2,3)" 0

# memkind's other policy, whose boundary moves.
MEMKIND_MEM_TIERS="KIND:DRAM,RATIO:1;KIND:KMEM_DAX,RATIO:1;POLICY:DYNAMIC_THRESHOLD" \
	LD_PRELOAD=$LIBRARY gives 0 heaps small 64 2
between "memkind: permille slow" "$(permille 2,3)" 480 520
