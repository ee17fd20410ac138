# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# In a cpuset that allows some nodes only, as in a container: show says so, run uses what is left.
# machines: 2s-pmem
# shellcheck source=/dev/null
. /lab/lib.sh

GROUP=/sys/fs/cgroup/lab-cpuset
echo +cpuset > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
echo 0,2 > $GROUP/cpuset.mems
echo 0 > $GROUP/cpuset.cpus
echo $$ > $GROUP/cgroup.procs

same "allowed" "$(awk '/Mems_allowed_list/ { print $2 }' /proc/self/status)" "0,2"
gives 0 tierctl show
for node in 1 3; do
	like "node $node" "$(grep "^ *$node .*not-allowed" "$LAB_OUT/stdout")" "not-allowed"
done
like "note" "$(grep "may not" "$LAB_OUT/stdout")" "nodes? 1,3"

gives 0 tierctl run --prefer-dram --dry-run -- true
like "plan" "$(< "$LAB_OUT/stdout")" "policy=prefer:0"$'\n'
gives 0 tierctl run --interleave all -- fill -s 32M
same "pages on nodes 0 and 2" "$(pages_on 0,2 < "$LAB_OUT/stdout")" $((32 * 256))
between "pages on node 0" "$(pages_on 0 < "$LAB_OUT/stdout")" 4014 4178
gives 125 tierctl run --bind node:1 -- true
like "refusal" "$(< "$LAB_OUT/stderr")" "node:1: .*node 1"

# heaps: what of a tier is allowed is used, a tier of which nothing is makes it a plain one
LIBRARY=$(find /usr/lib -name libtiermalloc.so)
for spec in bind:pmem interleave:node:1-2; do
	TIER_HEAP=$spec LD_PRELOAD=$LIBRARY gives 0 heaps mixed 16 2
	same "$spec: words" "$(< "$LAB_OUT/stderr")" ""
	between "$spec: pages on node 2" "$(grep '^node' "$LAB_OUT/stdout" | pages_on 2)" $((16 * 256)) $((32 * 256))
	same "$spec: pages elsewhere" "$(grep '^node' "$LAB_OUT/stdout" | pages_on 0,1,3)" 0
done
TIER_HEAP=ratio:node:0=1,node:3=1 LD_PRELOAD=$LIBRARY gives 0 heaps mixed 16 2
like "its one line" "$(< "$LAB_OUT/stderr")" '^[^'$'\n'']*node 3[^'$'\n'']*$'
same "pages that were placed" "$(grep '^node' "$LAB_OUT/stdout" | pages_on 0,1,2,3)" 0
gives 125 tierctl run --heap ratio:node:0=1,node:3=1 -- true
like "refusal" "$(< "$LAB_OUT/stderr")" "'node:3' selects nothing .* node 3 is not-allowed"

# Static nodes: when the cpuset moves, DRAM does not become whatever is now first in it
tierctl run --bind node:2 -- sleep 60 &
pid=$!
has_become $pid sleep
echo 0-3 > $GROUP/cpuset.mems
like "policy after the cpuset grew" "$(grep -m1 bind /proc/$pid/numa_maps)" "bind=static:2 "
kill $pid

echo $$ > /sys/fs/cgroup/cgroup.procs
wait $pid
rmdir $GROUP
