# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The first node has CPUs and no memory, which breaks who takes node 0 for granted. Everything says
# so, nothing is placed there, and what runs there has its memory on the nearest node that has some.
# machines: memoryless
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

nothing_changes facts

gives 0 tierctl show --explain
like "node 0" "$(explained 0 memory)" 'of node 1 +kernel +node0/distance: 21, the least'
like "node 0 is usable" "$(explained 0 usable)" 'no-memory'
gives 1 tierctl doctor
same "doctor" "$(grep -c '^  found  node 0 has CPUs and no memory$' "$LAB_OUT/stdout")" 1

echo "--- nothing is placed there"
gives 125 tierctl run --prefer node:0 -- true
like "prefer" "$(< "$LAB_OUT/stderr")" 'node 0: has no memory now$'
gives 125 tierctl run --heap prefer:node:0 -- true
gives 5 tierctl migrate $$ --to node:0
gives 5 tierbench latency --nodes node:0 --size 2M --any-size --no-store

echo "--- what runs there has memory all the same"
for policy in --prefer-dram "--bind dram" "--interleave dram"; do
	# shellcheck disable=SC2086 # a list of words
	gives 0 taskset -c 0 tierctl run $policy -- fill -s 32M
	same "$policy: pages on node 1" "$(pages_on 1 < "$LAB_OUT/stdout")" 8192
done
gives 0 taskset -c 0 tierctl run --heap prefer:slowest -- heaps small 8 1
between "heap: pages on node 2" "$(pages_on 2 < "$LAB_OUT/stdout")" 2048 4096

echo "--- and is seen where it is"
start_fill_by --prefer slowest -s 32M
gives 0 tierctl where "$FILL"
like "where" "$(grep -E '^ +2 ' "$LAB_OUT/stdout")" '^ +2 +1 +pmem +32(\.[0-9])? MiB'
gives 0 tiertop --no-config --once --json
same "tiers" "$(grep -oE '"nodes":"[0-9,-]*"' "$LAB_OUT/stdout" | sort -u | xargs)" "nodes:1 nodes:2"
# Of each tier bytes, and between which they are; last what is in none
like "process" "$(grep -oE "\"pid\":$FILL,.*" "$LAB_OUT/stdout" |
	grep -oE '"tiers":.{60}' | head -n 1)" '^"tiers":\[\[[0-9]{7},[0-9]+,[0-9]+\],\[33[0-9]{6},'
stop_fill

gives 0 tierbench matrix --size 2M --any-size --no-store --json
for cpu in 0 1; do
	same "rows of node $cpu's CPUs" "$(grep -c "\"cpu_node\": $cpu," "$LAB_OUT/stdout")" 4
done
for node in 1 2; do
	same "rows of node $node's memory" "$(grep -c "\"place\": \"node:$node\"" "$LAB_OUT/stdout")" 4
done
