# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# libtiermalloc.so puts a program's heap where `tierctl run --heap` says: pages counted.
# machines: 2s-pmem
# timeout: 600
# shellcheck source=/dev/null
. /lab/lib_heap.sh

# whole heaps: every page of the range is on the nodes that were named; huge pages are more
# than what was asked for
for spec in prefer:pmem bind:node:3 interleave:node:2-3; do
	heap "$spec" heaps mixed 48 4
	between "$spec: pages" "$(sum node 2,3)" $((48 * 256)) $((96 * 256))
	same "$spec: pages in DRAM" "$(sum node 0,1)" 0
done
heap bind:node:3 heaps small 16 2
same "bind:node:3: on node 2" "$(sum node 2)" 0
heap interleave:node:2-3 heaps mixed 48 4
between "interleave: permille on node 2" $(($(sum node 2) * 1000 / $(sum node 2,3))) 450 550

# ratios of pages: within 1 point from 64 MiB on, within 2 at 4 MiB
for ratio in 3:1 1:4; do
	spec="ratio:dram=${ratio%:*},pmem=${ratio#*:}"
	want=$((${ratio#*:} * 1000 / (${ratio%:*} + ${ratio#*:})))
	for pattern in equal small mixed large one churn grow; do
		for threads in 1 4; do
			for size in 64:10 4:20; do
				mib=${size%:*} off=${size#*:}
				heap "$spec" heaps "$pattern" "$mib" "$threads"
				between "$spec $pattern, $mib MiB, $threads threads: permille slow" \
					"$(permille 2,3)" $((want - off)) $((want + off))
			done
		done
	done
done

# thresholds: each block is where its size says
heap "threshold:4K:dram<pmem" heaps mixed 32 4 4096
same "threshold: small ones in PMEM" "$(sum below 2,3)" 0
same "threshold: large ones in DRAM" "$(sum above 0,1)" 0
between "threshold: small ones" "$(sum below 0,1)" 50 100000
between "threshold: large ones" "$(sum above 2,3)" 500 100000

# A boundary that moves keeps the ratio as well: the same with one thread. Where several meet, one
# heap in a hundred is up to 2 points off; so is one whose largest object is a part of it that is to
# be seen, by half of that: of 4 MiB the 40,000 bytes of mixed are 10 permille, of 64 MiB the 3 MiB of
# large 47. What several threads have of 4 MiB is too little for it: each has free blocks of its own.
for ratio in 3:1 1:4; do
	spec="auto-threshold:dram=${ratio%:*},pmem=${ratio#*:}"
	want=$((${ratio#*:} * 1000 / (${ratio%:*} + ${ratio#*:})))
	for row in equal:64:1:10 small:64:1:10 mixed:64:1:10 churn:64:1:10 grow:64:1:10 large:64:1:34 \
		equal:64:4:20 small:64:4:20 mixed:64:4:20 churn:64:4:20 grow:64:4:20 \
		equal:4:1:20 small:4:1:20 mixed:4:1:45 churn:4:1:45; do
		IFS=: read -r pattern mib threads off <<< "$row"
		heap "$spec" heaps "$pattern" "$mib" "$threads"
		between "$spec $pattern, $mib MiB, $threads threads: permille slow" \
			"$(permille 2,3)" $((want - off)) $((want + off))
	done
done

# limits: not a page more, the rest in the next tier, then anywhere
heap "limit:dram=16M,pmem=8M" heaps mixed 48 4
between "limit: pages in DRAM" "$(sum node 0,1)" $((12 * 256)) $((16 * 256))
between "limit: pages in PMEM" "$(sum node 2,3)" $((6 * 256)) $((8 * 256))

# limits of a ratio: what one tier has no room for is all in the others, then anywhere
heap "ratio:dram=1,pmem=1;limit:pmem=8M" heaps mixed 48 4
between "ratio with a limit: pages in PMEM" "$(sum node 2,3)" $((6 * 256)) $((8 * 256))
between "ratio with a limit: pages in DRAM" "$(sum node 0,1)" $((40 * 256)) $((64 * 256))
heap "ratio:dram=3,pmem=1;limit:dram=16M,pmem=8M" heaps mixed 48 4
between "ratio with limits: pages in DRAM" "$(sum node 0,1)" $((14 * 256)) $((16 * 256))
between "ratio with limits: pages in PMEM" "$(sum node 2,3)" $((6 * 256)) $((8 * 256))

# What no tier has room for is plain memory, whose huge pages are filled or not, as luck has it:
# without them it is what is left of the heap, and all of that is no more than it is without tiers.
HUGE_PAGES=/sys/kernel/mm/transparent_hugepage/enabled
huge=$(sed 's/.*\[\(.*\)\].*/\1/' $HUGE_PAGES)
at_end put $HUGE_PAGES "$huge"
put $HUGE_PAGES never
plain heaps mixed 48 4
whole=$(sum plain 0,1,2,3)
for spec in "limit:dram=16M,pmem=8M" "ratio:dram=3,pmem=1;limit:dram=16M,pmem=8M"; do
	heap "$spec" heaps mixed 48 4
	between "$spec: pages anywhere" "$(sum plain 0,1,2,3)" $((32 * 256)) $((40 * 256))
	between "$spec: all pages" $(($(sum plain 0,1,2,3) + $(sum node 0,1,2,3))) "$whole" \
		$((whole * 103 / 100))
done
put $HUGE_PAGES "$huge"

# what tierctl heap says of a ratio: used and resident, 20 MB of text and what copies it
# shellcheck disable=SC2016
heap ratio:dram=1,pmem=1 bash -c 'printf -v text "%20000000s" x; tierctl heap --bytes $$; exit $?'
like "heap" "$(< "$LAB_OUT/stdout")" "^Process [0-9]+: parted, ratio:"
for column in 3:used 4:resident; do
	read -r fast slow <<< "$(awk -v column="${column%:*}" \
		'$1 == 0 || $1 == 1 { printf "%s ", $column }' "$LAB_OUT/stdout")"
	between "heap: ${column#*:}" $((fast + slow)) 20000000 80000000
	between "heap: permille slow, ${column#*:}" $((slow * 1000 / (fast + slow))) 480 520
done

# by memkind's variables, with selectors that the library resolves alone
MEMKIND_MEM_TIERS="KIND:DRAM,RATIO:1;KIND:KMEM_DAX,RATIO:1;POLICY:STATIC_RATIO" \
	LD_PRELOAD=$LIBRARY gives 0 heaps mixed 64 2
between "memkind: permille slow" "$(permille 2,3)" 490 510
for word in slow slowest pmem node:2-3 tier:1; do
	TIER_HEAP=prefer:$word LD_PRELOAD=$LIBRARY gives 0 heaps small 8 1
	between "$word: pages" "$(sum node 2,3)" $((8 * 256)) $((24 * 256))
	same "$word: pages in DRAM" "$(sum node 0,1)" 0
done

# a node that is full: what is preferred spills, and nothing ends
heap prefer:node:0 heaps mixed 700 1
between "full: pages on other nodes" "$(sum node 1,2,3)" $((150 * 256)) $((700 * 256))

# mappings: two more for a tier at most; the stripes of a ratio are some thousands
# (Neighbours are one mapping: whether there are such is no matter of luck where addresses are not
# random and one thread asks. With more of them only those are counted that the heap has placed.)
for_now /proc/sys/kernel/randomize_va_space 0
plain heaps mixed 64 1
plain=$(sum mappings 0)
same "plain: placed" "$(sum placed 0)" 0
for spec in prefer:pmem bind:pmem interleave:pmem "threshold:4K:dram<pmem" \
	auto-threshold:dram=1,pmem=1; do
	tiers=$(($(tr -cd '<,' <<< "$spec" | wc -c) + 1))
	heap "$spec" heaps mixed 64 1
	between "$spec: mappings" "$(sum mappings 0)" 10 $((plain + 2 * tiers))
	heap "$spec" heaps mixed 64 4
	between "$spec, 4 threads: placed" "$(sum placed 0)" "$tiers" $((2 * tiers))
done
for pattern in mixed large; do
	heap ratio:dram=1,pmem=1 heaps $pattern 64 4
	between "ratio, $pattern: mappings" "$(sum mappings 0)" "$plain" $((plain + 3000))
done
