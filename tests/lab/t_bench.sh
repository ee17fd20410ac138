# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tierbench places memory and proves it, notices when it came to lie elsewhere, and tells no
# figures of an emulator.
# machines: 2s-pmem
# shellcheck source=/dev/null
. /lab/lib.sh

small=(--size 4M --any-size --no-store)

# figures of one result: everything that an emulator could be quoted with
figures()
{
	grep -cE '"(median|low|high|load_bytes_per_sec)": [0-9]|"values": \[[0-9]' "$1"
}

gives 0 tierbench matrix "${small[@]}" --json
same "emulator" "$(grep -c '"emulator": "QEMU TCG"' "$LAB_OUT/stdout")" 1
same "rows: two CPU nodes by four nodes, latency and reads" "$(grep -c '"test"' "$LAB_OUT/stdout")" 16
same "figures told" "$(figures "$LAB_OUT/stdout")" 0
same "pages proved in each row" "$(grep -c '"pages_proved": 1024,' "$LAB_OUT/stdout")" 16
for node in 0 1 2 3; do
	same "rows of node $node" "$(grep -c "\"place\": \"node:$node\"" "$LAB_OUT/stdout")" 4
done
same "lines of chains and of data" "$(grep -c '"lines_proved": 65536,' "$LAB_OUT/stdout")" 16

gives 0 tierbench matrix "${small[@]}" --cpus node:1 --json
same "rows of one CPU node" "$(grep -c '"cpu_node": 1,' "$LAB_OUT/stdout")" 8
same "rows of others" "$(grep -c '"cpu_node": 0,' "$LAB_OUT/stdout")" 0
gives 5 tierbench matrix "${small[@]}" --cpus node:2
like "no CPUs" "$(< "$LAB_OUT/stderr")" "node:2: no CPUs there"

gives 0 tierbench latency "${small[@]}" --nodes node:2
like "table" "$(< "$LAB_OUT/stdout")" "proved emulated"
same "no figure in the table" "$(grep -cE '[0-9] ns|[0-9] .?B/s' "$LAB_OUT/stdout")" 0

gives 0 tierbench latency "${small[@]}" --nodes node:0 --force-figures --seconds 0.1 --json
same "that they were forced" "$(grep -c '"figures_forced": true' "$LAB_OUT/stdout")" 1
same "figures of two rows" "$(($(figures "$LAB_OUT/stdout") > 0))" 1

gives 0 tierbench latency "${small[@]}" --nodes node:0 --force-figures --seconds 0.1 --csv
same "rows of CSV that say so" "$(grep -c ',QEMU TCG,1$' "$LAB_OUT/stdout")" 2
gives 0 tierbench latency "${small[@]}" --nodes node:0 --csv
same "rows of CSV without figures" "$(grep -c ',ns,,,,.*,QEMU TCG,0$' "$LAB_OUT/stdout")" 2

# every kind of traffic leaves the right data behind, at every width that TCG has
gives 0 tierbench bandwidth "${small[@]}" --nodes node:3 --json
same "kinds of traffic" "$(grep -c '"pages_proved": 3072,' "$LAB_OUT/stdout")" 12

# ratios, page by page
gives 0 tierbench ratio "${small[@]}" --nodes node:0,2 --json
for ratio in 0=3,2=1 0=2,2=1 0=1,2=1; do
	same "placed as $ratio" "$(grep -c "\"place\": \"node:$ratio\"" "$LAB_OUT/stdout")" 1
done
like "advice" "$(grep advice "$LAB_OUT/stdout")" "emulated"
gives 1 tierbench ratio "${small[@]}" --nodes node:0,2 --weights /tmp/none.json
like "no weights" "$(< "$LAB_OUT/stderr")" "none.json: not written: the speed of an emulator"

# policies; on 6.1 there is no weighted interleave
gives 0 tierbench policy "${small[@]}" --json
for policy in first-touch bind prefer prefer-many interleave; do
	same "policy $policy" "$(grep -c "\"place\": \"$policy\"" "$LAB_OUT/stdout")" 1
done
gives 0 tierbench policy "${small[@]}" --nodes node:1,2 --only first-touch,bind,interleave --json
for place in first-touch bind:node:1 interleave:node:1-2; do
	same "policy $place" "$(grep -c "\"place\": \"$place\"" "$LAB_OUT/stdout")" 1
done
gives 1 tierbench policy --size $(($(node_kib 1 MemFree) * 5 / 4))K --any-size --no-store --nodes node:1 --only bind
like "one of the fastest nodes only" "$(< "$LAB_OUT/stderr")" "bind:node:1: [0-9]+ MiB are free"
if [[ $KERNEL == 6.12 ]]; then
	gives 0 tierctl weights set dram=3,pmem=1
	gives 0 tierbench policy --size 64M --any-size --no-store --only weighted
	like "3:1, to 0.1 points" "$(< "$LAB_OUT/stdout")" "weighted .*proved"
	gives 0 tierctl weights reset
else
	gives 3 tierbench policy "${small[@]}" --only weighted
	like "why" "$(< "$LAB_OUT/stderr")" "no weighted interleave"
fi

# a node that is too small is refused before, and when it falls short, the proof fails
free=$(node_kib 1 MemFree)
gives 1 tierbench latency --nodes node:1 --size $((2 * free))K --any-size --no-store
like "too much" "$(< "$LAB_OUT/stderr")" "node 1: [0-9]+ MiB are free"
gives 1 tierbench latency --nodes node:1 --size $((free - 1024))K --any-size --no-store
like "fell back" "$(< "$LAB_OUT/stderr")" "not placed as asked \(node:1\): of .* on node 1.* on node [023]"
same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0

# a cpuset without the node
GROUP=/sys/fs/cgroup/lab-bench
echo +cpuset > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
echo 0,2 > $GROUP/cpuset.mems
# shellcheck disable=SC2016 # for the shell inside
gives 5 bash -c 'echo $$ > '$GROUP'/cgroup.procs; exec tierbench latency --nodes node:1 --size 4M --any-size --no-store'
like "not allowed" "$(< "$LAB_OUT/stderr")" "node 1: nothing can be placed there"
# shellcheck disable=SC2016 # for the shell inside
gives 0 bash -c 'echo $$ > '$GROUP'/cgroup.procs; exec tierbench latency --size 4M --any-size --no-store --json'
same "nodes that are left" "$(grep -c '"place": "node:[02]"' "$LAB_OUT/stdout")" 4
rmdir $GROUP
