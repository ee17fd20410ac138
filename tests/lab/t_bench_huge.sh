# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tierbench with reserved huge pages: they are moved whole and the nodes keep their reserves, and
# where there are none, or none may be had, that is said.
# machines: 2s-pmem
# shellcheck source=/dev/null
. /lab/lib.sh

huge=(--pages huge --size 4M --any-size --no-store)

pool() { echo "$2" > "$NODES/node$1/hugepages/hugepages-2048kB/nr_hugepages"; }
pools() { cat "$NODES"/node{0,2}/hugepages/hugepages-2048kB/nr_hugepages | xargs; }
at_end pool 0 0
at_end pool 2 0

gives 1 tierbench latency "${huge[@]}" --nodes node:0
like "none reserved" "$(< "$LAB_OUT/stderr")" "memory: no 4 MiB of huge pages .*vm.nr_hugepages"

# On one node only: pages would go to the other for good
pool 0 8
gives 0 tierbench latency "${huge[@]}" --nodes node:0
gives 1 tierbench latency "${huge[@]}" --nodes node:2
like "only there" "$(< "$LAB_OUT/stderr")" "not placed as asked .node:2.: of 1024 pages, 1024 on node 0"
pool 2 1
gives 1 tierbench migrate "${huge[@]}" --nodes node:0,2
like "too few" "$(< "$LAB_OUT/stderr")" "node 2: 1 reserved huge pages are free, and 2 are needed"
same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0
same "reserves" "$(pools)" "8 1"

pool 2 2
for _ in hidden forced; do
	moved=$(awk '$1 == "pgmigrate_success" { print $2 }' /proc/vmstat)
	gives 0 tierbench migrate "${huge[@]}" --nodes node:0,2 --json
	same "rows" "$(grep -c '"pages": "huge"' "$LAB_OUT/stdout")" 2
	same "proved" "$(grep -c '"pages_proved": 1024,' "$LAB_OUT/stdout")" 2
	same "reserves" "$(pools)" "8 2"
	moved=$(($(awk '$1 == "pgmigrate_success" { print $2 }' /proc/vmstat) - moved))
	between "pages that the kernel moved" $moved 8 $((1 << 30))
	huge+=(--force-figures --seconds 0.2)
done

# A control group that may have none: the kernel ends who touches one
GROUP=/sys/fs/cgroup/lab-huge
echo +hugetlb > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
at_end rmdir $GROUP
echo 0 > $GROUP/hugetlb.2MB.max
# shellcheck disable=SC2016 # for the shell inside
gives 1 bash -c 'echo $$ > '$GROUP'/cgroup.procs; exec tierbench latency --pages huge --size 4M --any-size --no-store --nodes node:0'
like "not allowed" "$(< "$LAB_OUT/stderr")" "memory: no huge page was left where it was wanted"
same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0
same "reserves" "$(pools)" "8 2"
