# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tierbench migrate moves pages between all nodes, sees that each arrived, and says so when not.
# machines: 2s-pmem
# shellcheck source=/dev/null
. /lab/lib.sh

small=(--size 4M --any-size --no-store)

gives 0 tierbench migrate "${small[@]}" --json
same "pairs of four nodes, small pages and huge ones" "$(grep -c '"test": "migrate"' "$LAB_OUT/stdout")" 24
same "small" "$(grep -c '"pages": "4k"' "$LAB_OUT/stdout")" 12
same "huge" "$(grep -c '"pages": "thp"' "$LAB_OUT/stdout")" 12
for from in 0 1 2 3; do
	for to in 0 1 2 3; do
		((from == to)) || same "from $from to $to" \
			"$(grep -c "\"place\": \"node:$from to node:$to\"" "$LAB_OUT/stdout")" 2
	done
done
same "pages that arrived, in each" "$(grep -c '"pages_proved": 1024,' "$LAB_OUT/stdout")" 24
same "figures of an emulator" "$(grep -c '"median": [0-9]' "$LAB_OUT/stdout")" 0

# Counted by the kernel, too: there, and in the forced run back as well. NUMA balancing is on, and
# eager: it would fetch back all pages that are touched when they have arrived.
balancing=/sys/kernel/debug/sched/numa_balancing
same "NUMA balancing" "$(< /proc/sys/kernel/numa_balancing)" 1
[[ -d $balancing ]] || mount -t debugfs none /sys/kernel/debug
echo 10 > $balancing/scan_delay_ms
echo 10 > $balancing/scan_period_min_ms
echo 20 > $balancing/scan_period_max_ms
moved=$(awk '$1 == "pgmigrate_success" { print $2 }' /proc/vmstat)
gives 0 tierbench migrate "${small[@]}" --nodes node:0,2 --pages 4k --force-figures --seconds 1 --json
moved=$(($(awk '$1 == "pgmigrate_success" { print $2 }' /proc/vmstat) - moved))
between "pages that the kernel moved" "$moved" $((2 * 15 * 1024)) $((1 << 30))
same "rows with a rate" "$(grep -cE '"median": [0-9]+' "$LAB_OUT/stdout")" 2
same "in" "$(grep -c '"unit": "pages/s"' "$LAB_OUT/stdout")" 2

# Two huge pages each way, moved as a whole.
huge=$(awk '$1 == "thp_migration_success" { print $2 }' /proc/vmstat)
gives 0 tierbench migrate "${small[@]}" --nodes node:0,3 --pages thp
like "huge pages" "$(< "$LAB_OUT/stdout")" "node:0 to node:3 +thp .*proved"
huge=$(($(awk '$1 == "thp_migration_success" { print $2 }' /proc/vmstat) - huge))
between "huge pages that the kernel moved" "$huge" 4 1000

# A target that is too small is refused before anything is moved, one node is no pair.
free=$(node_kib 1 MemFree)
gives 1 tierbench migrate --nodes node:1,2 --size $((free + 65536))K --any-size --no-store
like "too much" "$(< "$LAB_OUT/stderr")" "node 1: [0-9]+ MiB are free"
gives 3 tierbench migrate --nodes node:1 "${small[@]}"
like "one node" "$(< "$LAB_OUT/stderr")" "needs two nodes"
