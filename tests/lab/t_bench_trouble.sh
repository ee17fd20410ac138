# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What can go wrong around tierbench: each time one clear line, the right status, no result, and
# nothing of it left behind. (t_bench_killed has the memory limit, t_bench_huge reserved pages.)
# machines: 2s-pmem
# a CPU that comes back tells when its clock is another:
# allow-log: TSC synchronization|Measured \d+ cycles TSC warp
# timeout: 240
# shellcheck source=/dev/null
. /lab/lib.sh

GROUP=/sys/fs/cgroup/lab-trouble
echo +cpuset > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
at_end rmdir $GROUP

# leftovers: files and processes of it, and who else has its memory
leftovers()
{
	find /var/lib/tierkit /tmp /dev/shm -newer "$LAB_OUT/began" 2> /dev/null | grep -i bench
	grep -lx tierbench /proc/[0-9]*/comm 2> /dev/null
}

small=(--size 4M --any-size --no-store)
full=$(($(node_kib 1 MemFree) * 2))K
: > "$LAB_OUT/began"

# STATUS|PATTERN OF THE LINE|COMMAND
while IFS='|' read -r status pattern line; do
	[[ $status ]] || continue
	gives "$status" bash -c "$line"
	same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
	like "line" "$(< "$LAB_OUT/stderr")" "^tierbench: $pattern"
	same "result" "$(wc -c < "$LAB_OUT/stdout")" 0
	same "left behind" "$(leftovers)" ""
done << END
1|memory: no 64 MiB: Cannot allocate memory; use a smaller|ulimit -v 60000; tierbench latency --size 64M --any-size --no-store
1|node 1: [0-9]+ MiB are free, and [0-9]+ MiB are needed|tierbench latency --nodes node:1 --size $full --any-size --no-store
1|interleave: [0-9]+ MiB are free|tierbench policy --only interleave --size 1T --any-size --no-store
2|--size: the last-level cache has [0-9]+ MiB and would be measured|tierbench latency --size 2M --no-store
1|memory: no 4 MiB of huge pages|handicap user tierbench latency --pages huge ${small[*]}
3|loaded: needs two CPUs|numactl --physcpubind=0 tierbench loaded ${small[*]} --nodes node:0
4|.*EPERM|refuse EPERM tierbench latency ${small[*]}
5|node 1: nothing can be placed there|echo 0,2 > $GROUP/cpuset.mems; echo \$\$ > $GROUP/cgroup.procs; exec tierbench latency --nodes node:1 ${small[*]}
END

# A CPU that is offline measures nothing, and its node's memory is measured from the other
echo 0 > /sys/devices/system/cpu/cpu1/online
at_end put /sys/devices/system/cpu/cpu1/online 1
gives 0 tierbench matrix "${small[@]}" --json
same "rows from the CPU that is left" "$(grep -c '"cpu_node": 0,' "$LAB_OUT/stdout")" 8
same "rows from the other" "$(grep -c '"cpu_node": 1,' "$LAB_OUT/stdout")" 0
echo 1 > /sys/devices/system/cpu/cpu1/online

# during COMMAND...: while tierbench has its buffer on node 2, in the group
during()
{
	local before

	for _ in {1..20}; do
		echo 0-2 > $GROUP/cpuset.mems
		before=$(node_kib 2 MemFree)
		# shellcheck disable=SC2016 # for the shell inside
		bash -c 'echo $$ > '$GROUP'/cgroup.procs; exec tierbench latency --nodes node:2 --size 128M \
			--any-size --no-store' > "$LAB_OUT/stdout" 2> "$LAB_OUT/stderr" &
		until (($(node_kib 2 MemFree) < before - 32768)) || ! kill -0 $! 2> /dev/null; do
			sleep 0.02
		done
		"$@"
		STATUS=0
		wait $! || STATUS=$?
		((STATUS)) && break # else it was done before
	done
	same "result" "$(wc -c < "$LAB_OUT/stdout")" 0
	same "left behind" "$(leftovers)" ""
}

forbid() { echo 0-1 > $GROUP/cpuset.mems; }
stop_it() { kill -INT $!; }

during forbid
same "status, cpuset changed" "$STATUS" 1
like "why" "$(< "$LAB_OUT/stderr")" "not placed as asked .node:2.: .* on node [01]"
during stop_it
same "status, interrupted" "$STATUS" 130
like "why" "$(< "$LAB_OUT/stderr")" "latency: interrupted; no result was kept"
